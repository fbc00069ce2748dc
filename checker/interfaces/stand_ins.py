"""Stand-ins: compiled files of the project in which proofs that were put off are axioms.

A pass over F.v (checker.engines.snapshot) ends in a .vo that says all that F.v states. It is kept
below the project's folder for side files, at the place that F.v has in the project, and coqc finds
it there because the load path of a check is bound to that folder: nothing that make compiles is
loaded or touched, and all that one check loads was built on the same files. What else is looked for
along the load path is linked, file by file: nothing that is written there gets out of the folder.

A stand-in is fresh as long as the key of the text that it was made from stays: proofs that can be
put off do not count (checker.knowledge.keys).
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from checker.knowledge.inputs import STAND_INS, UP
from checker.knowledge.records import Topic, read_text
from checker.knowledge.store import Ledger
from makegen.base.side import make_side_folder, open_lock
from makegen.base.temporary import temporary_folder
from makegen.coq.workspace import Workspace
from makegen.project.loadpath import LoadPath, PathKind

POLL_SECONDS = 0.1

# What coqc or a plugin finds along a load path, without a word of coqdep: compiled files, and the
# programs that coq-elpi accumulates.
_LOOKED_FOR = (".vo", ".elpi")


@dataclass(frozen=True)
class StandIn:
    """A stand-in as it was written, and what from."""

    text_key: str
    size: int  # bytes
    modified: int  # its time then, nanoseconds
    is_whole: bool  # no proof was put off in it
    host: str = ""  # the machine that made it, if that was another one

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        text_key, size, modified, is_whole, *host = value
        if not isinstance(is_whole, bool):
            raise TypeError(f"{is_whole!r} does not say whether it is whole")
        host = "".join(map(read_text, host))
        return cls(read_text(text_key), int(size), int(modified), is_whole, host)

    def written(self) -> list[object]:
        """As JSON."""
        kept = [self.text_key, self.size, self.modified, self.is_whole]
        return [*kept, self.host] if self.host else kept  # as earlier releases read it


STAND_IN = Topic("whole stand-ins", StandIn.read, StandIn.written)  # by source


class StandIns:
    """The stand-ins of a project, in a folder that has the folders of the project."""

    def __init__(self, workspace: Workspace, ledger: Ledger, folder: Path) -> None:
        """`folder`: for side files, as side_folder gives it."""
        self._root = workspace.project.root
        self._ledger = ledger
        self._project = workspace.project
        self._top = folder / STAND_INS
        self._own = {_place(self._root, file) for file in self._project.v_files}
        self.besides: dict[str, str] = {}  # what else is found there, by its place: files
        paths = tuple(map(self._bound, self._project.load_paths))
        bound = replace(self._project, load_paths=paths)
        self.workspace = replace(workspace, project=bound)

    def path(self, file: str) -> Path:
        """Where the stand-in of a source is."""
        return (self._top / _place(self._root, file)).with_suffix(".vo")

    def tidy(self, named: Iterable[str] = (), *, texts: bool = False) -> None:
        """Have what coqc would find besides the project's own stand-ins, and nothing that is gone.

        That is, in the folders of the load path, compiled files whose source the project does not
        list, programs of Elpi, what is `named` by Extra Dependency, and where a source has Load, as
        `texts` says, all sources. Stand-ins of sources that left the project go.
        """
        own = {str(PurePosixPath(place).with_suffix(".vo")) for place in self._own}
        paths = [path for path in self._project.load_paths if self._is_bound(path)]
        wanted = (*_LOOKED_FOR, ".v") if texts else _LOOKED_FOR
        found = [name for path in paths for name in _looked_for(self._root, path, wanted)]
        tops = [_place(self._root, path.folder) for path in paths]
        others = {
            place: name
            for name in (*found, *named)
            if any(_is_below(place := _place(self._root, name), top) for top in tops)
        }
        self._make_folder(self._top)
        for folder, folders, names in os.walk(self._top):
            links = [name for name in folders if Path(folder, name).is_symlink()]
            for name in (*links, *names):
                path = Path(folder, name)
                place = str(path.relative_to(self._top))
                is_ours = path.is_symlink() or path.suffix == ".vo"
                if is_ours and place not in own and place not in others:
                    path.unlink()
        self.besides = {place: name for place, name in others.items() if place not in own}
        for place, name in self.besides.items():
            self._link(self._top / place, name)

    def is_fresh(self, file: str, text_key: str | None, *, whole: bool) -> bool:
        """Whether there is a stand-in of this very text; then it is newer than the source.

        `whole`: in which no proof was put off. Where its time says so it is not touched: others may
        have loaded it.
        """
        kept = STAND_IN.recall(self._ledger, file)
        if kept is None or kept.text_key != text_key or (whole and not kept.is_whole):
            return False
        if self._stamp(file) != (kept.size, kept.modified):
            return False
        source = self._root / file
        if source.exists() and kept.modified <= source.stat().st_mtime_ns:
            os.utime(self.path(file))
            self.remember(file, kept.text_key, whole=kept.is_whole, host=kept.host)
        return True

    def remember(self, file: str, text_key: str, *, whole: bool, host: str = "") -> None:
        """A stand-in of this text was written just now; `whole`: no proof was put off in it.

        `host`: the machine that made it, if that was another one.
        """
        stamp = self._stamp(file)
        if stamp is not None:
            STAND_IN.remember(self._ledger, [(file, StandIn(text_key, *stamp, whole, host))])

    def announce(self, files: Iterable[str]) -> None:
        """Have an empty file in the place of each stand-in that is not there.

        coqc looks into a folder once, and believes that what is not there then will never be.
        `files`: none of them is compiled, so that a link leads to what is old.
        """
        for file in files:
            path = self.make_room(file)
            if path.is_symlink():
                path.unlink()
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW))

    def empty(self, file: str) -> None:
        """There is nothing but its name, at no moment less; a link there is not followed."""
        STAND_IN.forget(self._ledger, [file])
        path = self.make_room(file)
        empty = path.with_name(f"{path.name}.empty")
        empty.write_bytes(b"")
        empty.replace(path)

    def is_announced(self, file: str) -> bool:
        """Whether there is nothing but its name."""
        return (stamp := self._stamp(file)) is not None and stamp[0] == 0

    def link(self, file: str) -> None:
        """Have the .vo that make compiled stand in for the source."""
        if self._link(self.path(file), str(PurePosixPath(file).with_suffix(".vo"))):
            STAND_IN.forget(self._ledger, [file])

    def _link(self, path: Path, name: str) -> bool:
        """Have the link there that leads to this file of the project; whether it is new."""
        target = os.path.abspath(self._root / name)  # noqa: PTH100
        if path.is_symlink() and str(path.readlink()) == target:
            return False
        self._make_folder(path.parent)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        try:
            path.symlink_to(target)
        except OSError:  # a file system without links
            shutil.copyfile(target, path)
        return True

    def _make_folder(self, folder: Path) -> None:
        """Have it there, and nothing on the way to it that leads elsewhere."""
        if folder != self._top:
            self._make_folder(folder.parent)
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        folder.mkdir(parents=folder == self._top, exist_ok=True)

    def forget(self, file: str) -> None:
        """There is none, or nobody knows of what."""
        STAND_IN.forget(self._ledger, [file])
        self.path(file).unlink(missing_ok=True)

    def forget_others(self) -> None:
        """None that another machine made is left: nothing that rests on one counts either."""
        for file, kept in STAND_IN.all(self._ledger).items():
            if kept.host:
                self.forget(file)

    def make_room(self, file: str) -> Path:
        """Where a pass writes the stand-in; its folder is there."""
        path = self.path(file)
        self._make_folder(path.parent)
        return path

    def _stamp(self, file: str) -> tuple[int, int] | None:
        path = self.path(file)
        try:
            found = path.stat()
        except OSError:
            return None
        return None if path.is_symlink() else (found.st_size, found.st_mtime_ns)

    def _bound(self, path: LoadPath) -> LoadPath:
        """A load path that holds sources of the project; elsewhere, what is there is loaded."""
        if not self._is_bound(path):
            return path
        folder = self._top / _place(self._root, path.folder)
        if folder.is_relative_to(self._root):
            folder = folder.relative_to(self._root)
        return replace(path, folder=str(folder))

    def _is_bound(self, path: LoadPath) -> bool:
        if path.kind is PathKind.I:
            return False
        place = _place(self._root, path.folder)
        return not place.startswith(UP) or any(own.startswith(f"{place}/") for own in self._own)


def _place(root: Path, name: str) -> str:
    """Where a file or folder stands, seen from the project's folder, as a path that leads down."""
    place = os.path.relpath(root / name, root)
    if place.startswith(".."):
        real = os.path.relpath(os.path.realpath(root / name), os.path.realpath(root))
        place = place if real.startswith("..") else real
    return "/".join(UP if part == ".." else part for part in place.split("/"))


