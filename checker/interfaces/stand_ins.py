"""Stand-ins: compiled files of the project in which proofs that were put off are axioms.

A pass over F.v (checker.engines.snapshot) ends in a .vo that says all that F.v states. It is kept
below the project's folder for side files, at the place that F.v has in the project, and coqc finds
it there because the load path of a check is bound to that folder: nothing that make compiles is
loaded or touched, and all that one check loads was built on the same files.

A stand-in is fresh as long as the key of the text that it was made from stays: proofs that can be
put off do not count (checker.knowledge.keys).
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from checker.knowledge.inputs import FOLDER, STAND_INS
from checker.knowledge.store import Ledger
from makegen.coq.workspace import Workspace
from makegen.project.loadpath import LoadPath, PathKind

TOPIC = "stand-ins"  # of the ledger: for a source, what its stand-in was made from


@dataclass(frozen=True)
class Origin:
    """What a stand-in was made from."""

    text_key: str  # of the document, where a proof that can be put off counts by its statement
    stamp: tuple[int, int]  # of the stand-in itself: its size and time


class StandIns:
    """The stand-ins of a project."""

    def __init__(self, workspace: Workspace, ledger: Ledger) -> None:
        self._root = workspace.project.root
        self._ledger = ledger
        self._project = workspace.project
        self.workspace = _bound_to_stand_ins(workspace)

    def tidy(self) -> None:
        """Have what coqc would find besides the project's own sources, and nothing that is gone.

        That is compiled files in the folders of the load path whose source the project does not
        list. Stand-ins of sources that left the project go.
        """
        own = {os.path.normpath(Path(file).with_suffix(".vo")) for file in self._project.v_files}
        others = {name for path in self._project.load_paths for name in self._compiled(path)} - own
        top = self._root / STAND_INS
        for folder, _, names in os.walk(top):
            for name in names:
                path = Path(folder, name)
                if path.suffix == ".vo" and str(path.relative_to(top)) not in own | others:
                    path.unlink()
        for name in others:
            self.link(name)

    def _compiled(self, path: LoadPath) -> Iterator[str]:
        """The .vo files below a folder of the project's, relative to its root."""
        if path.kind is PathKind.I or _within(self._root, path) is None:
            return
        for folder, folders, names in os.walk(self._root / path.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if name.endswith(".vo"):
                    yield os.path.relpath(Path(folder, name), self._root)

    def path(self, file: str) -> Path:
        """Where the stand-in of a source is."""
        return self._root / STAND_INS / Path(file).with_suffix(".vo")

    def is_fresh(self, file: str, text_key: str | None) -> bool:
        """Whether there is a stand-in of this very text; then its time says so."""
        kept = self._ledger.recall(TOPIC, file)
        stamp = self._stamp(file)
        if kept is None or stamp is None or text_key is None or kept[0] != text_key:
            return False
        if tuple(kept[1:]) != stamp:
            return False
        os.utime(self.path(file))
        self.remember(file, text_key)
        return True

    def remember(self, file: str, text_key: str) -> None:
        """A stand-in of this text was written just now."""
        stamp = self._stamp(file)
        if stamp is not None:
            self._ledger.remember(TOPIC, [(file, [text_key, *stamp])])

    def link(self, file: str) -> None:
        """Have the .vo that make compiled stand in for the source."""
        path = self.make_room(file)
        target = os.path.relpath(self._root / Path(file).with_suffix(".vo"), path.parent)
        if not (path.is_symlink() and str(path.readlink()) == target):
            self.forget(file)
            path.symlink_to(target)

    def forget(self, file: str) -> None:
        """There is none, or nobody knows of what."""
        self._ledger.forget(TOPIC, [file])
        self.path(file).unlink(missing_ok=True)

    def make_room(self, file: str) -> Path:
        """Where a pass writes the stand-in; its folder is there."""
        path = self.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _stamp(self, file: str) -> tuple[int, int] | None:
        try:
            found = self.path(file).stat()
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns


def _bound_to_stand_ins(workspace: Workspace) -> Workspace:
    """The workspace, with its load path bound to the folders where the stand-ins are."""
    project = workspace.project
    paths = tuple(_moved(project.root, path) for path in project.load_paths)
    return replace(workspace, project=replace(project, load_paths=paths))


def _moved(root: Path, path: LoadPath) -> LoadPath:
    """A load path of the project's own folders; others stay: outside, what is there is loaded."""
    below = _within(root, path)
    if path.kind is PathKind.I or below is None:
        return path
    return replace(path, folder=os.path.normpath(f"{STAND_INS}{below}"))


def _within(root: Path, path: LoadPath) -> str | None:
    """The folder as seen from the project's, if it stands in that."""
    folder = os.path.realpath(root / path.folder)
    below = os.path.relpath(folder, os.path.realpath(root))
    return None if below.startswith("..") else below


@contextlib.contextmanager
def side_folder(root: Path) -> Iterator[Path]:
    """The folder for side files, which git ignores; one check at a time has it."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
