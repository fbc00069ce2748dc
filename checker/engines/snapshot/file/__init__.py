"""What a run knows of one file: what is to be done with it, what came of that, what it costs."""
