"""The names of a project's files: to complete them, and to find where they stand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types as lsp

from checker.lsp.names import definitions
from checker.lsp.places import Places

MOST = 500  # answers


@dataclass
class Library:
    """What was read of files, as long as they have the same time."""

    _read: dict[Path, tuple[int, list[tuple[str, lsp.Range]]]] = field(default_factory=dict)

    def names(self, path: Path) -> list[tuple[str, lsp.Range]]:
        """The names that a file defines, and where; none where it cannot be read."""
        try:
            time = path.stat().st_mtime_ns
            if self._read.get(path, (0,))[0] != time:
                text = path.read_bytes()
                places = Places(text)
                found = [(name, places.range(*span)) for name, *span in definitions(text)]
                self._read[path] = (time, found)
        except OSError:
            return []
        return self._read[path][1]

    def complete(
        self, begun: str, own: bytes, others: Iterable[Path], tactics: Iterable[str]
    ) -> lsp.CompletionList:
        """Names that begin so: of tactics, of a text, and of files."""
        names = {name for name, *_ in definitions(own)}
        names.update(name for path in others for name, _ in self.names(path))
        found = _begin(begun, names, lsp.CompletionItemKind.Function)
        found = [*_begin(begun, tactics, lsp.CompletionItemKind.Keyword), *found]
        return lsp.CompletionList(len(found) > MOST, found[:MOST])

    def symbols(self, query: str, files: Iterable[Path]) -> list[lsp.WorkspaceSymbol]:
        """Names that contain these letters."""
        wanted = query.lower()
        found = [
            lsp.WorkspaceSymbol(lsp.Location(path.as_uri(), place), name, lsp.SymbolKind.Function)
            for path in files
            for name, place in self.names(path)
            if wanted in name.lower()
        ]
        return found[:MOST]


def _begin(
    begun: str, names: Iterable[str], kind: lsp.CompletionItemKind
) -> list[lsp.CompletionItem]:
    found = sorted(name for name in names if name.startswith(begun))
    return [lsp.CompletionItem(name, kind=kind) for name in found]
