"""The documents of a project's sources, read with the flags that hold where they begin."""

from collections.abc import Iterable

from checker.document.document import Document, Settings, read_document
from checker.document.inplace import STICKY_FLAGS
from makegen.coq.dependencies import Dependencies, closure
from makegen.coq.workspace import Workspace


def settings_of(workspace: Workspace) -> Settings:
    """The flags that hold where its sources begin, as far as coqc's arguments say."""
    return Settings.of_arguments((*workspace.project.arguments, *workspace.extra_arguments))


def read_documents(
    workspace: Workspace, dependencies: Dependencies, files: Iterable[str]
) -> dict[str, Document]:
    """The documents of these files; they know of flags that other files of the project export."""
    settings = settings_of(workspace)
    plain: dict[str, Document] = {}

    def read_plain(file: str) -> Document:
        if file not in plain:
            plain[file] = read_document(workspace.path(file).read_bytes(), settings)
        return plain[file]

    found = {}
    for file in files:
        loaded = closure(dependencies, dependencies.sources[file])
        exported = (read_plain(other).exported_flags for other in loaded)
        # A flag that a file exports may hold wherever it is loaded: then no proof is delegated.
        flags = settings.flags | {flag for e in exported for flag in e if flag in STICKY_FLAGS}
        if flags == settings.flags:
            found[file] = read_plain(file)
        else:
            found[file] = read_document(workspace.path(file).read_bytes(), Settings(flags))
    return found
