"""Sources in which coqdep would miss what is needed, as it reads them right.

Its lexer (tools/coqdep/lib/lexer.mll) is not Coq's: it takes `(*` in a string for the start of a
comment, and does not see strings in comments. And it knows `Require` and `Load` where they begin
a sentence, or follow some of the words that may stand before them.
"""

import re

_MARK = re.compile(rb'"[^"]*"?|\(\*|\*\)')
_IS_ODD = re.compile(rb'"[^"]*(?:\(\*|\*\))')
_NEED = re.compile(rb"\b(?:Require|From|Load(\s+Verbose)?|Declare)\s")
# What may stand before a command: attributes, controls, prefixes, a goal selector; and what is
# a sentence without a dot: a bullet, a brace.
_BEFORE = re.compile(
    rb'(?:(?:#\[(?:[^\]"]|"[^"]*")*\]|(?:Profile|Redirect)\s*"[^"]*"'
    rb"|(?<![\w'.])(?:Local|Global|Program|Polymorphic|Monomorphic|Private|Cumulative|NonCumulative"
    rb"|Time|Instructions|Profile|Fail|Succeed|Timeout\s+\d+|AllocLimit\s+\d+\s*[Mk]w)\b"
    rb"|[-+*{}]|(?:(?<![\w'.])(?:\d+|all|par)|!|\[\s*[\w']+\s*\])\s*:)\s*)+\Z"
)
_MOST_BEFORE = 500  # bytes, of what stands before a command
_TEXT = re.compile(rb"[^\r\n]")
_QUOTATION = b"{{"  # of coq-elpi: what is a string or a comment in there is not for us to say


def read_right(text: bytes) -> bytes | None:
    """A text of the same length that coqdep reads as Coq reads this one; None: this one will do.

    >>> read_right(b'Definition s := "(*". Local Require A. (* f *)')
    b'Definition s := "( ".       Require A.        '
    >>> read_right(b'(* From *) Time Qed. Require A.')
    """
    if _QUOTATION in text or not (_IS_ODD.search(text) or _is_unusual(text)):
        return None
    found, is_misread = _plain(text)
    for need in _NEED.finditer(found):
        for start, end in (_before(found, need.start()), need.span(1)):
            if start < end:
                found[start:end] = _blank(found[start:end])
                is_misread = True
    return bytes(found) if is_misread else None


def _is_unusual(text: bytes) -> bool:
    """Whether a command that names files may be written in a way that coqdep does not know."""
    for need in _NEED.finditer(text):
        before = text[max(need.start() - _MOST_BEFORE, 0) : need.start()].rstrip()
        if need[1] or (before and not before.endswith(b".")):
            return True
    return False


def _plain(text: bytes) -> tuple[bytearray, bool]:
    """Without comments, and without what looks like one in a string; whether coqdep would err."""
    found = bytearray(text)
    is_misread = False
    depth = start = 0
    for mark in _MARK.finditer(text):
        if mark[0].startswith(b'"'):
            is_misread |= b"(*" in mark[0] or (depth > 0 and b"*)" in mark[0])
            if not depth:
                found[mark.start() : mark.end()] = mark[0].replace(b"(*", b"( ")
        elif mark[0] == b"(*":
            start = start if depth else mark.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                found[start : mark.end()] = _blank(text[start : mark.end()])
    if depth:
        found[start:] = _blank(text[start:])
    return found, is_misread


def _before(text: bytearray, at: int) -> tuple[int, int]:
    """What stands before a command that begins there, in its sentence."""
    found = _BEFORE.search(text, max(at - _MOST_BEFORE, 0), at)
    return found.span() if found else (at, at)


def _blank(text: bytes | bytearray) -> bytes:
    return _TEXT.sub(b" ", text)
