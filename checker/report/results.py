"""What a run finds out: verdicts, messages with their positions, results of proofs and files."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What is known of a proof or a file after a run."""

    CHECKED = "checked"  # coqc executed its Qed (or its last sentence) and said so
    WRONG = "wrong"  # coqc rejects it
    TIMEOUT = "timed out"  # stopped at --proof-timeout
    LOST = "lost"  # the machine failed: killed, out of memory, no answer
    SKIPPED = "skipped"  # not tried, because something it needs is wrong

    @property
    def is_ok(self) -> bool:
        """Only a checked proof is good."""
        return self is Verdict.CHECKED


@dataclass(frozen=True)
class Position:
    """A place in a source, as coqc prints it.

    >>> str(Position("theories/F.v", 9, 7, 18))
    'File "./theories/F.v", line 9, characters 7-18:'
    """

    file: str  # relative to the project's root, no leading ./
    line: int  # from 1
    start: int  # bytes from the beginning of that line
    end: int

    def __str__(self) -> str:
        return f'File "./{self.file}", line {self.line}, characters {self.start}-{self.end}:'


@dataclass(frozen=True)
class Message:
    """An error or warning of coqc: its position, if it has one, and its words without prefix."""

    position: Position | None
    text: str
    note: str = ""  # ours, for instance that an earlier error may have caused it


@dataclass(frozen=True)
class ProofResult:
    """The verdict on one proof."""

    file: str
    proof: str  # its name
    verdict: Verdict
    seconds: float = 0.0  # CPU seconds of the worker
    messages: tuple[Message, ...] = ()
    command: tuple[str, ...] = ()  # what reproduces a wrong verdict
    offset: int | None = None  # of its statement in the source, bytes, where the engine knows it
    memory: int = 0  # at most, bytes: the worker's peak resident size by then; 0: not known
    # Something before it in the file was wrong and was left out, a flag is on that the reader of
    # the source did not see, or time may have decided: the verdict is not one to be kept.
    after_error: bool = False
    uses: bytes = b""  # in a section: what says the same of the section variables as the proof
    warnings: tuple[Message, ...] = ()  # that coqc printed when it ran the proof now
    apart: bool = False  # the process that ran it did not go on with the file
    host: str = ""  # the machine that ran it, if that was another one


@dataclass(frozen=True)
class FileResult:
    """The verdict on what a file holds beside its delegated proofs, or on the file as a whole."""

    file: str
    verdict: Verdict
    seconds: float = 0.0
    messages: tuple[Message, ...] = ()
    command: tuple[str, ...] = ()
    warnings: tuple[Message, ...] = ()  # that coqc printed; not those told with proofs
    host: str = ""  # the machine that ran it, if that was another one
