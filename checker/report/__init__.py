"""What a run finds out and how it is told: results, events, the summary, the terminal."""
