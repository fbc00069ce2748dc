"""Errors, files, processes, graphs: what every other room uses and that knows nothing of Coq."""
