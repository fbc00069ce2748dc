"""A project file, in either form, read into one Project."""
