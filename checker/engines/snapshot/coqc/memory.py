"""How much memory the processes of a run use, and how much they may."""

import contextlib
import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import psutil

SHARE = 0.8  # of what is free at the beginning
SHORT = 0.8  # of what may be used; from there on no more copies are made
TYPICAL_BYTES = 400 << 20  # of a worker, before any was seen: its minor heap, and libraries


@dataclass
class Memory:
    """What the processes of a run use together, and whether one more fits."""

    most: int = sys.maxsize  # bytes that they may use
    is_short: bool = False
    _largest: int = TYPICAL_BYTES  # of the mean worker at its largest
    _crowd: int = sys.maxsize  # so many workers fit

    def look(self, pids: Collection[int], workers: int) -> int:
        """Bytes that these processes use now, which belong to so many workers."""
        used = used_bytes(pids, enough=self.most // 2)
        self.is_short = used > self.most * SHORT
        if used <= self.most:
            self._largest = max(self._largest, used // max(1, workers))
        return used

    def limit_crowd(self, workers: int) -> None:
        """No more than these workers fit."""
        self._crowd = workers

    def has_room(self, running: int) -> bool:
        """Whether one more worker may start beside those that run."""
        return running < self._crowd and self._largest * (running + 1) <= self.most


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
