"""Proof blocks: what part of a proof to give up when one of its tactics fails.

A block is told by the syntax of the proof alone, as the reference has it. Its kinds:

- curly: the sentences between `{` and its `}`;
- par: one tactic with the selector `par:`;
- indent: sentences that end where the next one is indented less than the one before it; they begin
  after the last sentence before them that is indented less than their last one;
- bullet: the sentences between two equal bullets in the same column, all indented more.

Another package adds a kind as an entry point of the group `proof_makefile.blocks`: its name is the
kind's, its value a function `find(script, index)` that gives the Block of the failing sentence, or
None. docs/document.md shows one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from checker.document.document import Document, Proof
from checker.document.sentences import Kind, Sentence
from makegen.base.errors import UserError

GROUP = "proof_makefile.blocks"
ALL = "all"
# What takes the place of a block, unless its kind says otherwise. It fails where goals share an
# existential variable: what the block would have made of it, the tactics after the block may need.
GIVE_UP = (
    b"all: [> tryif match goal with |- ?G => has_evar G | _ : ?T |- _ => has_evar T end "
    b"then fail else admit .. ]."
)
GIVE_UP_ALL_BUT_THE_LAST = b"all: [> admit .. | ]."


@dataclass(frozen=True)
class Script:
    """The tactics of a proof, between its statement (or `Proof`) and its end."""

    text: bytes = field(repr=False)  # of the whole document
    sentences: tuple[Sentence, ...]

    @staticmethod
    def of(document: Document, proof: Proof) -> "Script":
        """The script of a proof of the document."""
        return Script(document.text, proof.body)

    def source(self, index: int) -> bytes:
        """The text of a sentence."""
        sentence = self.sentences[index]
        return self.text[sentence.start : sentence.end]

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """How far each sentence stands from the beginning of its line, in bytes."""
        return tuple(s.start - self.text.rfind(b"\n", 0, s.start) - 1 for s in self.sentences)

    def index_at(self, offset: int) -> int | None:
        """The index of the sentence that holds the byte at this offset of the text."""
        for index, sentence in enumerate(self.sentences):
            if sentence.start <= offset < sentence.end:
                return index
        return None


@dataclass(frozen=True, slots=True)
class Block:
    """The sentences `[first:last]` of a script, to be given up together."""

    kind: str
    first: int
    last: int  # where the proof goes on; equal to first in an empty block
    recovery: bytes = GIVE_UP  # a sentence to run instead: it admits what the block had to prove

    @property
    def is_closed(self) -> bool:
        """Whether tactics after it never see its goals: indentation promises nothing."""
        return self.kind != "indent"

    def range(self, script: Script) -> range:
        """The bytes of the text that the recovery replaces."""
        if self.first == self.last:
            return range(script.sentences[self.first - 1].end, script.sentences[self.last].start)
        return range(script.sentences[self.first].start, script.sentences[self.last - 1].end)


Finder = Callable[[Script, int], Block | None]


def block_of(script: Script, index: int, kinds: Sequence[str]) -> Block | None:
    """The smallest block of one of these kinds to give up when the sentence at `index` fails.

    Among blocks of one size the kind that comes first wins. None: the proof as a whole is lost.
    """
    finders = known_kinds()
    found = [finders[kind](script, index) for kind in kinds]
    blocks = [block for block in found if block is not None]
    return min(blocks, key=lambda block: block.last - block.first, default=None)


def parse_kinds(choice: str) -> tuple[str, ...]:
    """The kinds that `--error-resilience off|all|curly,par,...` chooses; `resolved` looks ALL up.

    Raises UserError at a kind that nobody has registered.
    """
    if choice == "off":
        return ()
    if choice == ALL:
        return (ALL,)
    known = known_kinds()
    kinds = tuple(dict.fromkeys(word.strip() for word in choice.split(",")))
    for kind in kinds:
        if kind not in known:
            names = ", ".join(known)
            raise UserError(
                f"--error-resilience {choice}: no kind of proof block is named {kind!r}; "
                f"give off, all, or some of {names}"
            )
    return kinds


def resolved(kinds: Sequence[str]) -> Sequence[str]:
    """The kinds by their names: looked up when a proof has failed, since that takes long."""
    return tuple(known_kinds()) if ALL in kinds else kinds


@cache
def known_kinds() -> Mapping[str, Finder]:
    """The kinds by name: the four of the reference, then those of other packages.

    Raises UserError when a package claims a name that is taken, or cannot be loaded.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and seldom asked for

    kinds = dict(_KINDS)
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        if entry.name in kinds:
            raise UserError(
                f"{entry.value} adds a kind of proof block named {entry.name!r}, which is taken; "
                "uninstall one of the packages, or give --error-resilience off"
            )
        try:
            kinds[entry.name] = entry.load()
        except (ImportError, AttributeError) as error:
            raise UserError(
                f"the proof blocks {entry.name!r} of {entry.value} cannot be loaded ({error}); "
                "uninstall that package, mend it, or give --error-resilience off"
            ) from error
    return kinds


