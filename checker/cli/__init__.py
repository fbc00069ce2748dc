"""The command proof-checker: a file for each sub-command."""
