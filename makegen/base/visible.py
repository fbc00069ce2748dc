"""What a terminal would obey is shown instead: texts of a project may hold anything.

coqc prints the words of a tactic as they are. Commands to a terminal in them could change its
clipboard, or write over what stands above: another verdict, for instance.
"""

import re
from typing import Any, TextIO, cast

# All control characters but tab and line end; some as bytes that are no UTF-8.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\udc80-\udc9f]")


def visible(text: str) -> str:
    """The text with its control characters written out.

    >>> visible(chr(27) + "[2J")
    '\\\\x1b[2J'
    """
    return _COMMANDS.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", text)


class _Shown:
    """A stream that is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write it so that the terminal obeys nothing in it."""
        return self.stream.write(visible(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def shown(stream: TextIO) -> TextIO:
    """The stream for texts, where it is a terminal."""
    return cast(TextIO, _Shown(stream)) if stream.isatty() else stream


def drawn_on(stream: TextIO) -> TextIO:
    """The terminal itself, for who draws on it and writes out control characters by himself."""
    return stream.stream if isinstance(stream, _Shown) else stream
