"""How much memory the processes of a run use, and how much they may."""

import contextlib
from collections.abc import Callable, Iterable

import psutil

SHARE = 0.8  # of what is free at the beginning


def used_bytes(pids: Iterable[int], enough: int = 0) -> int:
    """What these processes use together; a page that several share counts once.

    Finding out which are shared takes the kernel 10 ms and more for each process, in which it
    stands still: where it is no more than `enough` with all pages counted for each, that is given.
    """
    processes = []
    for pid in pids:
        with contextlib.suppress(psutil.Error, ValueError):
            processes.append(psutil.Process(pid))
    total = _sum(processes, lambda process: int(process.memory_info().rss))
    if total <= enough:
        return total
    return _sum(processes, lambda process: int(process.memory_full_info().pss))


def _sum(processes: Iterable[psutil.Process], size: Callable[[psutil.Process], int]) -> int:
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += size(process)
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
