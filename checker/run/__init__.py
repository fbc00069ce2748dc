"""One run of the checker: what it is to check, who works, whom it tells."""
