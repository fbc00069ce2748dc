"""All that a run tells, kept for those who look at it afterwards: verdicts, work, counters."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from checker.report.events import (
    AdmittedProof,
    CheckedAgain,
    Ended,
    Event,
    FileDone,
    MemoryUsed,
    ProofDone,
    Started,
    WorkerBusy,
    WorkerIdle,
)
from checker.report.results import Position
from checker.report.work import Work, Worked

CLOSE = 0.001  # seconds between two pieces of work that are shown as one


@dataclass
class Recording:
    """A sink of events; all times are those of time.monotonic()."""

    began: float = field(default_factory=time.monotonic)
    date: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: float | None = None
    is_broken_off: bool = False  # though it came to an end: at the first that is not good
    workers: int = 0  # so many there may be
    files: dict[str, FileDone] = field(default_factory=dict)
    proofs: dict[str, list[ProofDone]] = field(default_factory=dict)  # by file
    refused: dict[str, dict[str, Position]] = field(default_factory=dict)  # admitted, by file, name
    work: list[Worked] = field(default_factory=list)  # as it ended
    busy: list[tuple[float, int]] = field(default_factory=list)  # so many workers from then on
    memory: list[tuple[float, int]] = field(default_factory=list)  # bytes, of all processes
    _since: dict[int, WorkerBusy] = field(default_factory=dict)  # by worker
    _begun: dict[int, float] = field(default_factory=dict)
    _last: dict[int, int] = field(default_factory=dict)  # by worker: its last piece in `work`

    def tell(self, event: Event) -> None:
        """Keep it."""
        match event:
            case Started(workers=workers):
                self.workers = workers
            case ProofDone(result):
                self.proofs.setdefault(result.file, []).append(event)
            case FileDone(result):
                self.files[result.file] = event
            case CheckedAgain(file):
                self.proofs.pop(file, None)
                self.files.pop(file, None)
            case AdmittedProof(proof, place):
                self.refused.setdefault(place.file, {})[proof] = place
            case Worked():
                self._add(event)
            case WorkerBusy(worker):
                self._since[worker], self._begun[worker] = event, time.monotonic()
                self._last.pop(worker, None)
                self._count()
            case WorkerIdle(worker):
                self._end(worker)
                self._count()
            case MemoryUsed(used):
                self.memory.append((time.monotonic(), used))
            case Ended():
                self.ended = time.monotonic()
            case _:
                pass

    @property
    def is_complete(self) -> bool:
        """Whether it came to the end of all that was asked for."""
        return self.ended is not None and not self.is_broken_off

    def _add(self, piece: Worked) -> None:
        """What follows on text of the same file, and is text, is the same piece of work."""
        if piece.worker is None:
            self.work.append(piece)
            return
        at = self._last.get(piece.worker)
        if at is not None and _is_one(self.work[at], piece):
            self.work[at] = _joined(self.work[at], piece)
            return
        self._last[piece.worker] = len(self.work)
        self.work.append(piece)

    def _end(self, worker: int) -> None:
        """Of an engine that does not say more, a worker was at a file all the time."""
        busy, begun = self._since.pop(worker, None), self._begun.pop(worker, 0.0)
        if busy and worker not in self._last:
            self.work.append(Worked(Work.FILE, worker, busy.label, "", begun, time.monotonic()))

    def _count(self) -> None:
        self.busy.append((time.monotonic(), len(self._since)))

    def rows(self) -> Iterator[tuple[int, list[Worked]]]:
        """For each worker what it did, in order."""
        for worker in sorted({piece.worker for piece in self.work if piece.worker is not None}):
            mine = (piece for piece in self.work if piece.worker == worker)
            yield worker, sorted(mine, key=lambda piece: piece.begun)


def _is_one(before: Worked, after: Worked) -> bool:
    return (
        before.work is after.work is Work.TEXT
        and before.file == after.file
        and after.begun - before.ended < CLOSE
    )


def _joined(before: Worked, after: Worked) -> Worked:
    cpu = None if before.cpu is None or after.cpu is None else before.cpu + after.cpu
    return replace(before, ended=after.ended, cpu=cpu)
