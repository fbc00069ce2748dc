"""One limit for all workers of a machine: coqworkmgr's protocol, make's jobserver, load, memory."""
