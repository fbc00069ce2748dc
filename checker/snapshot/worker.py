"""A worker: a process, the part of a file that it is to run, and what it is fed next."""

from dataclasses import dataclass

from checker.snapshot.files import Job
from checker.snapshot.process import CoqProcess

BATCH = 1 << 15  # bytes of text to get past that are fed at once


@dataclass(eq=False)
class Spare:
    """A paused copy of a process, to go on from when the process fails."""

    process: CoqProcess
    cursor: int
    replaced: bool
    cpu_seconds: float  # of the process, when it was copied


@dataclass(eq=False)
class Worker:
    """A process, and its job: it is led past the steps before job.real and runs the others."""

    number: int  # its place among the workers, from 0
    job: Job
    process: CoqProcess
    cursor: int = 0  # the step to be fed next
    replaced: bool = False  # some proof before the cursor was not run in this process
    asked: bool = False  # an idle worker waits for a part of this one
    spare: Spare | None = None

    def runs(self, index: int) -> bool:
        """Whether the step is fed as the source has it because this worker is to run it."""
        return (self.job.plain or index >= self.job.real) and self.job.file.is_wanted(index)

    def is_replaced(self, index: int) -> bool:
        """Whether something stands in for the step."""
        file = self.job.file
        return index in file.given_up or (
            not self.runs(index) and file.script.can_skip(file.script.steps[index])
        )


@dataclass(frozen=True)
class Feed:
    """Text to be executed at once: steps [first, last)."""

    first: int
    last: int
    text: bytes
    runs: bool  # one step, which this worker is to run


def next_feed(worker: Worker) -> Feed:
    """One step to be run, or as many as fit of those to get past."""
    file, first = worker.job.file, worker.cursor
    if worker.runs(first):
        return Feed(first, first + 1, file.text(first, True), True)
    parts: list[bytes] = []
    size, last = 0, first
    while last < worker.job.stop and size < BATCH and not worker.runs(last):
        part = file.text(last, False)
        parts.append(part)
        size += len(part)
        last += 1
    return Feed(first, last, b"".join(parts), False)
