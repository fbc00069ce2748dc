"""Which host takes up what: when it could begin there, and what it costs to move its files there.

List scheduling over hosts: a file goes where least is to be done. Pure; the simulation of a cluster
(checker.schedule.cluster) uses the same rules as a check.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

BYTES_PER_SECOND = 100e6  # of a network of 1 Gbit/s
LEAST_MOVED = 1.0  # CPU seconds of proofs for which it pays to run their file's statements again

H = TypeVar("H")


@dataclass(frozen=True)
class Load:
    """What a host has to do."""

    cores: int
    files: int  # that it runs
    work: float  # CPU seconds, of all that it was given and has not ended
    waiting: float = 0.0  # of those, of proofs that wait for a core

    @property
    def is_idle(self) -> bool:
        """Whether a core has nothing to do."""
        return self.files < self.cores and not self.waiting


def best(loads: Mapping[H, Load], missing: Mapping[H, float]) -> H | None:
    """The host for one more file, with so many bytes missing there of what it loads.

    Of those with a core for it, the one that has least to do for each core and could have it soon:
    its other cores can then run proofs of the file. None where none has a core.
    """
    free = {host: load for host, load in loads.items() if load.files < load.cores}
    waits = {host: load.work / load.cores for host, load in free.items()}
    seconds = {host: wait + missing[host] / BYTES_PER_SECOND for host, wait in waits.items()}
    return min(seconds, key=seconds.__getitem__, default=None)


def to_move(loads: Mapping[H, Load]) -> tuple[H, H, float] | None:
    """Proofs that wait on one host and could begin at once on another: how many CPU seconds.

    None where it would not pay.
    """
    idle = [host for host, load in loads.items() if load.is_idle]
    if not idle:
        return None
    fullest = max(loads, key=lambda host: loads[host].waiting / loads[host].cores)
    emptiest = min(idle, key=lambda host: loads[host].work / loads[host].cores)
    share = loads[emptiest].cores / (loads[emptiest].cores + loads[fullest].cores)
    seconds = loads[fullest].waiting * share
    return (fullest, emptiest, seconds) if seconds >= LEAST_MOVED else None
