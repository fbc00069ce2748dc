"""The library that coqc preloads so that it reads its source from us: shim.c, and how to talk to it."""
