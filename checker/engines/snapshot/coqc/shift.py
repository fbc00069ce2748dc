"""Where a source stands that has moved since a process was fed what is before it. Pure."""

import re
from dataclasses import dataclass

_PLACE = re.compile(rb"""(?m)(^File ".*", line )(\d+), characters (\d+)-(\d+)""")


@dataclass(frozen=True)
class Shift:
    """How far a source has moved since the process was fed what is before it.

    What coqc says of the rest is then of other lines, and on the first of them of other columns.
    """

    line: int = 0  # of the process's own: where the rest begins, from 1
    lines: int = 0
    columns: int = 0  # bytes, on that line

    def moved(self, said: bytes) -> bytes:
        """What coqc said, with the places as the source has them now."""
        if not (self.lines or self.columns):
            return said
        return _PLACE.sub(self._moved_place, said)

    def _moved_place(self, found: re.Match[bytes]) -> bytes:
        line, start, end = (int(found[number]) for number in (2, 3, 4))
        if line < self.line:
            return found[0]
        columns = self.columns if line == self.line else 0
        return b"%s%d, characters %d-%d" % (
            found[1],
            line + self.lines,
            start + columns,
            end + columns,
        )
