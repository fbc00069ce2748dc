"""The library that coqc preloads to read its source from us: shim.c, and how to talk to it."""
