"""What decides which files `Require` finds: variables, and the files that may bear the name.

Which of several files coqc takes depends on its version and on the order of the load path. So what
counts is the set of those that it may take: as long as that stays, and the load path and the
variables do, coqc finds the same files. A file that nobody may mean by any name counts nowhere.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from checker.knowledge.inputs import COMPILED, source_place
from checker.knowledge.keys import Requires
from makegen.project.loadpath import LoadPath, PathKind, below
from makegen.project.project import Project

# Those that coqc and its plugin loader read (boot/env.ml and lib/envars.ml of Coq; findlib).
VARIABLES = (
    "COQPATH",
    "ROCQPATH",
    "COQLIB",
    "ROCQLIB",
    "COQCORELIB",
    "ROCQRUNTIMELIB",
    "OCAMLPATH",
    "OCAMLFIND_CONF",
    "XDG_DATA_HOME",
    "XDG_DATA_DIRS",
)
# Their folders are not called so; those of all other installed libraries are.
_OF_COQ = ("Coq", "Corelib", "Stdlib")

_Logical = tuple[str, ...]


def variables(environ: Mapping[str, str]) -> list[str]:
    """The values of VARIABLES."""
    return [f"{name}={environ[name]}" for name in VARIABLES if name in environ]


class Lookup:
    """The sources and the compiled files in a project's load path, by their logical names."""

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self._named: dict[str, set[tuple[int, _Logical]]] = defaultdict(set)  # by last component
        self._at: dict[str, set[_Logical]] = defaultdict(set)  # by real path, without suffix
        self._texts: set[str] = set()  # what `Load` may find
        self._bearers: dict[str, frozenset[str]] = {}  # by name of a file
        here = LoadPath(PathKind.Q, ".")  # coqc looks into its folder, not below, under no prefix
        paths = [*enumerate(project.load_paths), (-1, here)]
        paths = [(number, path) for number, path in paths if path.kind is not PathKind.I]
        for number, path in paths:
            self._add_folder(number, path, is_deep=path is not here)
        for source in project.v_files:
            real = os.path.realpath(project.root / source).removesuffix(".v")
            for number, path in paths:
                folders = below(project.root, path, source)
                if folders is not None and not (folders and path is here):
                    self._add(number, path, folders, real)

    def found_by(self, requires: Requires | None, names: Iterable[str]) -> str:
        """A digest of all files that may be meant where `requires` leads to loading these files.

        `requires` is None where it is not known what is required: then all that there is counts.
        """
        digest = hashlib.sha256()
        for entry in sorted(self._all() if requires is None else self._meant(requires, names)):
            digest.update(os.fsencode(entry) + b"\0")
        return digest.hexdigest()

    def _all(self) -> set[str]:
        return self._texts.union(*(map(_entry, named) for named in self._named.values()))

    def _meant(self, requires: Requires, names: Iterable[str]) -> set[str]:
        meant = {entry for root, name in requires for entry in self._required(root, name)}
        return meant.union(*(self._bearing_the_name_of(n) for n in names if n.endswith(COMPILED)))

    def _required(self, root: str, name: str) -> Iterator[str]:
        """coqc wants the root in front, the name at the end (expand_path of vernac/loadpath.ml)."""
        first = tuple(filter(None, root.split(".")))
        last = tuple(name.split("."))
        for number, logical in self._named.get(last[-1], ()):
            rest = logical[len(first) :]
            if logical[: len(first)] == first and rest[-len(last) :] == last:
                yield _entry((number, logical))

    def _bearing_the_name_of(self, file: str) -> frozenset[str]:
        """Those that may have the logical name of this file: it is loaded by its full name too."""
        if file not in self._bearers:  # asked for each file that loads it
            real = os.path.realpath(self._root / source_place(file).rpartition(".")[0])
            logical = self._at.get(real)
            named = self._named.get(real.rpartition(os.sep)[2], ())
            self._bearers[file] = frozenset(
                _entry((number, other))
                for number, other in named
                if (other in logical if logical else _may_be_of(other, real))
            )
        return self._bearers[file]

    def _add_folder(self, number: int, path: LoadPath, *, is_deep: bool) -> None:
        top = os.path.realpath(self._root / path.folder)
        for folder, folders, files in os.walk(top):
            folders[:] = [name for name in folders if is_deep and not name.startswith(".")]
            below_top = Path(folder).relative_to(top).parts
            for name in files:
                if name.endswith(COMPILED):
                    self._add(number, path, below_top, f"{folder}/{name.rpartition('.')[0]}")
                elif name.endswith(".v"):
                    self._texts.add(f"{number} {'/'.join((*below_top, name))}")

    def _add(self, number: int, path: LoadPath, folders: Sequence[str], real: str) -> None:
        stem = real.rpartition(os.sep)[2]
        logical = (*filter(None, path.logical.split(".")), *folders, stem)
        self._named[stem].add((number, logical))
        self._at[real].add(logical)


def _entry(found: tuple[int, _Logical]) -> str:
    number, logical = found
    return f"{number} {'.'.join(logical)}"


def _may_be_of(logical: _Logical, real: str) -> bool:
    """Whether a file outside of the project's load path may have this logical name.

    Coq binds user-contrib and the folders of COQPATH so that folders and names agree.
    """
    if logical[0] in _OF_COQ:
        logical = logical[1:]
    return Path(real).parts[-len(logical) :] == logical
