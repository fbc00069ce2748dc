"""What decides which files `Require` finds, beside the load path and the project's own sources."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from checker.knowledge.inputs import COMPILED
from makegen.project.loadpath import LoadPath, PathKind
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


def what_decides(project: Project, environ: Mapping[str, str]) -> Iterator[str]:
    """One text for each thing that can make the same `Require` find another file.

    The values of VARIABLES, and the names of the compiled files in the project's load path that
    do not come from its own sources: one more of these can come before another, or make a short
    name ambiguous.
    """
    yield from (f"{name}={environ[name]}" for name in VARIABLES if name in environ)
    own = {os.path.realpath(project.root / file)[: -len(".v")] for file in project.v_files}
    for number, path in enumerate(project.load_paths):
        if path.kind is not PathKind.I:
            yield from (f"{number} {name}" for name in _foreign(project.root, path, own))


def _foreign(root: Path, path: LoadPath, own: set[str]) -> list[str]:
    """The stems of compiled files below a folder that are not our own, from that folder."""
    top = os.path.realpath(root / path.folder)
    found = set()
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".")]
        stems = {name.rpartition(".")[0] for name in files if name.endswith(COMPILED)}
        found |= {f"{folder}/{stem}" for stem in stems}
    return sorted(name.removeprefix(top) for name in found - own)
