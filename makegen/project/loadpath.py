"""Load paths, and what they make of a file: its logical name and where it is installed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path, PurePosixPath

from makegen.project.sources import base_name, is_identifier


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


def below(root: Path, load_path: LoadPath, path: str) -> tuple[str, ...] | None:
    """The folders between a load path and a file in it; None when the file is outside."""
    return _between(str(root), load_path.folder, os.path.dirname(path))  # noqa: PTH120 - 10,000 files


@cache  # few folders hold many files
def _between(root: str, outer: str, inner: str) -> tuple[str, ...] | None:
    bound = PurePosixPath(os.path.realpath(Path(root, outer)))
    folder = PurePosixPath(os.path.realpath(Path(root, inner)))
    return folder.relative_to(bound).parts if folder.is_relative_to(bound) else None


def binding(
    root: Path, load_paths: Sequence[LoadPath], source: str
) -> tuple[LoadPath, tuple[str, ...]] | None:
    """The -Q or -R that names a file, and the folders between them; None outside of all.

    The last load path that holds the file counts (coqc warns that it was "remapped"); a folder
    whose name is no identifier hides what is below it.
    """
    hidden = None
    for load_path in reversed(load_paths):
        if load_path.kind is PathKind.I:
            continue
        folders = below(root, load_path, source)
        if folders is None:
            continue
        if all(map(is_identifier, folders)):
            return load_path, folders
        hidden = hidden or (load_path, folders)
    return hidden


def logical_name(root: Path, load_paths: Sequence[LoadPath], source: str) -> str | None:
    """The logical name that coqc gives to a .v file; None outside of every -Q and -R.

    Below a folder whose name is no identifier that is the bare name of the file.
    """
    bound = binding(root, load_paths, source)
    return None if bound is None else bound_name(*bound, source)


def bound_name(load_path: LoadPath, folders: Sequence[str], source: str) -> str:
    """The logical name of a file in these folders below a load path."""
    stem = base_name(source).removesuffix(".v")
    if not all(map(is_identifier, folders)):
        return stem
    return ".".join(filter(None, (load_path.logical, *folders, stem)))


def destination(root: Path, load_paths: Sequence[LoadPath], path: str) -> str | None:
    """The folder below user-contrib where a file goes, as `coq_makefile -destination-of` says it.

    `Foo/` and `Foo//sub`, as Makefiles and scripts of users know it; below an empty logical path a
    relative path, where coq_makefile says `/src`.
    A file outside of every -Q and -R but inside a -I goes into the only -R, if there is just one;
    None when there is no place for it. Where coq_makefile crashes because several load paths hold
    the file, the last one counts, as for coqc.
    """
    bound = [p for p in load_paths if p.kind is not PathKind.I]
    for load_path in reversed(bound):
        folders = below(root, load_path, path)
        if folders is not None:
            return _folder(load_path.logical, folders)
    recursive = [p for p in load_paths if p.kind is PathKind.R]
    for load_path in load_paths:
        folders = below(root, load_path, path) if load_path.kind is PathKind.I else None
        if folders is not None:
            return _folder(recursive[0].logical, folders) if len(recursive) == 1 else None
    return None


def _folder(logical: str, folders: Sequence[str]) -> str:
    if not logical:
        return "/".join(folders)
    return "/".join((*logical.split("."), "", *folders))
