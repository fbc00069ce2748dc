"""The files that coqc loads, by content: what a verdict depends on outside the document.

Names are kept relative to the project where they can be, and enter no key: a project that
moved, or a ledger from another machine, keeps its verdicts.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from checker.knowledge.records import Topic, read_text
from checker.knowledge.store import Ledger
from makegen.base.side import FOLDER
from makegen.coq import interface

SYSROOT = "PROOF_CHECKER_SYSROOT"
INTERFACES = (".vos", ".vio")
COMPILED = (".vo", *INTERFACES)
# What coqc reads and does not depend on: hints, and answers of provers that it checks again.
CACHES = (".aux", ".cache")
STAND_INS = "stand-ins"  # in FOLDER: compiled files that only checks load, as in the project
UP = "__"  # a folder there for the one above the project's
_OURS = re.compile(rf"(?:{re.escape(FOLDER)}|.*)/{STAND_INS}/")


@dataclass(frozen=True)
class FileDigest:
    """The digest of a file that had this size and time."""

    size: int
    modified: int  # nanoseconds
    digest: str

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        (size, modified), digest = value
        return cls(int(size), int(modified), read_text(digest))

    def written(self) -> list[object]:
        """As JSON."""
        return [[self.size, self.modified], self.digest]


DIGESTS = Topic("digests", FileDigest.read, FileDigest.written)  # by name, as in Contents


def _digest(path: Path) -> str:
    """What an interface tells; any other file counts by content."""
    if path.suffix in INTERFACES:
        return interface.digest(path)
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def opened_since(opened: Path, size: int) -> tuple[list[str], int]:
    """What was added to a list of opened files since it had this size, and its size now.

    Without what coqc does not depend on.
    """
    try:
        with opened.open("rb") as stream:
            stream.seek(size)
            text, end, _ = stream.read().rpartition(b"\n")
    except OSError:
        return [], size
    names = map(os.fsdecode, filter(None, text.split(b"\n")))
    return [name for name in names if not name.endswith(CACHES)], size + len(text) + len(end)


@cache  # asked for each file that loads it
def _label(name: str) -> str:
    """The base name, without a suffix where any interface would do."""
    base = name.rpartition("/")[2]
    stem, dot, suffix = base.rpartition(".")
    return stem if dot + suffix in INTERFACES else base


def source_place(name: str) -> str:
    """The name, from the project's folder, of what a stand-in or link is for; others as they are.

    >>> source_place(".proof-makefile/stand-ins/__/th/A.vo"), source_place("th/A.vo")
    ('../th/A.vo', 'th/A.vo')
    """
    found = _OURS.match(name) if STAND_INS in name else None
    return name[found.end() :].replace(f"{UP}/", "../") if found else name


def seen_from_here(name: str, root: Path, sysroot: str | None) -> Path:
    """Where a file is that a coqc in this folder opened. `sysroot`: as SYSROOT says."""
    if sysroot and name.startswith("/"):
        within = Path(f"{sysroot}{name}")
        if within.exists():
            return within
    return root / name


class Contents:
    """Digests of files, computed once for a file's size and time."""

    def __init__(self, ledger: Ledger, root: Path, environ: Mapping[str, str]) -> None:
        """`environ`: SYSROOT names the folder where the files of a Coq in a container are seen."""
        self._ledger = ledger
        self._root = root
        self._sysroot = environ.get(SYSROOT)
        self._paths: dict[str, Path] = {}
        self._known: dict[str, str | None] = {}
        self._outdated: dict[str, bool] = {}
        self._found: dict[str, str] = {}
        self._fresh: list[tuple[str, FileDigest]] = []

    def digest(self, name: str) -> str | None:
        """Of a file, named from the root or absolutely; None when it cannot be read."""
        if name not in self._known:
            self._known[name] = self._look(name)
        return self._known[name]

    def digests(self, names: Iterable[str]) -> list[str] | None:
        """Of all of them, with their base names, in a fixed order; None when one is not there.

        A .vos and a .vio that tell the same are the same.
        """
        found = []
        for name in names:
            digest = self.digest(name)
            if digest is None:
                return None
            found.append(f"{_label(name)} {digest}")
        return sorted(found)

    def is_outdated(self, name: str) -> bool:
        """Whether this is a compiled file of the project that is older than its source."""
        if name not in self._outdated:  # asked for each file that loads it
            self._outdated[name] = self._is_stale(name)
        return self._outdated[name]

    def found_now(self, name: str) -> str:
        """Which compiled file coqc would load now where it has loaded this one.

        It takes the newer of .vo and .vio (vernac/loadpath.ml). The name as it is where there is
        none, or it is no compiled file.
        """
        if name not in self._found:  # asked for each file that loads it
            self._found[name] = self._newer(name)
        return self._found[name]

    def _newer(self, name: str) -> str:
        stem, dot, suffix = name.rpartition(".")
        if f".{suffix}" not in COMPILED:
            return name
        times = {kind: self._time(f"{stem}{dot}{kind}") for kind in ("vo", "vio")}
        kind = "vio" if times["vio"] > times["vo"] else "vo"
        return f"{stem}.{kind}" if any(times.values()) else name

    def _time(self, name: str) -> int:
        """Of an existing file that is not empty; else 0."""
        try:
            status = self._path(name).stat()
            return status.st_mtime_ns if status.st_size else 0
        except OSError:
            return 0

    def _is_stale(self, name: str) -> bool:
        if Path(name).is_absolute() or not name.endswith(COMPILED):
            return False
        source = self._root / source_place(name)
        try:
            made = (self._root / name).stat().st_mtime_ns
            return source.with_suffix(".v").stat().st_mtime_ns > made
        except OSError:
            return True

    def changed_since(self, name: str, moment: int) -> bool:
        """Whether the file was touched after `moment` (nanoseconds of the clock), or is gone.

        coqc may then have read something else than what is there now.
        """
        try:
            return self._path(name).stat().st_ctime_ns >= moment
        except OSError:
            return True

    def forget(self, name: str) -> None:
        """The file was changed by this run."""
        self._known.pop(name, None)
        self._outdated.pop(name, None)

    def save(self) -> None:
        """Remember what was computed."""
        DIGESTS.remember(self._ledger, self._fresh)
        self._fresh.clear()

    def relative(self, path: str) -> str:
        """How the file is named here: from the root where it stands below it."""
        root = f"{self._root}{os.sep}"
        absolute = path if path.startswith(os.sep) else f"{root}{path}"
        return os.path.normpath(absolute).removeprefix(root)

    def _path(self, name: str) -> Path:
        """Where the file is seen from here."""
        if name not in self._paths:  # asked for each file that loads it
            self._paths[name] = seen_from_here(name, self._root, self._sysroot)
        return self._paths[name]

    def _look(self, name: str) -> str | None:
        path = self._path(name)
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):  # a pipe may never end
                return None
            kept = DIGESTS.recall(self._ledger, name)
            if kept and (kept.size, kept.modified) == (status.st_size, status.st_mtime_ns):
                return kept.digest
            digest = _digest(path)
        except OSError:
            return None
        self._fresh.append((name, FileDigest(status.st_size, status.st_mtime_ns, digest)))
        return digest
