"""How much memory the processes of a run use, and how much they may."""

import contextlib
from collections.abc import Iterable

import psutil

SHARE = 0.8  # of what is free at the beginning


def used_bytes(pids: Iterable[int]) -> int:
    """What these processes use together; a page that several share counts once."""
    total = 0
    for pid in pids:
        with contextlib.suppress(psutil.Error, ValueError):
            total += psutil.Process(pid).memory_full_info().pss
    return total


def limit(most_in_use: int | None) -> int:
    """Bytes that a run may use: up to `most_in_use` on the machine, else a share of the free."""
    memory = psutil.virtual_memory()
    if most_in_use is None:
        return int(SHARE * memory.available)
    return max(0, most_in_use - (memory.total - memory.available))


def describe(count: int) -> str:
    """Bytes in words.

    >>> describe(1_300_000_000)
    '1240 MB'
    """
    return f"{round(count / 2**20)} MB"
