"""How a run stands at a moment: what each worker is at, how much is done, how long it will take."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from checker.report.events import (
    Event,
    FileDone,
    Outlook,
    ProofDone,
    Started,
    WorkerAt,
    WorkerBusy,
    WorkerIdle,
    number,
)

MOST_WORKERS = 8  # that are shown
LONG = 5.0  # seconds past three times its recorded time, after which a proof is marked
KNOWN = 0.05  # of the predicted work: when so much is done, the pace of this run counts


@dataclass(frozen=True)
class At:
    """What a worker is at."""

    file: str
    since: float  # seconds, as `now` has them
    name: str = ""  # of a proof
    recorded: float | None = None  # seconds that it took before, if that is known

    def is_long(self, now: float) -> bool:
        """Whether the proof has run for longer than it did before, by far."""
        return self.recorded is not None and now - self.since > 3 * self.recorded + LONG

    def line(self, now: float, width: int) -> str:
        """What is shown of it, in so many columns.

        >>> At("theories/Top.v", 0.0, "typo").line(12.25, 40)
        '  theories/Top.v typo 12.2 s'
        >>> At("theories/Top.v", 0.0, "a_name", 1.0).line(12.25, 40)
        '  Top.v a_name 12.2 s, 1.0 s last time'
        """
        taken = f" {now - self.since:.1f} s"
        if self.is_long(now):
            taken += f", {self.recorded:.1f} s last time"
        room = width - len(taken) - 2
        for file in (self.file, PurePosixPath(self.file).name):
            words = f"{file} {self.name}".rstrip()
            if len(words) <= room:
                break
        else:
            words = f"{words[: max(0, room - 1)]}…"
        return f"  {words}{taken}"


class State:
    """What events have told so far. `now`: seconds, from anywhere on, of a clock that goes on."""

    def __init__(self) -> None:
        self._started = Started(0, 0, 1, 0.0, 0.0)
        self._begun = 0.0
        self._busy: dict[int, At] = {}
        self._done: Counter[str] = Counter()  # proofs, by file
        self._work_done = 0.0
        self._outlook: tuple[float, float] | None = None  # seconds left, and when that was said
        self._first_outlook: tuple[float, float] | None = None

    def tell(self, event: Event, now: float) -> None:
        """Take the event into account."""
        match event:
            case Started():  # a run may begin again with some of its files
                self._started, self._begun, self._work_done = event, now, 0.0
                self._done.clear()
                self._outlook = self._first_outlook = None
            case Outlook(seconds):
                self._outlook = (seconds, now)
                self._first_outlook = self._first_outlook or self._outlook
            case WorkerBusy(worker, label):
                self._busy[worker] = At(label, now)
            case WorkerAt(worker, name, recorded) if worker in self._busy:
                at = self._busy[worker]
                self._busy[worker] = replace(at, since=now, name=name, recorded=recorded)
            case WorkerIdle(worker):
                self._busy.pop(worker, None)
            case ProofDone(known=True) | FileDone(known=True):  # no part of what was begun
                pass
            case ProofDone(result, predicted):
                self._done[result.file] += 1
                self._work_done += predicted
            case FileDone(result, proofs, predicted):
                self._done[result.file] = proofs or self._done[result.file]
                self._work_done += predicted
            case _:
                pass

    def workers(self, height: int) -> list[At]:
        """Those that are shown on a terminal of so many lines: the ones that take longest."""
        most = min(MOST_WORKERS, max(0, height // 2 - 1))
        busy = list(self._busy.items())
        shown = sorted(busy, key=lambda item: item[1].since)[:most]
        return [at for _, at in sorted(shown, key=lambda item: item[0])]

    @property
    def counts(self) -> str:
        """Proofs done, of those that were begun."""
        proofs = self._started.proofs
        return f"{min(self._done.total(), proofs)}/{proofs} proofs"  # others come with their files

    @property
    def busy(self) -> str:
        """How many workers are."""
        return number(len(self._busy), "worker")

    def seconds_left(self, now: float) -> float:
        """As predicted; once some of it is done, at the pace of this run."""
        if self._outlook is None or self._first_outlook is None:
            return self._started.makespan * (1 - self._part_of_work)
        (left, at), (first, begun) = self._outlook, self._first_outlook
        done = first - left
        pace = (at - begun) / done if done > KNOWN * first else 1.0
        return max(0.0, left * pace - (now - at))

    def part_done(self, now: float) -> float:
        """Between 0 and 1, of the time that the run takes."""
        if self._outlook is None:
            return self._part_of_work
        taken = now - self._begun
        return taken / max(taken + self.seconds_left(now), 1e-9)

    @property
    def _part_of_work(self) -> float:
        work = self._started.work
        return min(1.0, self._work_done / work) if work else 1.0


def duration(seconds: float) -> str:
    """A time that nobody needs to know exactly.

    >>> duration(12.3), duration(83), duration(7300)
    ('12 s', '1 min 23 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
