"""The field test: every library that Debian has, checked as its users would.

python -m tests.field runs it by hand, python -m tests.field.table makes docs/field.md's tables.
"""
