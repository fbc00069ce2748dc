"""Sources in which coqdep would miss what is needed, as it reads them right.

Its lexer (tools/coqdep/lib/lexer.mll) is not Coq's: it takes `(*` in a string for the start of a
comment, and does not see strings in comments. And it knows `Require` and `Load` where they begin
a sentence, or follow some of the words that may stand before them.
"""

import re

_MARK = re.compile(rb'"[^"]*"?|\(\*|\*\)')
_IS_ODD = re.compile(rb'"[^"]*(?:\(\*|\*\))')
_NEEDS = (b"Require", b"From", b"Load", b"Declare")
_NEED = re.compile(rb"(?:Require|From|Load(\s+Verbose)?|Declare)\s")
_MOST_BEHIND = 20  # bytes, of which `Load Verbose` is made
# What may stand before a command: attributes, controls, prefixes, a goal selector; and what is
# a sentence without a dot: a bullet, a brace.
_BEFORE = re.compile(
    rb'(?:(?:#\[(?:[^\]"]|"[^"]*")*\]|(?:Profile|Redirect)\s*"[^"]*"'
    rb"|(?<![\w'.])(?:Local|Global|Program|Polymorphic|Monomorphic|Private|Cumulative|NonCumulative"
    rb"|Time|Instructions|Profile|Timeout\s+\d+|AllocLimit\s+\d+\s*[Mk]w)\b"
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
    end = max(map(text.rfind, _NEEDS)) + _MOST_BEHIND  # what stands behind the last does not matter
    head = text[: max(end, 0)]
    if _QUOTATION in head:
        return None
    if not (_IS_ODD.search(head) or any(_is_unusual(head, n) for n in _NEED.finditer(head))):
        return None
    found, is_misread = _plain(head)
    for need in _NEED.finditer(found):
        for start, stop in (_before(found, need.start()), need.span(1)):
            if start < stop:
                found[start:stop] = _blank(found[start:stop])
                is_misread = True
    return bytes(found) + text[len(found) :] if is_misread else None


def _is_unusual(text: bytes, need: re.Match[bytes]) -> bool:
    """Whether a command that names files may be written in a way that coqdep does not know."""
    before = text[max(need.start() - _MOST_BEFORE, 0) : need.start()].rstrip()
    while before.endswith(b"*)"):
        before = before[: max(before.rfind(b"(*"), 0)].rstrip()
    start, stop = _before(before, len(before))
    return need[1] is not None or start < stop


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


def _before(text: bytes | bytearray, at: int) -> tuple[int, int]:
    """What stands before a command that begins there, in its sentence."""
    found = _BEFORE.search(text, max(at - _MOST_BEFORE, 0), at)
    return found.span() if found else (at, at)


def _blank(text: bytes | bytearray) -> bytes:
    return _TEXT.sub(b" ", text)
