"""What a run has found and done, as files that people and programs read."""
