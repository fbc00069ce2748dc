"""The documents of a project's sources, read with the flags that hold where they begin."""

from collections.abc import Iterable

from checker.document.document import Document, Settings
from checker.document.inplace import STICKY_FLAGS
from checker.document.reader import read_document
from makegen.base import graph
from makegen.coq.dependencies import Dependencies, closure
from makegen.coq.workspace import Workspace


def settings_of(workspace: Workspace) -> Settings:
    """The flags that hold where its sources begin, as far as coqc's arguments say."""
    return Settings.of_arguments((*workspace.project.arguments, *workspace.extra_arguments))


class Documents:
    """The documents of a project's sources; each is read once."""

    def __init__(self, workspace: Workspace, dependencies: Dependencies) -> None:
        self._workspace = workspace
        self._dependencies = dependencies
        self._settings = settings_of(workspace)
        self._order = {file: at for at, file in enumerate(graph.sort(dependencies.sources))}
        self._plain: dict[str, Document] = {}
        self._exported: dict[str, frozenset[str]] = {}  # by each file and all that it loads

    def read(self, file: str) -> Document:
        """The document, read with the flags that hold where it begins."""
        settings = self.settings(file)
        if settings.flags == self._settings.flags:
            return self._read_plain(file)
        return read_document(self._workspace.path(file).read_bytes(), settings)

    def settings(self, file: str) -> Settings:
        """The flags that hold where it begins: files of the project that it loads may export some.

        Such a flag may hold wherever that file is loaded: then no proof is delegated.
        """
        direct = self._dependencies.sources[file]
        if not set(direct) <= self._exported.keys():
            wanted = set(closure(self._dependencies, direct)) - self._exported.keys()
            for other in sorted(wanted, key=self._order.__getitem__):
                self._read_plain(other)
        exported = (self._exported[other] for other in direct)
        return Settings(self._settings.flags.union(*exported))

    def _read_plain(self, file: str) -> Document:
        if file not in self._plain:
            text = self._workspace.path(file).read_bytes()
            found = read_document(text, self._settings)
            loaded = (self._exported[o] for o in self._dependencies.sources[file])
            own = found.exported_flags & STICKY_FLAGS.keys()
            self._exported[file] = own.union(*loaded)
            self._plain[file] = found
        return self._plain[file]


def read_documents(
    workspace: Workspace, dependencies: Dependencies, files: Iterable[str]
) -> dict[str, Document]:
    """The documents of these files."""
    documents = Documents(workspace, dependencies)
    return {file: documents.read(file) for file in files}
