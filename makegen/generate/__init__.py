"""A Project -> build files, and what these call: Makefile, dodo.py, install, tables of times."""
