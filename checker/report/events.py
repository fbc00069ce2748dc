"""What a run tells its user: events, the count that decides the exit code, the blocks and lines.

An engine never prints: it tells events to a reporter, a function that takes one event. Layout
is done here by pure functions; only checker.report.terminal writes.
"""

import shlex
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checker.report.results import FileResult, Message, ProofResult, Verdict
from makegen.base.errors import ExitCode


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
class Note:
    """Something that the user should know."""

    text: str


@dataclass(frozen=True)
class Ended:
    """The run is over."""

    seconds: float  # wall


Event = (
    Started | WorkerBusy | WorkerIdle | ProofDone | FileDone | NotTried | Explained | Note | Ended
)
Tell = Callable[[Event], None]
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


@dataclass
class Count:
    """What a run has found so far; from it come the summary line and the exit code."""

    workers: int = 1
    proofs: Counter[Verdict] = field(default_factory=Counter)
    known: int = 0  # of these proofs, how many were known from the ledger
    files: dict[str, Verdict] = field(default_factory=dict)  # the worst verdict in each file
    told: Counter[str] = field(default_factory=Counter)  # by file: proofs with their own verdict
    sizes: dict[str, int] = field(default_factory=dict)  # by file: how many proofs there are in it
    seconds: float = 0.0

    def tell(self, event: Event) -> None:
        """Take the event into account."""
        match event:
            case Started(workers=workers):
                self.workers = workers
            case ProofDone(result, _, known):
                self.proofs[result.verdict] += 1
                self.told[result.file] += 1
                self.known += known
                self._mark(result.file, result.verdict)
            case FileDone(result, proofs, _, known):
                self._mark(result.file, result.verdict)
                if proofs is not None:
                    self.sizes[result.file] = proofs
                if result.verdict.is_ok:  # so are those without a verdict of their own
                    others = max(0, (proofs or 0) - self.told[result.file])
                    self.proofs[Verdict.CHECKED] += others
                    self.known += known * others
            case Ended(seconds):
                self.seconds = seconds
            case _:
                pass

    def _mark(self, file: str, verdict: Verdict) -> None:
        worst = self.files.setdefault(file, verdict)
        if _SEVERITY.index(verdict) > _SEVERITY.index(worst):
            self.files[file] = verdict

    @property
    def exit_code(self) -> ExitCode:
        """0 all checked, 1 something is wrong, 3 the machine failed and nothing is wrong."""
        found = set(self.proofs) | set(self.files.values())
        if found & {Verdict.WRONG, Verdict.TIMEOUT}:
            return ExitCode.WRONG
        if found - {Verdict.CHECKED}:
            return ExitCode.MACHINE
        return ExitCode.OK

    @property
    def summary(self) -> str:
        """The last line of a run.

        >>> Count(sizes={"A.v": 3}, files={"A.v": Verdict.CHECKED}).summary
        '3 proofs in 1 file checked in 0.0 s with 1 worker'
        """
        tried = Verdict.CHECKED, Verdict.WRONG, Verdict.TIMEOUT, Verdict.LOST, Verdict.SKIPPED
        bad_proofs = [f"{self.proofs[v]} {v.value}" for v in tried[1:] if self.proofs[v]]
        bad_files = sum(not verdict.is_ok for verdict in self.files.values())
        sizes = (self.sizes.get(file, self.told[file]) for file in self.files)
        total = number(sum(sizes), "proof")
        where = f"{total} in {number(len(self.files), 'file')}"
        if self.known:
            where += f", {self.proofs.total() - self.known} checked now, {self.known} known"
        how = f"in {self.seconds:.1f} s with {number(self.workers, 'worker')}"
        if not bad_proofs and not bad_files:
            return f"{where}: all good {how}" if self.known else f"{where} checked {how}"
        complaints = [*bad_proofs, f"{number(bad_files, 'file')} not good"]
        return f"{where}: {', '.join(complaints)} {how}"


_SEVERITY = (Verdict.CHECKED, Verdict.SKIPPED, Verdict.LOST, Verdict.TIMEOUT, Verdict.WRONG)


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
    note = [f"  {message.note}"] if message.note else []
    return [*head, f"{kind}:{separator}{message.text}", *note]
