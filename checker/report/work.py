"""What the time of a run goes into: pieces of work, told once they have ended."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum


class Work(Enum):
    """Kinds of work. The value names it where people and programs read it."""

    COQDEP = "coqdep"  # nobody's: before there are workers
    START = "start"  # a coqc comes up and opens its source
    HEAD = "head"  # the same before the file's turn, and its first sentences
    TEXT = "text"  # what is no proof, with what stands in for proofs
    PROOF = "proof"  # a proof that is run for its verdict
    FORK = "fork"  # a process is copied
    END = "end"  # coqc ends with the file, and writes what it has made of it
    FILE = "file"  # a whole file, or its interface, by a process that is not watched
    COQC = "coqc"  # plain coqc is asked about a complaint; by no worker
    TOKEN = "token"  # the wait for a token: somebody else had it


@dataclass(frozen=True)
class Worked:
    """A piece of work has ended."""

    work: Work
    worker: int | None  # None: by no worker
    file: str  # "" where it belongs to none
    name: str  # of the proof
    begun: float  # time.monotonic()
    ended: float
    cpu: float | None = None  # seconds; None: not measured

    @property
    def seconds(self) -> float:
        """Wall-clock time."""
        return self.ended - self.begun


@contextmanager
def timed(
    tell: Callable[[Worked], None], work: Work, worker: int | None = None, file: str = ""
) -> Iterator[None]:
    """Tells of a piece of work, however it ends."""
    begun = time.monotonic()
    try:
        yield
    finally:
        tell(Worked(work, worker, file, "", begun, time.monotonic()))
