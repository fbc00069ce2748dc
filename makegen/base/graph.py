"""The order in which files that need each other are made, longest remaining path first.

`needs` gives, for each file, the files that it needs directly. Highest level first (Hu, 1961; with
times: critical path scheduling, Graham 1969) is within 2 - 1/J of the best makespan, and the best
simple rule known in practice. Pure: no files, no clocks, no processes.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from makegen.base.errors import UserError

MOST_NAMED = 20  # of the files in a circle

Needs = Mapping[str, Sequence[str]]


def sort(needs: Needs) -> list[str]:
    """The files, each after those that it needs; among equals in the order of `needs`.

    Raises ValueError with the cycle, as `a -> b -> a` (a needs b), when there is one.
    """
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError as error:
        # graphlib names each file before the one that needs it.
        circle = error.args[1][::-1]
        if len(circle) > MOST_NAMED:
            circle[MOST_NAMED // 2 : -MOST_NAMED // 2] = ["..."]
        raise ValueError(" -> ".join(circle)) from error
    place = {file: index for index, file in enumerate(needs)}
    ordered: list[str] = []
    while ready := sorted(sorter.get_ready(), key=place.__getitem__):
        ordered += ready
        sorter.done(*ready)
    return ordered


def check(needs: Needs) -> None:
    """Raises UserError when files need each other in a circle."""
    try:
        sort(needs)
    except ValueError as error:
        raise UserError(f"{error}: these files need each other; break the circle") from error


def remaining(needs: Needs, seconds: Mapping[str, float]) -> dict[str, float]:
    """For each file the length of the longest path from its start to the end of everything."""
    longest: dict[str, float] = {file: seconds[file] for file in needs}
    for file in reversed(sort(needs)):
        for needed in needs[file]:
            longest[needed] = max(longest[needed], seconds[needed] + longest[file])
    return longest


def dependents(needs: Needs, files: Iterable[str]) -> set[str]:
    """The files that need one of `files`, directly or not, without `files` themselves."""
    begun = set(files)
    found = set(begun)
    for file in sort(needs):
        if not found.isdisjoint(needs[file]):
            found.add(file)
    return found - begun


class Ready:
    """Which files can be made now, as others end."""

    def __init__(self, needs: Needs, level: Mapping[str, float]) -> None:
        """`level` says which of the ready files comes first: that with most of it."""
        self.skipped: dict[str, str] = {}  # never to be made, each with the wrong file it needs
        self._level = level
        self._place = {file: index for index, file in enumerate(needs)}
        self._missing = {file: len(set(needs[file])) for file in needs}
        self._not_taken = dict(self._missing)  # how many of those that it needs
        self._needed_by: dict[str, list[str]] = {file: [] for file in needs}
        for file in needs:
            for needed in set(needs[file]):
                self._needed_by[needed].append(file)
        self._heap: list[tuple[float, int, str]] = []
        self._next: list[tuple[float, int, str]] = []
        self._left = len(needs)
        for file, missing in self._missing.items():
            if not missing:
                self._add(file)

    def cause_of(self, file: str) -> str:
        """The file that is to be mended for this one to be tried."""
        while file in self.skipped:
            file = self.skipped[file]
        return file

    @property
    def has_ready(self) -> bool:
        """Whether a file can be taken up now."""
        return bool(self._heap)

    @property
    def is_done(self) -> bool:
        """Whether every file has ended or was skipped."""
        return not self._left

    def take(self) -> str:
        """The ready file of the highest level; among equals the first of `needs`."""
        taken = heapq.heappop(self._heap)[2]
        for other in self._needed_by[taken]:
            self._not_taken[other] -= 1
            if not self._not_taken[other]:
                heapq.heappush(self._next, self._ranked(other))
        return taken

    def take_next(self) -> str | None:
        """A file that waits only for files that were taken; each is given once, as `take` would."""
        while self._next:
            file = heapq.heappop(self._next)[2]
            if self._missing[file] and file not in self.skipped:
                return file
        return None

    def end(self, file: str, *, good: bool = True) -> None:
        """The file is made; or it is wrong, and what needs it is skipped."""
        self._left -= 1
        if not good:
            waiting = [file]
            while waiting:
                for lost in self._needed_by[waiting.pop()]:
                    if lost not in self.skipped:  # else so is what needs it
                        self.skipped[lost] = file
                        self._left -= 1
                        waiting.append(lost)
            return
        for other in self._needed_by[file]:
            self._missing[other] -= 1
            if not self._missing[other] and other not in self.skipped:
                self._add(other)

    def _add(self, file: str) -> None:
        heapq.heappush(self._heap, self._ranked(file))

    def _ranked(self, file: str) -> tuple[float, int, str]:
        return -self._level[file], self._place[file], file


def makespan(needs: Needs, seconds: Mapping[str, float], workers: int) -> float:
    """How long `workers` workers take, each taking up the ready file with most remaining."""
    ready = Ready(needs, remaining(needs, seconds))
    running: list[tuple[float, str]] = []
    now = 0.0
    while not ready.is_done:
        while ready.has_ready and len(running) < workers:
            file = ready.take()
            heapq.heappush(running, (now + seconds[file], file))
        now, ended = heapq.heappop(running)
        ready.end(ended)
    return now
