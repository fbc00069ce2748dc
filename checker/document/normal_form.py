"""The normal form of a Coq text: what is left when comments and the choice of blanks are gone.

Two texts with one normal form are read as the same tokens by Coq's lexer (parsing/clexer.ml):
comments and blanks only separate. Strings are kept to the letter. A text with a quotation
(`{{ ... }}`, coq-elpi) is kept whole: what is a comment in there is not for us to say.
"""

import re

_PART = re.compile(rb'"[^"]*"?|\(\*|\*\)|[ \t\r\n]+|[^"(*) \t\r\n]+|.', re.DOTALL)
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
    depth = 0
    for match in _PART.finditer(text):
        part = match[0]
        if part == b"(*":
            depth += 1
        elif part == b"*)" and depth:
            depth -= 1
            part = b" "
        if depth:
            continue
        if part.isspace():
            if kept and kept[-1] != b" ":
                kept.append(b" ")
        else:
            kept.append(part)
    return b"".join(kept).rstrip(b" ")
