"""The engine vio (Coq before 8.20): the proof tasks of .vio files."""
