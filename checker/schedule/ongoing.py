"""What a simulated driver has in hand: files, passes on their way, and what copies run of them.

Pure. All times are in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from checker.schedule.passes import Assumes, File


@dataclass(frozen=True)
class Work:
    """A file that a driver is to run."""

    file: File
    after: float  # the longest path of files that wait for it

    @property
    def is_awaited(self) -> bool:
        """Whether others wait for what they load of it."""
        return self.after > 0


class Works(Protocol):
    """Where a driver gets files, and who hears what becomes of them."""

    @property
    def has_ready(self) -> bool:
        """Whether a file can be taken up now."""

    def take(self) -> Work:
        """The one to begin with."""

    def take_next(self) -> File | None:
        """A file that is to be taken soon: its head can be executed. Each is given once."""

    def stands(self, work: Work) -> None:
        """What others load is made."""

    def ended(self, work: Work) -> None:
        """All of its proofs are run."""


@dataclass(eq=False)
class Pass:
    """A pass on its way."""

    work: Work
    worker: int = -1  # it has not begun
    since: float = 0.0  # it has had this worker
    ran: list[int] = field(default_factory=list)  # steps, since then
    cursor: int = 0
    guesses: int = 0  # that are open; so are
    records: int = 0
    open: int = 1  # pieces of it that have not ended, itself included
    is_resting: bool = False
    ahead: float = 0.0  # seconds of its first step, which were executed ahead

    @property
    def file(self) -> File:
        """Which it is made over."""
        return self.work.file

    @property
    def must_wait(self) -> bool:
        """Whether copies are to confirm something before it goes on."""
        return self.cursor == len(self.file.steps) and self.guesses + self.records > 0

    def note(self, assumed: Assumes, more: int) -> None:
        """Something is taken for granted from now on, or (-1) no longer."""
        self.guesses += more * (assumed is Assumes.GUESS)
        self.records += more * (assumed is Assumes.RECORD)


@dataclass(frozen=True)
class Part:
    """Steps of a pass that a copy runs."""

    run: Pass
    steps: tuple[int, ...]

    def seconds_of(self, steps: Sequence[int], own: float = 0.0) -> float:
        """Of these of its steps, each of which takes so much besides."""
        return sum(self.run.file.steps[index].seconds + own for index in steps)

    @property
    def steps_to_confirm(self) -> Sequence[int]:
        """Up to the last of its proofs of which something was taken for granted."""
        last = len(self.steps)
        while last and not self._assumes(self.steps[last - 1]):
            last -= 1
        return self.steps[:last]

    @property
    def expected(self) -> float:
        """Seconds, as far as the scheduler knows."""
        return sum(self.run.file.steps[index].expected for index in self.steps)

    @property
    def assumes(self) -> Assumes:
        """The most that is taken for granted of one of its proofs."""
        return max(map(self._assumes, self.steps))

    def _assumes(self, index: int) -> Assumes:
        step = self.run.file.steps[index]
        return step.assumes if step.may_be_put_off else Assumes.NOTHING
