"""What runs of passes are planned from: files as passes meet them, and a bound for all plans.

Pure: no files, no clocks, no processes. All times are in seconds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from itertools import accumulate, islice
from math import inf
from typing import Self

from checker.schedule.policy import RUN, Situation, worth
from makegen.base import graph

MOST_STEPS = 80  # of a run of short proofs
MOST_TEXT = 1 / 3  # that is executed twice, in proportion to the proofs that are not
MOST_IDLE_TEXT = 1.0  # the same where nothing waits for a worker


class Assumes(IntEnum):
    """What a pass takes for granted of the section variables of a proof that a copy runs."""

    NOTHING = 0
    RECORD = 1  # what an earlier run found: the pass cannot end before the copy has confirmed it
    GUESS = 2  # nor here; before the first that is open, the pass is copied as well


@dataclass(frozen=True)
class Step:
    """The tactics of a proof, or what is between two proofs."""

    seconds: float
    proof: str | None = None  # its name
    may_be_put_off: bool = False  # the file can go on without it
    assumes: Assumes = Assumes.NOTHING
    is_barrier: bool = False  # pass and copies go by it one by one
    guess: float | None = None  # what it is expected to take, if that is something else

    @property
    def expected(self) -> float:
        """Seconds, as far as the scheduler knows."""
        return self.seconds if self.guess is None else self.guess


def handed_over(steps: Iterable[Step], now: Situation, *, is_urgent: bool) -> int:
    """How many of the steps that are ahead of a pass a copy is to run, while it goes on.

    One proof that is worth it; or, where there is a worker for them soon, as many short ones as are
    together, with what is between them, which the pass executes as well.
    """
    least = worth(now, is_urgent=is_urgent)
    if least == inf:
        return 0
    most = MOST_STEPS if now.copies < now.workers else 1
    most_text = MOST_TEXT if now.copies or now.jobs else MOST_IDLE_TEXT
    proofs = text = 0.0
    for count, step in enumerate(islice(steps, most), start=1):
        if step.may_be_put_off:
            proofs += step.expected
        elif proofs and not step.is_barrier:
            text += step.expected
        else:
            return 0
        if proofs >= (least if count == 1 else max(least, RUN)) and text <= most_text * proofs:
            return count
    return 0


@dataclass(frozen=True)
class File:
    """A source as a pass meets it."""

    name: str
    needs: tuple[str, ...]  # the files that it loads directly
    steps: tuple[Step, ...]
    start: float = 0.0  # of coqc, before the first step
    head: float = 0.0  # of the first step: it can be executed before what the file loads stands
    end: float = 0.0  # of coqc, after the last step: what others load is made

    @cached_property
    def seconds(self) -> float:
        """All of it, as coqc runs it."""
        return self.start + sum(step.seconds for step in reversed(self.steps)) + self.end

    @cached_property
    def expected(self) -> float:
        """The same, as far as the scheduler knows."""
        return self.start + self.expected_from(0) + self.end

    @cached_property
    def can_be_parted(self) -> bool:
        """Whether a pass gets past any of the proofs that it could put off, without running it."""
        return not any(step.may_be_put_off and step.assumes for step in self.steps)

    def only(self, name: str, proofs: Collection[int], stand_in: float) -> Self:
        """What is run of it for nothing but these proofs, given by their steps: all text before."""
        steps = [
            Step(min(step.seconds, stand_in))
            if step.may_be_put_off and index not in proofs
            else step
            for index, step in enumerate(self.steps[: max(proofs) + 1])
        ]
        return replace(self, name=name, needs=(), steps=tuple(steps), end=0.0)

    def expected_from(self, index: int) -> float:
        """Seconds that the scheduler expects from this step on."""
        return self._expected_left[index]

    @cached_property
    def _expected_left(self) -> Sequence[float]:
        """Before each step, and at the end."""
        return [*accumulate((step.expected for step in reversed(self.steps)), initial=0.0)][::-1]


@dataclass(frozen=True)
class Machine:
    """Who is to do it, and at what price."""

    workers: int
    threshold: float = 0.0  # quicker proofs are hardly worth a copy: see checker.schedule.policy
    fork: float = 0.0  # to copy a process
    stand_in: float = 0.0  # to get past a proof that was put off
    own: float = 0.0  # of the scheduling process for each step: a worker has to wait so long


@dataclass(frozen=True)
class Place:
    """When a file is run, with workers enough, and how much longer it might take.

    In seconds from the beginning of the run.
    """

    begins: float  # all that it loads stands
    stands: float  # those that load it may begin
    ends: float  # the last of its proofs is run
    slack: float  # it may take so much more without anything ending later


def places(files: Sequence[File], machine: Machine) -> dict[str, Place]:
    """For each file when it is run at the earliest, each after those that it needs."""
    by_name = {file.name: file for file in files}
    order = graph.sort({file.name: file.needs for file in files})
    begins: dict[str, float] = {}
    stands: dict[str, float] = {}
    ends: dict[str, float] = {}
    for name in order:
        begins[name] = max((stands[needed] for needed in by_name[name].needs), default=0.0)
        stands[name], ends[name] = (
            begins[name] + seconds for seconds in _shortest_pass(by_name[name], machine)
        )
    last = max(ends.values(), default=0.0)
    latest = dict.fromkeys(order, last)  # at which each must stand
    slack: dict[str, float] = {}
    for name in reversed(order):
        slack[name] = max(0.0, min(latest[name] - stands[name], last - ends[name]))
        for needed in by_name[name].needs:
            latest[needed] = min(latest[needed], begins[name] + slack[name])
    return {n: Place(begins[n], stands[n], ends[n], slack[n]) for n in by_name}


def critical_path(files: Sequence[File], placed: Mapping[str, Place]) -> tuple[str, ...]:
    """The files that nothing can end before: each waits for the one before it, the last ends last.

    `placed`: by `places`.
    """
    if not placed:
        return ()
    needs = {file.name: file.needs for file in files}
    path = [max(placed, key=lambda name: placed[name].ends)]
    while waits_for := needs[path[-1]]:
        path.append(max(waits_for, key=lambda name: placed[name].stands))
    return tuple(reversed(path))


def lower_bound(files: Sequence[File], machine: Machine) -> float:
    """A makespan that no run of passes on this machine can beat.

    All work divided evenly; and the longest chain of passes, each without the proofs that can be
    put off but for what waits for them, with the longest proof that can still come then.
    """
    longest = max((place.ends for place in places(files, machine).values()), default=0.0)
    return max(longest, sum(file.seconds for file in files) / machine.workers)


def _shortest_pass(file: File, machine: Machine) -> tuple[float, float]:
    """How soon after its beginning a pass can end, and how soon all of its proofs."""
    at = file.start
    if file.needs and machine.workers > 1:  # its head is executed before
        at = -min(file.head, file.steps[0].seconds if file.steps else 0.0)
    ends = dict.fromkeys(Assumes, 0.0)  # of proofs in copies, by what rests on them
    for step in file.steps:
        if step.may_be_put_off and machine.workers > 1:  # in a run with others, for so little
            ends[step.assumes] = max(ends[step.assumes], at + step.seconds)
            at += min(step.seconds, machine.stand_in)
        else:
            at += step.seconds
    at = max(at, ends[Assumes.RECORD], ends[Assumes.GUESS]) + file.end
    return at, max(at, ends[Assumes.NOTHING])
