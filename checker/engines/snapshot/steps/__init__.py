"""A source as the steps that a coqc is fed: what may be put in their place, what they cost."""
