"""A .v text -> the sentences that Coq sees in it, with exact byte ranges, without running Coq.

The rules are those of Coq's lexer (`parsing/clexer.ml`), seen from outside:

- A sentence ends at a token `.` or `...` that a blank (space, tab, line feed, carriage return) or
  the end of the text follows. A dot before anything else belongs to a number, a qualified name or
  a token such as `.(`; the token `..` never ends a sentence.
- Between sentences a run of one of `-`, `+`, `*` is a bullet, and a brace is a sentence of its own,
  also after attributes, control commands and a goal selector (`Time 2: {`).
- Comments nest; a string inside a comment hides what looks like its end. In a string a quote is
  doubled, which reads the same as two strings side by side.
- Tokens come from notations too: after `Notation "x +. y"` the dot of `+.` ends nothing, until the
  section or module of the notation ends. Only notations of the text itself are known here.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from enum import Enum
from operator import attrgetter
from typing import NamedTuple

from checker.document.notations import DottedTokens, may_have_dotted_tokens

BOM = b"\xef\xbb\xbf"


class Kind(Enum):
    """What ends a sentence, or what it is made of."""

    COMMAND = "command"  # ended by a dot; a tactic too
    BULLET = "bullet"  # - + * and their runs
    OPEN = "open"  # { with what stands before it, such as `2:`
    CLOSE = "close"  # }
    UNTERMINATED = "unterminated"  # the text ends before the sentence does: coqc rejects it


class Sentence(NamedTuple):
    """The bytes `text[start:end]`, its last dot included."""

    start: int
    end: int
    kind: Kind


def _many(pattern: bytes) -> bytes:
    """As often as it matches, and never given back.

    That is `(?:...)*+`, which Python before 3.11.5 gets wrong where the pattern can backtrack
    (python/cpython#106052); 3.11.2 is Debian bookworm's.
    """
    return rb"(?>(?:" + pattern + rb")*)"


# A comment without another one inside; those that nest are left to _comment_end.
_COMMENT = rb"\(\*" + _many(rb'[^("*]|"[^"]*+"|\*(?!\))|\((?!\*)') + rb"\*\)"
_STOP = rb"(?=[ \t\r\n]|\Z)"  # what must follow a dot that ends a sentence
_BLANK = _many(rb"[ \t\r\n]++|" + _COMMENT)
# One piece of a sentence. An opening `lp:{{` (coq-elpi) quotes text that is not Coq's.
_PIECES = _many(
    rb"[^.\"({]++|\{(?<!lp:\{)|\{(?!\{)|\((?!\*)|"
    rb"\"[^\"]*+\"|" + _COMMENT + rb"|\.++(?![ \t\r\n]|\Z)|(?<!\.)\.\." + _STOP
)
_PREFIX = _many(
    rb"(?:\#\[" + _many(rb"[^\]\"]|\"[^\"]*+\"") + rb"\]"
    rb"|(?:Local|Global|Polymorphic|Monomorphic|Cumulative|NonCumulative|Private|Program)(?![\w'])"
    rb"|(?:Time|Instructions|Profile|Fail|Succeed)(?![\w'])"
    rb"|Timeout[ \t\r\n]++\d++|AllocLimit[ \t\r\n]++\d++[ \t\r\n]*+[Mk]w(?![\w'])"
    rb"|Redirect[ \t\r\n]*+\"[^\"]*+\")" + _BLANK
)
_SELECTOR = (
    rb"(?>(?:(?:\d[\d,\- \t\r\n]*+|all|par|!|\[" + _BLANK + rb"[^\]\s(]++" + _BLANK + rb"\])"
    rb"" + _BLANK + rb":" + _BLANK + rb")?)"
)
_SENTENCE = re.compile(
    _BLANK + rb"(?:(?P<BULLET>-++|\*++|\++)"
    rb"|(?P<OPEN>\{|" + _PREFIX + _SELECTOR + rb"\{(?!\|))"
    rb"|(?P<CLOSE>\}|" + _PREFIX + rb"\})"
    rb"|(?P<COMMAND>(?!\(\*)" + _PIECES + rb"\.++" + _STOP + rb"))"
)
_SKIP = re.compile(_BLANK)
_MORE = re.compile(_PIECES)
_END = re.compile(rb"\.++" + _STOP)
_BRACES = re.compile(rb"\{+")
# Whether a brace follows decides what such a piece is, however far away.
_ODD = re.compile(rb"\[[^\]]*(?<!\.)\.(?:\.\.)?[ \t\r\n]")
_LOOKS_BACK = 4  # bytes that the patterns look back
_COMMENT_MARK = re.compile(rb'\(\*|\*\)|"[^"]*+(?:"|\Z)')


def split(text: bytes) -> list[Sentence]:
    """The sentences of `text`, in order; any bytes are accepted, in time linear in their number.

    Ranges are offsets in `text`, a byte order mark counted. Only the last sentence can be
    UNTERMINATED: unfinished, or cut short by a comment or string that never ends.
    """
    sentences = split_from(text, coqc_offset(text))
    return list(_join(text, sentences) if may_have_dotted_tokens(text) else sentences)


def split_again(text: bytes, old: bytes, sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences of `text`, where those of an older state of it are known; much quicker.

    What ends before the first change is as it was, and so is what follows the last one, from
    where both states have the end of a sentence. A sentence is told by its own bytes and by those
    next to it, but for what is odd.
    """
    if any(may_have_dotted_tokens(state) or _ODD.search(state) for state in (old, text)):
        return split(text)
    same = common_prefix(old, text)
    after = common_prefix(old[same:][::-1], text[same:][::-1])
    kept = list(sentences[: bisect_left(sentences, same, key=attrgetter("end"))])
    shift = len(text) - len(old)
    for sentence in split_from(text, kept[-1].end if kept else coqc_offset(text)):
        kept.append(sentence)
        if sentence.end < len(text) - after + _LOOKS_BACK or sentence.kind is Kind.UNTERMINATED:
            continue
        at = bisect_left(sentences, sentence.end - shift, key=attrgetter("end"))
        if at < len(sentences) and sentences[at].end == sentence.end - shift:
            rest = sentences[at + 1 :]
            return kept + [Sentence._make((s + shift, e + shift, kind)) for s, e, kind in rest]
    return kept


def common_prefix(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    sizes = range(min(len(one), len(other)) + 1)
    return bisect_left(sizes, True, key=lambda size: one[:size] != other[:size]) - 1


def found_in(
    pattern: re.Pattern[bytes], text: bytes, sentences: Sequence[Sentence]
) -> Iterator[tuple[Sentence, re.Match[bytes]]]:
    """The sentences in which a pattern is found, and where it is found first in each.

    Much quicker than to search one after the other.
    """
    last = -1
    for found in pattern.finditer(text):
        at = bisect_left(sentences, found.end(), key=attrgetter("end"))
        if last < at < len(sentences) and sentences[at].start <= found.start():
            last = at
            yield sentences[at], found


def coqc_offset(text: bytes) -> int:
    """What to subtract from our offsets to get those of `coqc -time`: it does not count the BOM."""
    return len(BOM) if text.startswith(BOM) else 0


class Lines:
    """The lines of a text, to tell positions as coqc prints them."""

    def __init__(self, text: bytes) -> None:
        self._starts = [coqc_offset(text)]
        self._starts += [m.end() for m in re.finditer(rb"\n", text)]

    @property
    def count(self) -> int:
        """How many lines there are; a last one without an end counts."""
        return len(self._starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line (from 1) of a byte offset, and the bytes between it and the line's beginning."""
        line = max(bisect_right(self._starts, offset), 1)
        return line, offset - self._starts[line - 1]

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a position that coqc printed; a line beyond the end counts as last."""
        return self._starts[min(max(line, 1), len(self._starts)) - 1] + column


def split_from(text: bytes, position: int) -> Iterator[Sentence]:
    """The sentences from a place between two of them, one by one, as if no token had a dot."""
    kinds = {kind.name: kind for kind in Kind}
    match = _SENTENCE.match
    make = Sentence._make
    while True:
        found = match(text, position)
        if found:
            name = found.lastgroup or ""
            start, position = found.span(name)
            yield make((start, position, kinds[name]))
            continue
        sentence = _hard_sentence(text, position)
        if sentence is None:
            return
        yield sentence
        position = sentence.end


def _join(text: bytes, sentences: Iterator[Sentence]) -> Iterator[Sentence]:
    """Undo the cuts after a dot that belongs to a token of a notation."""
    tokens = DottedTokens()
    start: int | None = None  # of a sentence that was cut
    for sentence in sentences:
        if start is None and sentence.kind is not Kind.COMMAND:
            yield sentence
            continue
        start = sentence.start if start is None else start
        end = sentence.end
        if sentence.kind is Kind.UNTERMINATED:
            yield Sentence(start, end, Kind.UNTERMINATED)
            return
        if sentence.kind is Kind.COMMAND and not tokens.end_here(text, sentence.start, end):
            tokens.see(text[start:end])
            yield Sentence(start, end, Kind.COMMAND)
            start = None
    if start is not None:
        yield Sentence(start, end, Kind.UNTERMINATED)


def _hard_sentence(text: bytes, position: int) -> Sentence | None:
    """The next sentence where the one pattern gives up: nested comments, quotations, the end."""
    start = _skip_blanks(text, position)
    if start != position:
        found = _SENTENCE.match(text, start)
        if found:
            return Sentence(*found.span(found.lastgroup or ""), Kind[found.lastgroup or ""])
    if start == len(text):
        return None
    end: int | None = start
    while end is not None:
        end = _MORE.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing too
        if stop := _END.match(text, end):
            return Sentence(start, stop.end(), Kind.COMMAND)
        if text.startswith(b"(*", end):
            end = _comment_end(text, end)
        elif text.startswith(b"{", end):
            end = _quotation_end(text, end)
        else:  # the end of the text, or a string that has none
            end = None
    return Sentence(start, len(text), Kind.UNTERMINATED)


def _skip_blanks(text: bytes, position: int) -> int:
    """Where the blanks and comments end; before a comment that never ends."""
    while True:
        position = _SKIP.match(text, position).end()  # type: ignore[union-attr]
        if not text.startswith(b"(*", position):
            return position
        end = _comment_end(text, position)
        if end is None:
            return position
        position = end


def _comment_end(text: bytes, start: int) -> int | None:
    """Where the comment that opens at `start` ends."""
    depth = 0
    for mark in _COMMENT_MARK.finditer(text, start):
        if mark[0] == b"(*":
            depth += 1
        elif mark[0] == b"*)":
            depth -= 1
            if depth == 0:
                return mark.end()
    return None


def _quotation_end(text: bytes, start: int) -> int | None:
    """Where the quotation that opens with a run of braces at `start` ends."""
    opening = _BRACES.match(text, start)
    assert opening, "called at a brace"
    width = len(opening[0])
    depth = 0
    for mark in re.compile(rb"\{{%d}|\}{%d}" % (width, width)).finditer(text, start):
        depth += 1 if mark[0].startswith(b"{") else -1
        if depth == 0:
            return mark.end()
    return None