def _is_below(place: str, top: str) -> bool:
    """Whether a place is below another; below the project's folder, "."."""
    return not place.startswith(f"{UP}/") if top == "." else place.startswith(f"{top}/")


def _looked_for(root: Path, path: LoadPath, wanted: tuple[str, ...]) -> Iterator[str]:
    """Such files below a folder, as coqc looks through it, relative to the project's folder."""
    seen: set[tuple[int, int]] = set()  # real folders: links may lead back
    for folder, folders, names in os.walk(root / path.folder, followlinks=True):
        here, found = Path(folder), os.stat(folder)  # noqa: PTH116
        if (found.st_dev, found.st_ino) in seen:
            folders.clear()
            continue
        seen.add((found.st_dev, found.st_ino))
        folders[:] = [name for name in folders if not _is_passed_over(here / name)]
        for name in names:
            if name.endswith(wanted) and (here / name).is_file():
                yield os.path.relpath(here / name, root)


def _is_passed_over(folder: Path) -> bool:
    """Whether coqc does not look into it; a text there may be named, unless it is behind a link."""
    if folder.name.startswith("."):
        return True
    return folder.is_symlink() and not folder.name.replace("'", "_").isidentifier()


@contextlib.asynccontextmanager
async def side_folder(root: Path, note: Callable[[str], None]) -> AsyncIterator[Path]:
    """The folder for side files, which git ignores; one check at a time has it.

    Where it cannot be written to, one that goes with the check.
    """
    with contextlib.ExitStack() as stack:
        try:
            folder = make_side_folder(root)
            lock = stack.enter_context(os.fdopen(open_lock(folder), "w"))
        except OSError:
            yield stack.enter_context(temporary_folder())
            return
        told = False
        while not _is_taken_by_us(lock):
            if not told:
                note("another check of this project is at work: this one waits for it")
                told = True
            await asyncio.sleep(POLL_SECONDS)
        yield folder


def _is_taken_by_us(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks
    return True
