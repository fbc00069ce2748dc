"""What a run tells: events.

An engine never prints: it tells events to a reporter, a function that takes one event. What is
shown of them is laid out in checker.report.blocks.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checker.document.unproved import Unproved
from checker.report.results import FileResult, Position, ProofResult, Verdict
from checker.report.work import Worked


@dataclass(frozen=True)
class Started:
    """A run begins."""

    proofs: int
    files: int
    workers: int
    work: float  # predicted seconds of work, all workers together
    makespan: float  # predicted seconds of the whole run


@dataclass(frozen=True)
class WorkerBusy:
    """A worker has taken up something."""

    worker: int
    label: str


@dataclass(frozen=True)
class WorkerAt:
    """A worker begins with a proof of its file; or with what is none: then there is no name."""

    worker: int
    name: str
    recorded: float | None = None  # seconds that it took before, if that is known


@dataclass(frozen=True)
class WorkerIdle:
    """A worker has ended what it was at."""

    worker: int


@dataclass(frozen=True)
class MemoryUsed:
    """What the processes of the run use together, from time to time."""

    bytes: int


@dataclass(frozen=True)
class Outlook:
    """How long the run will go on, as the schedule has it now."""

    seconds: float  # wall


@dataclass(frozen=True)
class ProofDone:
    """There is a verdict on a proof."""

    result: ProofResult
    predicted: float = 0.0  # the seconds that the schedule counted for it
    known: bool = False  # from the ledger: nothing was run


@dataclass(frozen=True)
class FileDone:
    """There is a verdict on a file; those of its proofs that have one of their own were told."""

    result: FileResult
    proofs: int | None = None  # how many there are in the file; None: nobody has read it
    predicted: float = 0.0
    known: bool = False  # from the ledger: nothing was run
    cause: str = ""  # of a file that was not tried: the wrong one that it needs
    # The proofs of it that nobody asked for: where their statements start, in bytes.
    passed_over: frozenset[int] = frozenset()
    unproved: Unproved | None = None  # what it takes without proof; None: nobody has read it
    # Section variables that coqc told of, in its words, by the byte offset of the statement.
    uses: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        """How many proofs of it nobody asked for."""
        return len(self.passed_over)


@dataclass(frozen=True)
class Suspected:
    """A proof is wrong, of which more may be found out: plain coqc may be asked meanwhile."""

    result: ProofResult  # as it is by now; the verdict itself comes later


@dataclass(frozen=True)
class NotTried:
    """These files were not tried on account of one; the verdict on each is told, too."""

    cause: str
    files: tuple[str, ...]
    is_lost: bool = False  # the cause is not known to be wrong


@dataclass(frozen=True)
class Explained:
    """A file is run, and why."""

    file: str
    why: str
    run: int  # how many of its proofs are
    proofs: int  # how many there are
    causes: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of these proofs, by cause


@dataclass(frozen=True)
class Chosen:
    """Not all proofs of the files are asked for."""

    asked: int
    proofs: int  # how many there are


@dataclass(frozen=True)
class FirstCheck:
    """Nothing is known of the project yet."""


@dataclass(frozen=True)
class GivenUp:
    """A check ends before its time."""

    kept: int  # proofs for which there is a verdict that the next check believes
    proofs: int | None  # how many were asked for; None: there was no time to count


@dataclass(frozen=True)
class CheckedAgain:
    """What was told of the proofs of a file does not count any more."""

    file: str


@dataclass(frozen=True)
class LoadedTogether:
    """All compiled files were loaded by one coqc: whether their universes are consistent."""

    files: int
    verdict: Verdict
    error: str = ""  # coqc's

    @property
    def words(self) -> str:
        """The line that the user is told.

        >>> LoadedTogether(3, Verdict.CHECKED).words
        'the universe constraints of 3 files hold together'
        """
        if self.verdict.is_ok:
            return f"the universe constraints of {number(self.files, 'file')} hold together"
        return f"the .vo of {number(self.files, 'file')} cannot be loaded together: {self.error}"


@dataclass(frozen=True)
class AdmittedProof:
    """A proof ends in `Admitted`, where none may."""

    proof: str
    position: Position  # of its statement


@dataclass(frozen=True)
class Note:
    """Something that the user should know."""

    text: str


@dataclass(frozen=True)
class Ended:
    """The run is over."""

    seconds: float  # wall


Event = (
    Started
    | WorkerBusy
    | WorkerAt
    | WorkerIdle
    | MemoryUsed
    | Worked
    | Outlook
    | ProofDone
    | FileDone
    | Suspected
    | NotTried
    | Explained
    | FirstCheck
    | Chosen
    | GivenUp
    | CheckedAgain
    | LoadedTogether
    | AdmittedProof
    | Note
    | Ended
)
Tell = Callable[[Event], None]


def tell_nobody(_: Event) -> None:
    """Nobody has to hear of it."""


Complaint = ProofDone | FileDone  # or what comes after one in the same file


def not_kept(events: Iterable[Complaint]) -> list[Complaint]:
    """The same, but not for the ledger."""
    return [
        replace(event, result=replace(event.result, after_error=True))
        if isinstance(event, ProofDone)
        else event
        for event in events
    ]


def tell_not_tried(tell: Tell, causes: Mapping[str, str], lost: Container[str] = ()) -> None:
    """Tell of the files that need, directly or not, a wrong one: for each, the one to be mended.

    `lost`: those of the causes that are not known to be wrong.
    """
    by_cause: dict[str, list[str]] = {}
    for file, cause in causes.items():
        by_cause.setdefault(cause, []).append(file)
    for cause, files in by_cause.items():
        tell(NotTried(cause, tuple(files), is_lost=cause in lost))
        for file in files:
            tell(FileDone(FileResult(file, Verdict.SKIPPED), cause=cause))


def number(count: int, noun: str) -> str:
    """The count with its noun.

    >>> number(1, "proof"), number(2, "proof")
    ('1 proof', '2 proofs')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def is_failure(event: Event) -> bool:
    """Whether it tells of something that was tried and is not good."""
    if not isinstance(event, ProofDone | FileDone):
        return False
    return not event.result.verdict.is_ok and event.result.verdict is not Verdict.SKIPPED