# The four kinds. --------------------------------------------------------------------------------


def _curly(script: Script, index: int) -> Block | None:
    """Where `}` itself fails, goals are left: its block is to blame."""
    opening = _unmatched(script, range(index - 1, -1, -1), Kind.OPEN, Kind.CLOSE)
    if script.sentences[index].kind is Kind.CLOSE:
        closing: int | None = index
    else:
        after = index + 1 if script.sentences[index].kind is not Kind.OPEN else index
        closing = _unmatched(script, range(after, len(script.sentences)), Kind.CLOSE, Kind.OPEN)
    if opening is None or closing is None:
        return None
    return Block("curly", opening + 1, closing)


def _unmatched(script: Script, indices: range, wanted: Kind, other: Kind) -> int | None:
    """The first index of the wanted kind that no other one before it matches."""
    depth = 0
    for index in indices:
        kind = script.sentences[index].kind
        if kind is other:
            depth += 1
        elif kind is wanted:
            if depth == 0:
                return index
            depth -= 1
    return None


def _par(script: Script, index: int) -> Block | None:
    if not re.match(
        rb"(?:(?:Time|Fail|Timeout\s+\d+|AllocLimit\s+\d+\s*[Mk]w)\s+)*par\s*:",
        script.source(index),
    ):
        return None
    return Block("par", index, index + 1)


def _bullet(script: Script, index: int) -> Block | None:
    """Where a bullet itself fails, goals are left: the block before it is to blame."""
    columns = script.columns
    if script.sentences[index].kind is Kind.BULLET:
        before = _bullet_before(script, index, columns[index])
        if before is not None and _same(script, before, index):
            return Block("bullet", before + 1, index)
    start = _bullet_left_of(script, index, columns[index])
    while start is not None:
        column = columns[start]
        after = index + 1
        while after < len(columns) and columns[after] > column:
            after += 1
        if after < len(columns) and columns[after] == column and _same(script, start, after):
            return Block("bullet", start + 1, after)
        start = _bullet_left_of(script, start, column)
    return None


def _bullet_before(script: Script, index: int, column: int) -> int | None:
    """The bullet in this column before the index, when all between them stand further right."""
    for before in range(index - 1, -1, -1):
        if script.columns[before] <= column:
            is_it = script.columns[before] == column
            return before if is_it and script.sentences[before].kind is Kind.BULLET else None
    return None


def _bullet_left_of(script: Script, index: int, column: int) -> int | None:
    """The nearest bullet before the index and left of all that stands between."""
    for before in range(index - 1, -1, -1):
        if script.columns[before] < column:
            if script.sentences[before].kind is Kind.BULLET:
                return before
            column = script.columns[before]
    return None


def _same(script: Script, one: int, other: int) -> bool:
    return script.source(one) == script.source(other)


def _indent(script: Script, index: int) -> Block | None:
    columns = script.columns
    lowest = columns[index]
    for end in range(index + 1, len(columns)):
        last = columns[end - 1]
        lowest = min(lowest, last)
        if columns[end] < last == lowest:
            before = index - 1
            while before >= 0 and columns[before] >= last:
                before -= 1
            if before < 0:
                return None
            return Block("indent", before + 1, end, GIVE_UP_ALL_BUT_THE_LAST)
    return None


_KINDS: dict[str, Finder] = {
    "curly": _curly,
    "par": _par,
    "indent": _indent,
    "bullet": _bullet,
}
