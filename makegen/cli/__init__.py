"""The command proof-makefile."""
