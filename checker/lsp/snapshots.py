"""Snapshots: paused coqc processes at places of an open document, to go on from after an edit."""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from weakref import WeakKeyDictionary

from checker.engines.snapshot.coqc.process import CoqProcess, DriverError
from checker.engines.snapshot.coqc.shift import Shift
from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.history import Fed, assumed, steps
from checker.engines.snapshot.worker import Past, Spare, Worker

EVERY = 0.05  # CPU seconds between two snapshots
WORTH = 4  # times what a snapshot takes is between two, at least
NEAR = 0.01  # CPU seconds, from the last one to where a proof begins that is run
MOST = 64  # snapshots of a document


@dataclass(eq=False)
class Snapshot:
    """A paused process."""

    process: CoqProcess
    history: Fed
    line: int  # where it is, by its own count, from 1
    column: int  # bytes

    @property
    def cursor(self) -> int:
        """The step that it would be fed next."""
        return self.history.index + 1


@dataclass(eq=False)
class _Clock:
    """Of a process at work: what it costs to come from its last snapshot to where it is."""

    seconds: float = 0.0  # CPU that the process had used there, and for proofs since
    looked: Fed | None = None  # where it was looked at last

    def leave_out_proofs(self, history: Fed) -> None:
        """Those that what follows does not need: a process that ran them is full of garbage."""
        looked, self.looked = self.looked, history
        for fed in takewhile(lambda fed: fed is not looked, steps(history)):
            if fed.ran and fed.says is not None:
                self.seconds += fed.ran.seconds


@dataclass(eq=False)
class Snapshots:
    """The snapshots of one document, by what they have been fed."""

    kept: list[Snapshot] = field(default_factory=list)
    _price: float = 0.0  # seconds that the last one took
    _clocks: WeakKeyDictionary[CoqProcess, "_Clock"] = field(default_factory=WeakKeyDictionary)

    # ---- made ----

    async def look(self, worker: Worker) -> None:
        """Between two feeds of a worker: whether one more is worth it."""
        job, history = worker.job, worker.past.history
        if history is None or job.plain or job.patches or worker.failed or worker.is_refuted:
            return
        now = worker.process.cpu_seconds
        clock = self._clocks.setdefault(worker.process, _Clock())
        clock.leave_out_proofs(history)
        since = now - clock.seconds
        is_end = worker.past.cursor == len(job.file.script.steps)
        is_at_proof = worker.past.cursor == job.real > 0
        least = 0.0 if is_end else NEAR if is_at_proof else max(EVERY, self._price * WORTH)
        if since < least or self._has(history):
            return
        clock.seconds = now
        with contextlib.suppress(DriverError, OSError):  # no room for one more process
            (line, column), begun = _place(worker), time.monotonic()
            self.kept.append(Snapshot(await worker.process.fork(), history, line, column))
            self._price = time.monotonic() - begun
            self.kept.sort(key=lambda snapshot: snapshot.cursor)
            await self.thin(MOST)

    def _has(self, history: Fed) -> bool:
        return any(snapshot.history is history for snapshot in self.kept)

    async def thin(self, most: int) -> None:
        """Where there are more, one of those that are nearest to each other goes."""
        while len(self.kept) > max(most, 2):
            gaps = zip(self.kept, self.kept[2:], strict=False)
            sizes = [_bytes(after.history) - _bytes(before.history) for before, after in gaps]
            await end_all([self.kept.pop(1 + sizes.index(min(sizes))).process])

    # ---- found ----

    def fitting(self, file: FileRun) -> list[Snapshot]:
        """Those that can go on with this state of the file, by their places."""
        fits: dict[Fed, bool] = {}
        return [snapshot for snapshot in self.kept if _fits(snapshot.history, file, fits)]

    async def drop(self) -> None:
        """None of them is of use any more."""
        gone, self.kept = self.kept, []
        await end_all(snapshot.process for snapshot in gone)

    async def copy(self, snapshot: Snapshot, file: FileRun) -> Spare:
        """A process that goes on from there with this state of the file.

        Raises DriverError where there is no room for one more process.
        """
        past = _past(snapshot, file)  # as it is: what others find out meanwhile, it was not fed
        process = await snapshot.process.fork()
        self._clocks[process] = _Clock(process.cpu_seconds, snapshot.history)
        at = file.script.steps[snapshot.history.index].end
        place = file.script.position(at, at)
        lines, columns = place.line - snapshot.line, place.start - snapshot.column
        process.shift = Shift(snapshot.line, lines, columns)
        return Spare(process, past, process.cpu_seconds)


def _past(snapshot: Snapshot, file: FileRun) -> Past:
    return Past(
        cursor=snapshot.cursor,
        replaced=any(_is_replaced(fed, file) for fed in steps(snapshot.history)),
        assumed=assumed(snapshot.history, file),
        history=snapshot.history,
    )


def _is_replaced(fed: Fed, file: FileRun) -> bool:
    return fed.text != file.script.real(file.script.steps[fed.index])


def _fits(last: Fed, file: FileRun, fits: dict[Fed, bool]) -> bool:
    """Whether a history fits a file; `fits`: what is known of histories."""
    open_ones = []
    at: Fed | None = last
    while at is not None and at not in fits:
        open_ones.append(at)
        at = at.before
    good = at is None or fits[at]
    count = len(file.script.steps)
    for fed in reversed(open_ones):
        good = good and fed.index < count and fed.fits(file)
        fits[fed] = good
    return good


def _place(worker: Worker) -> tuple[int, int]:
    """Where the process is by its own count of lines, from 1, and of bytes on that line."""
    script, shift = worker.job.file.script, worker.process.shift
    at = script.steps[worker.past.cursor - 1].end
    place = script.position(at, at)
    line, column = place.line - shift.lines, place.start
    if line == shift.line:
        column -= shift.columns
    asked = (q for q in worker.past.questions if script.position(q.at, q.at).line == place.line)
    return line, column + sum(len(question.words) for question in asked)


def _bytes(history: Fed) -> int:
    return history.file.script.steps[history.index].end


async def end_all(processes: Iterable[CoqProcess]) -> None:
    """Have them gone, also when nobody waits for that."""
    ending = list(processes)
    for process in ending:
        process.kill()
    if ending:
        await asyncio.shield(asyncio.gather(*(process.ended() for process in ending)))
