"""Installing a project's files below user-contrib, and taking them away again.

Generated Makefiles and dodo files call this: make would start several processes for each file.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from makegen.base.errors import UserError
from makegen.base.files import Finish, write_whole
from makegen.project.loadpath import LoadPath, PathKind, destination


@dataclass(frozen=True)
class Item:
    """One file to install: its path from the root, and its folder below user-contrib."""

    path: str
    folder: str | None  # None: it has no logical path


def plan(root: Path, load_paths: Sequence[LoadPath], paths: Sequence[str]) -> tuple[Item, ...]:
    """Where each file goes."""
    return tuple(Item(path, destination(root, load_paths, path)) for path in paths)


def below(items: Sequence[Item], logical: str) -> tuple[Item, ...]:
    """The same, with folders below that of the logical path: its own is the top.

    >>> below([Item("A.v", "Foo/Bar/sub"), Item("B.v", "Other")], "Foo.Bar")
    (Item(path='A.v', folder='sub'), Item(path='B.v', folder=None))
    """
    top = PurePosixPath(*logical.split(".")) if logical else PurePosixPath()
    inner = []
    for item in items:
        folder = None if item.folder is None else PurePosixPath(item.folder)
        inside = folder is not None and folder.is_relative_to(top)
        inner.append(Item(item.path, str(folder.relative_to(top)) if folder and inside else None))
    return tuple(inner)


def check_complete(items: Sequence[Item]) -> None:
    """Raises UserError when a file is missing, named on the way. A .glob may be missing."""
    missing = [i.path for i in items if not Path(i.path).is_file() and not _is_optional(i)]
    for path in missing:
        print(f"{path} does not exist", file=sys.stderr)
    if missing:
        raise UserError(f"{len(missing)} files to install are missing; build them first")


def install(items: Sequence[Item], into: Path) -> None:
    """Copies every file into its place, readable by all; says what it does, as coq_makefile.

    Paths are relative to the current folder. A .glob may be missing: `coqc -vio2vo` makes none.

    Raises UserError when a file is missing: then nothing is installed.
    """
    check_complete(items)
    there = [item for item in items if not _is_optional(item) or Path(item.path).is_file()]
    for item in there:
        if item.folder is None:
            print(f"SKIP {item.path} since it has no logical path")
            continue
        folder = into / item.folder
        _copy(Path(item.path), folder)
        print(f"INSTALL {item.path} {folder}")


def _is_optional(item: Item) -> bool:
    return item.path.endswith(".glob")


def uninstall(items: Sequence[Item], into: Path) -> None:
    """Removes the files, then every folder that this leaves empty; `into` itself stays."""
    folders = set()
    for item in items:
        if item.folder is None:
            continue
        installed = into / item.folder / Path(item.path).name
        folders.add(installed.parent)
        installed.unlink(missing_ok=True)
        print(f"RM {installed}")
    emptied = {p for folder in folders for p in (folder, *folder.parents) if into in p.parents}
    for folder in sorted(emptied, key=lambda path: len(path.parts), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            print(f"RMDIR {folder}")


def _copy(source: Path, folder: Path) -> None:
    """Copies into the place of what is there, as install(1) does: a link there goes."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    if target.is_symlink():
        target.unlink()
    write_whole(target, source.read_bytes(), Finish(mode=0o644))


def main(arguments: Sequence[str]) -> None:
    """`proof-makefile --install LIST --into FOLDER [-Q .. -R .. -I ..]`, --uninstall or --complete.

    LIST holds one path a line, relative to the current folder. --complete only looks whether all
    are there. With `--below Foo.Bar`, FOLDER is that of this logical path.
    Raises UserError when a file to install is missing, OSError when the system refuses.
    """
    parser = argparse.ArgumentParser(prog="proof-makefile", allow_abbrev=False)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--install", type=Path, metavar="LIST")
    action.add_argument("--uninstall", type=Path, metavar="LIST")
    action.add_argument("--complete", type=Path, metavar="LIST")
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--below", metavar="LOGICAL")
    for kind in PathKind:
        words = 1 if kind is PathKind.I else 2
        parser.add_argument(kind.value, dest=kind.name, nargs=words, action="append", default=[])
    given, _ = parser.parse_known_args(arguments)
    order = (PathKind.I, PathKind.Q, PathKind.R)
    load_paths = [LoadPath(kind, *words) for kind in order for words in getattr(given, kind.name)]
    root = Path.cwd()
    paths = (given.install or given.uninstall or given.complete).read_text().split("\n")
    items = plan(root, load_paths, [path for path in paths if path])
    if given.below is not None:
        items = below(items, given.below)
    if given.complete:
        check_complete(items)
    elif given.install:
        install(items, given.into)
    else:
        uninstall(items, given.into)
