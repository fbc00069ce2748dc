"""Who may run: J, the load, make's jobserver, the work manager."""
