"""A source as the steps that it is fed in, and what stands in for a proof that is not to run.

Pure: bytes in, bytes out.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from checker.document.sentences import Lines
from checker.report.results import Position

# Said where a process has done its part: coqc must refuse it right there, which proves that it
# reads a new command there, outside of any proof or comment, as we think that it does.
SENTINEL = b"Abort.\n"

# Said at the end of a file: that nothing can be ended proves that every section and module is
# closed. coqc -vok does not ask for that, coqc does.
LAST_WORDS = b"End proof_makefile_sentinel.\n"

ENDS = re.compile(rb"\bEnd\b")  # what may close a section
_WORD = re.compile(rb"[^ ]+")
_BLANKS = bytes(byte if byte == ord("\n") else ord(" ") for byte in range(256))
# What loads or imports, and `Unset Keep Admitted Variables`.
_MAY_SET_FLAGS = re.compile(rb"\b(?:Require|Import|Export|Include|Load|Keep)\b")


@dataclass(frozen=True)
class Proof:
    """A proof as the engine sees it; all offsets are bytes of the source."""

    name: str
    statement: int  # where the sentence of its statement starts
    start: int  # where the tactics start: all before must be executed for the statement to be known
    end: int  # after the dot of its Qed (Defined, Admitted, ...)
    stand_in: bytes | None = None  # says what its tactics would; None: they must be run
    ask_at: int | None = None  # in a section: where coqc is asked which variables it uses
    has_proof: bool = False  # in a section: a default for `Proof using`, if there is one, holds
    takes_default: bool | None = None  # whether there is one, it seems; None: not known
    section: int = -1  # where its innermost section starts; -1: it stands in none
    theorems: int = 1  # how many it proves at once


@dataclass(frozen=True)
class Step:
    """A run of sentences that is fed at once: what is between two proofs, or the tactics of one."""

    start: int
    end: int  # after the blank that follows the last dot
    proof: int | None = None  # which proof of the script, when these are its tactics


class Script:
    """A source, cut into steps that cover it without gap."""

    def __init__(
        self, file: str, source: bytes, proofs: Sequence[Proof], cuts: Sequence[int] = ()
    ) -> None:
        """`file` as coqc is given it; `proofs` in order, none inside another.

        `cuts`: where what is between two proofs may be cut, in order.
        """
        self.file = file
        # A dot ends a sentence only before a blank: the next byte must be there to be seen.
        self.text = source + b"\n" if source.endswith(b".") else source
        self.proofs = tuple(proofs)
        self.steps = tuple(_steps(self.text, self.proofs, cuts))
        self._lines = Lines(self.text)

    @property
    def may_leave_open(self) -> bool:
        """Whether a section or module may be open at its end."""
        return any(word in self.text for word in (b"Section", b"Module", b"Load"))

    def may_set_flags(self, index: int) -> bool:
        """Whether coqc is to be asked after this step which flags hold."""
        step = self.steps[index]
        return index == 0 or _MAY_SET_FLAGS.search(self.text, step.start, step.end) is not None

    def may_end_section(self, index: int) -> bool:
        """Whether this step may close a section."""
        step = self.steps[index]
        return ENDS.search(self.text, step.start, step.end) is not None

    def question_at(self, index: int) -> int:
        """Where coqc is asked something after this step, or at its end: never inside a proof.

        There a question can change the meaning of what follows: `Proof term.` has to be the first
        sentence after its statement.
        """
        step, *after = self.steps[index : index + 2]
        if step.proof is not None or not after or after[0].proof is None:
            return step.end
        return self.proofs[after[0].proof].statement

    def real(self, step: Step) -> bytes:
        """What the source says."""
        return self.text[step.start : step.end]

    def laid(self, step: Step, words: bytes) -> bytes | None:
        """The words in place of the tactics of a step; None when there is no room for them."""
        assert step.proof is not None, "a step with tactics"
        proof = self.proofs[step.proof]
        fitted = fit(words, self.text[proof.start : proof.end])
        return None if fitted is None else fitted + self.text[proof.end : step.end]

    def step_at(self, offset: int) -> int:
        """The number of the step that an offset is in."""
        return bisect_right(self.steps, offset, key=attrgetter("start")) - 1

    def position(self, start: int, end: int) -> Position:
        """A range of bytes as coqc prints it."""
        line, column = self._lines.position(start)
        return Position(self.file, line, column, column + end - start)

    def offset(self, position: Position) -> int:
        """Where coqc says that something is; the end of the source if that is past it."""
        if position.line > self._lines.count:
            return len(self.text)
        return min(self._lines.offset(position.line, position.start), len(self.text))


def _steps(text: bytes, proofs: Sequence[Proof], cuts: Sequence[int]) -> list[Step]:
    steps: list[Step] = []
    at = 0

    def add_text(start: int, end: int) -> None:
        inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        steps.extend(Step(*pair) for pair in pairwise((start, *inside, end)))

    for index, proof in enumerate(proofs):
        start = min(proof.start, len(text))
        end = min(proof.end + 1, len(text))
        assert at <= start < end, f"proofs overlap at byte {start}"
        if at < start:
            add_text(at, start)
        steps.append(Step(start, end, index))
        at = end
    if at < len(text) or not steps:
        add_text(at, len(text))
    return steps


def fit(words: bytes, place: bytes) -> bytes | None:
    """The words laid out in exactly len(place) bytes with as many line ends, else None.

    The line ends stay where they are if they can; the last one does, so that what follows on its
    line keeps its column.
    """
    blank = place.translate(_BLANKS)
    last = blank.rfind(b"\n")
    squeezed = blank  # all line ends but the last moved to just before it
    if last >= 0:
        lines = blank.count(b"\n")
        squeezed = b" " * (last + 1 - lines) + b"\n" * lines + blank[last + 1 :]
    for room in (blank, squeezed):
        if (laid := _lay(words, room)) is not None:
            return laid
    return None


def _lay(words: bytes, room: bytes) -> bytes | None:
    laid = bytearray(room)
    at = 0
    for word in _WORD.findall(words):
        while True:
            end = at + len(word)
            if end > len(room):
                return None
            stop = room.rfind(b"\n", at, end)
            if stop < 0:
                break
            at = stop + 1
        laid[at:end] = word
        at = end + 1
    return bytes(laid)
