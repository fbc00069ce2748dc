"""What a run tells its user: events, and the blocks and lines that are shown of them.

An engine never prints: it tells events to a reporter, a function that takes one event. Layout
is done here by pure functions; only checker.report.terminal writes.
"""

import shlex
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checker.document.proof_using import is_wrong_clause
from checker.document.unproved import Unproved
from checker.report.results import FileResult, Message, Position, ProofResult, Verdict


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
class WorkerIdle:
    """A worker has ended what it was at."""

    worker: int


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
    left_out: int = 0  # proofs of it that nobody asked for
    unproved: Unproved | None = None  # what it takes without proof; None: nobody has read it
    # Section variables that coqc told of, in its words, by the byte offset of the statement.
    uses: Mapping[int, bytes] = field(default_factory=dict)


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


_MENDS = "(proof-checker using --repair writes the right clause where a `Proof using` is wrong)"

Event = (
    Started
    | WorkerBusy
    | WorkerIdle
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


def not_tried(event: NotTried) -> str:
    """The line that the user is told.

    >>> not_tried(NotTried("A.v", ("B.v", "C.v")))
    '2 files not tried, because A.v is wrong'
    """
    reason = "could not be compiled" if event.is_lost else "is wrong"
    if len(event.files) == 1:
        return f"{event.files[0]}: not tried, because it needs {event.cause}, which {reason}"
    return f"{len(event.files)} files not tried, because {event.cause} {reason}"


def number(count: int, noun: str) -> str:
    """The count with its noun.

    >>> number(1, "proof"), number(2, "proof")
    ('1 proof', '2 proofs')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def explanation(event: Explained) -> str:
    """What is shown of why a file is run.

    >>> print(explanation(Explained("A.v", "its text changed", 2, 5, {"new": ["one", "two"]})))
    A.v is run (2 of 5 proofs): its text changed
      new: one, two
    """
    lines = [f"{event.file} is run ({event.run} of {number(event.proofs, 'proof')}): {event.why}"]
    return "\n".join([*lines, *(f"  {why}: {', '.join(p)}" for why, p in event.causes.items())])


def complaint(event: Event) -> str | None:
    """What is shown of an event that tells of something bad; None of others.

    Of a proof that was not run it is not told: the error before it is.
    """
    match event:
        case ProofDone(result) if result.messages or is_failure(event):
            return error_block(result)
        case FileDone(result) if result.messages:
            return error_block(result)
        case AdmittedProof(proof, position):
            return f"{position}\nError: {proof} is admitted (--no-admitted)"
        case NotTried():
            return not_tried(event)
        case LoadedTogether(verdict=verdict, words=words) if not verdict.is_ok:
            return f"Error: {words}"
        case _:
            return None


def is_failure(event: Event) -> bool:
    """Whether it tells of something that was tried and is not good."""
    if not isinstance(event, ProofDone | FileDone):
        return False
    return not event.result.verdict.is_ok and event.result.verdict is not Verdict.SKIPPED


def error_block(result: ProofResult | FileResult) -> str:
    """What is shown of a bad verdict: coqc's position line and words, the proof, the command."""
    if isinstance(result, ProofResult) and result.verdict is Verdict.SKIPPED:
        why = "".join(f": {message.text}" for message in result.messages)
        return f"{result.file}: the proof of {result.proof} was not run{why}"
    lines = [line for message in result.messages for line in _message_lines(message)]
    if not result.messages:
        lines = [f"{result.file}: Error: {result.verdict.value}"]
    if isinstance(result, ProofResult):
        lines.append(f"  in the proof of {result.proof} ({result.verdict.value})")
    if result.command:
        lines.append(f"  to see it again: {shlex.join(result.command)}")
    return "\n".join(lines)


def warning_block(message: Message) -> str:
    """What is shown of a warning: coqc's position line and words."""
    return "\n".join(_message_lines(message, "Warning"))


def _message_lines(message: Message, kind: str = "Error") -> list[str]:
    head = [str(message.position)] if message.position else []
    separator = "\n" if "\n" in message.text else " "
    notes = [message.note, _MENDS if is_wrong_clause(message.text) else ""]
    note = [f"  {words}" for words in notes if words]
    return [*head, f"{kind}:{separator}{message.text}", *note]
