"""The engine vok: whole files, by plain coqc."""
