"""What a report is made of, as plain data. All times are in seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checker.report.formats.overview import Overview, ProofRow
from checker.report.past import PastRun
from checker.report.recording import Recording
from checker.report.results import Verdict
from checker.schedule.comparison import Simulated
from checker.schedule.passes import File, Place
from checker.schedule.timeline import Timeline

Seconds = Mapping[str, Mapping[str, float]]  # of proofs, by file and full name


@dataclass(frozen=True)
class Split:
    """A file, and the makespans if it were cut into two halves that do not need each other."""

    file: str
    makespan: float  # with the workers of the run
    with_many: float  # workers


@dataclass(frozen=True)
class Undeclared:
    """A proof in a section that does not say which section variables it uses."""

    file: str
    proof: str
    line: int  # of its statement
    seconds: float
    clause: str | None  # that would say it; None: nobody knows yet


@dataclass(frozen=True)
class Outlook:
    """What a check from scratch takes, and what it would take if something were otherwise."""

    files: Sequence[File]
    places: Mapping[str, Place]  # with workers enough
    critical: tuple[str, ...]  # the files of the critical path, in order
    workers: int  # of the run
    many: int  # workers: enough of them
    makespans: Sequence[Simulated]  # for several numbers of workers
    undeclared: Sequence[Undeclared]  # the longest first
    declared: float  # the makespan with the workers of the run, if all of these said it
    declared_with_many: float
    guessed: int  # proofs of which no time is known
    splits: Sequence[Split] = ()  # of files of the critical path, the best first

    @property
    def makespan(self) -> float:
        """With the workers of the run."""
        return self._simulated(self.workers).makespan

    @property
    def makespan_with_many(self) -> float:
        """With workers enough."""
        return self._simulated(self.many).makespan

    @property
    def is_split_now(self) -> bool:
        """Whether cutting one of these files helps with the workers of the run."""
        return any(split.makespan < 0.995 * self.makespan for split in self.splits)

    def _simulated(self, workers: int) -> Simulated:
        return next(found for found in self.makespans if found.workers == workers)


@dataclass(frozen=True)
class Prediction:
    """The schedule that is set beside the timeline."""

    timeline: Timeline
    lower_bound: float
    is_from_scratch: bool  # else of what the run has done, and no more


@dataclass(frozen=True)
class Report:
    """All that a page shows."""

    overview: Overview
    recording: Recording | None = None  # None: from the ledger alone
    before: Seconds = field(default_factory=dict)  # as they were known when the run began
    recorded: Seconds = field(default_factory=dict)  # as they are known now
    memory: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # bytes
    history: Sequence[PastRun] = ()  # the oldest first; the last is this run, if it came to its end
    outlook: Outlook | None = None
    why_no_outlook: str = ""
    prediction: Prediction | None = None
    command: str = ""  # check or vio2vo

    def word(self, verdict: Verdict) -> str:
        """What the page calls it: the ledger alone says nothing of what would not be run."""
        if self.recording is None and verdict is Verdict.SKIPPED:
            return "not known"
        return verdict.value

    @property
    def cpu(self) -> float:
        """Of the workers in this run, as far as it was measured; else the time that they took."""
        work = self.recording.work if self.recording else []
        pieces = (piece for piece in work if piece.worker is not None)
        return sum(piece.seconds if piece.cpu is None else piece.cpu for piece in pieces)

    @property
    def share(self) -> float | None:
        """Of the time that workers were at work, as much as they had a CPU; None: not measured."""
        work = self.recording.work if self.recording else []
        times = [(p.cpu, p.seconds) for p in work if p.worker is not None and p.cpu is not None]
        wall = sum(seconds for _, seconds in times)
        return sum(cpu for cpu, _ in times) / wall if wall else None

    def seconds(self, row: ProofRow) -> float | None:
        """Of a proof: as it took in this run, else as it is known."""
        if not row.known and row.verdict is not Verdict.SKIPPED:
            return row.result.seconds
        return self.recorded.get(row.file, {}).get(row.name)

    def seconds_before(self, row: ProofRow) -> float | None:
        """Of a proof that was run in this run: as it took before."""
        if row.known or row.verdict is not Verdict.CHECKED:
            return None
        return self.before.get(row.file, {}).get(row.name)
