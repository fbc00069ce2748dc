"""Compiled interfaces (.vos, .vio): which are up to date, how they are made, with which hints."""
