"""One more engine: the passes of a check on other hosts, which dask.distributed connects."""
