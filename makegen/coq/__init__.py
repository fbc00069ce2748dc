"""All about the coqc at hand: which it is, what it makes of a source, and what its files say."""
