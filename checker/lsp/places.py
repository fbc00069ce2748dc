"""Places: bytes of a source here, lines and UTF-16 units in the protocol, lines and bytes in coqc.

Pure.
"""

from bisect import bisect_right

from lsprotocol import types as lsp

from checker.report.results import Position


class Places:
    """The places of one text."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts = [0]
        at = text.find(b"\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find(b"\n", at + 1)

    def position(self, offset: int) -> lsp.Position:
        """Where a byte is, in the protocol's terms."""
        offset = max(0, min(offset, len(self._text)))
        line = bisect_right(self._starts, offset) - 1
        before = self._text[self._starts[line] : offset].decode(errors="replace")
        return lsp.Position(line, len(before.encode("utf-16-le")) // 2)

    def offset(self, position: lsp.Position) -> int:
        """The byte at a place; the nearest one where there is none."""
        if position.line >= len(self._starts):
            return len(self._text)
        start = self._starts[position.line]
        line = self._text[start : self._end(position.line)].decode(errors="replace")
        units = line.encode("utf-16-le")[: 2 * position.character]
        return start + len(units.decode("utf-16-le", errors="ignore").encode())

    def after(self, change: lsp.TextDocumentContentChangeEvent) -> bytes:
        """The text, once an editor has changed it so."""
        new = change.text.encode(errors="replace")
        if isinstance(change, lsp.TextDocumentContentChangeWholeDocument):
            return new
        start, end = self.offset(change.range.start), self.offset(change.range.end)
        return self._text[:start] + new + self._text[end:]

    def range(self, start: int, end: int) -> lsp.Range:
        """The bytes [start, end)."""
        return lsp.Range(self.position(start), self.position(end))

    def span(self, place: Position | None) -> tuple[int, int]:
        """The bytes that coqc means; the first line where it names no place."""
        if place is None:
            return 0, self._end(0)
        line = min(place.line, len(self._starts)) - 1
        return self._starts[line] + place.start, self._starts[line] + place.end

    def _end(self, line: int) -> int:
        """Where a line ends, without its end."""
        if line + 1 < len(self._starts):
            return self._starts[line + 1] - 1
        return len(self._text)
