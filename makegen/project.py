"""One model of a project: files, load paths, arguments, variables.

Both forms of the project file (coqproject, tomlproject) and the command line build this
model; the writers and the checker read nothing else.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath


class PathKind(Enum):
    """How a folder is bound: to a logical path (-Q, -R) or for OCaml (-I)."""

    Q = "-Q"
    R = "-R"
    I = "-I"  # noqa: E741 - Coq's own name


@dataclass(frozen=True)
class LoadPath:
    """One `-Q folder logical`, `-R folder logical` or `-I folder` (logical is then empty)."""

    kind: PathKind
    folder: str
    logical: str = ""

    @property
    def flags(self) -> tuple[str, ...]:
        """The words that give this load path to coqc."""
        if self.kind is PathKind.I:
            return ("-I", self.folder)
        return (self.kind.value, self.folder, self.logical)


@dataclass(frozen=True)
class Project:
    """A project as its file and command line describe it; paths are relative to `root`."""

    root: Path  # absolute; where make and coqc run
    origin: str | None = None  # the project file, relative to root; None: command line only
    load_paths: tuple[LoadPath, ...] = ()
    arguments: tuple[str, ...] = ()  # for coqc, one word each, unquoted
    sources: tuple[str, ...] = ()  # every listed file, in the order of the project file
    variables: tuple[tuple[str, str], ...] = ()  # VAR = value, for the Makefile
    docroot: str | None = None
    native_compiler: str | None = None  # yes, no or ondemand
    meta_package: str | None = None  # -generate-meta-for-package

    def sources_with(self, suffix: str) -> tuple[str, ...]:
        """The sources of one kind, such as ".v" or ".mlg", in order."""
        return tuple(s for s in self.sources if PurePosixPath(s).suffix == suffix)

    @property
    def v_files(self) -> tuple[str, ...]:
        """The Coq sources, in order."""
        return self.sources_with(".v")

    @property
    def load_flags(self) -> tuple[str, ...]:
        """The load path as words for coqc, coqdep, coqchk."""
        return tuple(word for path in self.load_paths for word in path.flags)

    @property
    def coq_flags(self) -> tuple[str, ...]:
        """All that coqc is given besides the file: load path and arguments."""
        return self.load_flags + self.arguments


def read_project(path: Path) -> Project:
    """The project that the file describes, in either form.

    Raises UserError with file, line and mend when the file is wrong.
    """
    raise NotImplementedError(path)
