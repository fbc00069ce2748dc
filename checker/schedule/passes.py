"""What runs of passes are planned from: files as passes meet them, and a bound for all plans.

Pure: no files, no clocks, no processes. All times are in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from checker.schedule.policy import SHARE
from makegen.base import graph


class Assumes(IntEnum):
    """What a pass takes for granted of the section variables of a proof that a copy runs."""

    NOTHING = 0
    RECORD = 1  # what an earlier run found: the pass cannot end before the copy has confirmed it
    GUESS = 2  # nor can the section


@dataclass(frozen=True)
class Step:
    """The tactics of a proof, or what is between two proofs."""

    seconds: float
    proof: str | None = None  # its name
    may_be_put_off: bool = False  # the file can go on without it
    assumes: Assumes = Assumes.NOTHING
    ends_section: bool = False


@dataclass(frozen=True)
class File:
    """A source as a pass meets it."""

    name: str
    needs: tuple[str, ...]  # the files that it loads directly
    steps: tuple[Step, ...]
    start: float = 0.0  # of coqc, before the first step

    @cached_property
    def seconds(self) -> float:
        """All of it, as coqc runs it."""
        return self.start + sum(step.seconds for step in self.steps)


@dataclass(frozen=True)
class Machine:
    """Who is to do it, and at what price."""

    workers: int
    threshold: float = 0.0  # quicker proofs are hardly worth a copy: see checker.schedule.policy
    fork: float = 0.0  # to copy a process
    stand_in: float = 0.0  # to get past a proof that was put off

    def is_long(self, step: Step) -> bool:
        """Whether a copy may run the step, at least while few wait."""
        worth = self.threshold * SHARE
        return step.may_be_put_off and self.workers > 1 and step.seconds >= worth


def lower_bound(files: Sequence[File], machine: Machine) -> float:
    """A makespan that no run of passes on this machine can beat.

    All work divided evenly; and the longest chain of passes, each without the proofs that can be
    put off but for what waits for them, with the longest proof that can still come then.
    """
    by_name = {file.name: file for file in files}
    stands: dict[str, float] = {}
    longest = 0.0
    for name in graph.sort({file.name: file.needs for file in files}):
        begins = max((stands[needed] for needed in by_name[name].needs), default=0.0)
        stands[name], last = _shortest_pass(by_name[name], machine)
        stands[name] += begins
        longest = max(longest, begins + last)
    return max(longest, sum(file.seconds for file in files) / machine.workers)


def _shortest_pass(file: File, machine: Machine) -> tuple[float, float]:
    """How soon after its beginning a pass can end, and how soon all of its proofs."""
    at = file.start
    ends = dict.fromkeys(Assumes, 0.0)  # of proofs in copies, by what rests on them
    for step in file.steps:
        if step.ends_section:
            at = max(at, ends[Assumes.GUESS])
        if machine.is_long(step):
            ends[step.assumes] = max(ends[step.assumes], at + step.seconds)
            at += min(step.seconds, machine.fork + machine.stand_in)
        else:
            at += step.seconds
    at = max(at, ends[Assumes.RECORD], ends[Assumes.GUESS])
    return at, max(at, ends[Assumes.NOTHING])
