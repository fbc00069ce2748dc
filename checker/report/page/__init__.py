"""A run, or what the ledger knows, as one page of HTML for people to look at."""
