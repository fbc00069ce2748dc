"""Doubts: what coq_makefile takes and a build may come of, but is likely a mistake."""

from collections.abc import Sequence
from pathlib import Path

from makegen.project.declarations import (
    Declarations,
    Doubts,
    Key,
    Located,
    Where,
    message,
    refuse,
    select,
)
from makegen.project.loadpath import LoadPath, binding, bound_name
from makegen.project.sources import Tree, is_identifier, mentions, tidy


def doubt_absent(declarations: Declarations, files: Located, tree: Tree, doubts: Doubts) -> None:
    """Doubts the absent sources, but those that are `generated`, or named in a *.local file."""
    rules = select(declarations, Key.GENERATED)
    declared = {tidy(declaration.words[0]) for declaration in rules}
    listed = {name for name, _ in files}
    for declaration in rules:
        name = tidy(declaration.words[0])
        if name not in listed:
            refuse(declaration.where, f"generated file {name} is no source", "list it in sources")
    absent = [item for item in files if not tree.exists(item[0]) and item[0] not in declared]
    hooks = _hooks(tree.root) if absent else ""
    unknown = [(name, where) for name, where in absent if not mentions(hooks, name)]
    if unknown:
        name, where = unknown[0]
        others = f" (and {len(unknown) - 1} others)" if unknown[1:] else ""
        what = f"no file {name}{others} in {tree.root}"
        doubts.append(message(where, what, "the build will say so, unless it is made before"))


def _hooks(root: Path) -> str:
    paths = sorted([*root.glob("*.local"), *root.glob("*.local-late")])
    return "\n".join(path.read_text(errors="replace") for path in paths if path.is_file())


def doubt_names(files: Located, paths: Sequence[LoadPath], root: Path, doubts: Doubts) -> None:
    """Doubts a .v whose logical name another has."""
    first: dict[str, tuple[str, Where]] = {}
    prefixes: dict[str, str | None] = {}  # by folder; few folders hold many files
    for name, where in files:
        if not name.endswith(".v"):
            continue
        folder, _, base = name.rpartition("/")
        if folder not in prefixes:
            prefixes[folder] = _prefix(name, paths, root)
        prefix = prefixes[folder]
        if prefix is None:
            continue
        logical = prefix + base[: -len(".v")]
        if logical in first:
            other, place = first[logical]
            what = f"{name} and {other} ({place}) have one logical name, {logical}"
            mend = "rename one, or bind their folders to different paths"
            doubts.append(message(where, what, mend))
        first.setdefault(logical, (name, where))


def _prefix(name: str, paths: Sequence[LoadPath], root: Path) -> str | None:
    """What stands before the bare name in the logical names of a file's folder.

    None where nobody can Require the files: coqc takes their bare names, which may occur again.
    """
    bound = binding(root, paths, name)
    if bound is None or not all(map(is_identifier, bound[1])):
        return None
    above = bound_name(*bound, "")
    return f"{above}." if above else ""


def doubt_options(declarations: Declarations, doubts: Doubts) -> None:
    """Doubts an option that does nothing here, and one that newer generators refuse."""
    for declaration in select(declarations, Key.COQLIB):
        mend = "set COQLIB (ROCQLIB) in the environment"
        doubts.append(message(declaration.where, "-coqlib is passed over", mend))
    for declaration in select(declarations, Key.ARG):
        if declaration.is_unpaired:
            what = "a ' in -arg is not closed, which Rocq refuses from 9.4 on"
            doubts.append(message(declaration.where, what, "close it"))
