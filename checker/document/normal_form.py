"""The normal form of a Coq text: what is left when comments and the choice of blanks are gone.

Two texts with one normal form are read as the same tokens by Coq's lexer (parsing/clexer.ml):
comments and blanks only separate. Strings are kept to the letter. A text with a quotation
(`{{ ... }}`, coq-elpi) is kept whole: what is a comment in there is not for us to say.
"""

import re

_MARK = re.compile(rb'"[^"]*"?|\(\*|\*\)')
_BLANKS = re.compile(rb"[ \t\r\n]+")
_QUOTATION = b"{{"
_UNUSUAL = re.compile(rb'["\v\f]|\(\*|\*\)')


def normal(text: bytes) -> bytes:
    """The text with one blank for each run of blanks and comments, none at its ends.

    Linear in the length; any bytes are accepted. A comment that never ends is dropped.

    >>> normal(b'Lemma  a (* "*)" (* b *) *) :\\n  x = "c  d".')
    b'Lemma a : x = "c  d".'
    """
    if _QUOTATION in text:
        return text
    if not _UNUSUAL.search(text):
        return b" ".join(text.split())
    kept: list[bytes] = []
    depth = end = 0
    for mark in _MARK.finditer(text):
        if not depth:
            _add(kept, _BLANKS.sub(b" ", text[end : mark.start()]))
        end = mark.end()
        if mark[0] == b"(*":
            depth += 1
        elif not depth:
            kept.append(mark[0])
        elif mark[0] == b"*)":
            depth -= 1
            if not depth:
                _add(kept, b" ")
    if not depth:
        _add(kept, _BLANKS.sub(b" ", text[end:]))
    return b"".join(kept).rstrip(b" ")


def _add(kept: list[bytes], words: bytes) -> None:
    """With no blank at the beginning, and no two together."""
    if not kept or kept[-1].endswith(b" "):
        words = words.removeprefix(b" ")
    if words:
        kept.append(words)
