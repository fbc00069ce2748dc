"""Project file -> build files: the Makefile and doit generator."""
