"""The documents of a project's sources, read with the flags that hold where they begin."""

from collections.abc import Iterable

from checker.document.document import Document, Settings, read_document
from checker.document.inplace import STICKY_FLAGS
from checker.engines.run import Run
from checker.interfaces.dependencies import Dependencies, closure
from makegen.base import graph as order


def read_documents(
    run: Run, dependencies: Dependencies, files: Iterable[str]
) -> dict[str, Document]:
    """The documents of these files; they know of flags that other files of the project export."""
    settings = run.settings
    files = tuple(files)
    read: dict[str, Document] = {}
    # A flag that a file exports may hold wherever it is loaded: then no proof is delegated.
    loaded: dict[str, frozenset[str]] = {}  # those that some file exports that this one loads
    exported: dict[str, frozenset[str]] = {}  # these, and those that this one exports
    wanted = set(closure(dependencies, files))
    for file in filter(wanted.__contains__, order.sort(dependencies.sources)):
        read[file] = read_document(run.path(file).read_bytes(), settings)
        direct = (exported[other] for other in dependencies.sources[file])
        loaded[file] = frozenset().union(*direct)
        exported[file] = loaded[file] | (read[file].exported_flags & STICKY_FLAGS.keys())
    for file in files:
        flags = settings.flags | loaded[file]
        if flags != settings.flags:
            read[file] = read_document(read[file].text, Settings(flags))
    return {file: read[file] for file in files}
