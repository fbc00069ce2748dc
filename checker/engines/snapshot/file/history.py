"""What a process has been fed, step by step: whether it can go on with another state of its file.

A source that is being edited differs from what a paused process was fed. That does not matter as
long as coqc would be in the same state: each step before is fed the same, or it is a proof, opaque,
which says the same to what follows, whatever its tactics are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.verdicts import Ran


@dataclass(frozen=True, eq=False)
class Fed:
    """A step, and those before it."""

    before: "Fed | None"
    file: FileRun  # as it was then
    index: int
    text: bytes  # without questions
    ran: Ran | None = None  # it was run as the source had it

    @property
    def says(self) -> bytes | None:
        """What stands for the proof to those after it; None: nothing else than its text."""
        if self.file.script.steps[self.index].proof is None:
            return None
        if self.ran is None:
            return b" ".join(self.text.split())
        is_told = self.file.variables.assumption(self.index) is None
        return said(self.file, self.index) if is_told else None

    def is_same(self, file: FileRun) -> bool:
        """Whether the process has executed what this file has there."""
        return self.text == file.text(self.index, True)

    def fits(self, file: FileRun) -> bool:
        """Whether the same step of this file leaves coqc in the same state, those before too."""
        if self.is_same(file):
            return True
        if file.must_run(self.index):
            return False
        return self.says is not None and self.says == said(file, self.index)


def said(file: FileRun, index: int) -> bytes | None:
    """What stands for a proof to those after it, in words; None where nothing can."""
    stand_in = file.stand_in(index)
    return None if stand_in is None else b" ".join(stand_in.split())


def assumed(last: Fed, file: FileRun) -> dict[int, bytes]:
    """What a process that was fed so takes for granted, by step, if it goes on with this file."""
    assumption = file.variables.assumption
    told = ((index, assumption(index)) for index in range(last.index + 1))
    return {index: words for index, words in told if words is not None}


def steps(last: Fed | None) -> Iterator[Fed]:
    """From the last one to the first."""
    while last is not None:
        yield last
        last = last.before
