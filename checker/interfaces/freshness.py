"""The files that coqc makes of a source, and which of them are up to date.

Of a .vos or .vio the ledger keeps how it was made, and when it was last found to be what the source
says: one that tells those who load it what the one before told keeps its time, so that nothing that
loads it is made again (makegen.coq.cutoff). An interface of which it keeps nothing is made anew.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path, PurePosixPath
from typing import Any, Self

from checker.document.normal_form import normal
from checker.knowledge.records import Topic, read_text, read_words
from checker.run.run import Run
from makegen.base import graph as order
from makegen.base.files import time_of
from makegen.coq.dependencies import Dependencies, closure
from makegen.project.loadpath import logical_name

_LIBRARY = re.compile(rb"^R\d+:\d+ (\S+) <> <> lib$", re.MULTILINE)  # what is required or imported
_LOAD = re.compile(rb"\bLoad\b")

VO, VOS, VOK, VIO = ".vo", ".vos", ".vok", ".vio"


@dataclass(frozen=True)
class Hinted:
    """Section variables that an interface takes for granted (checker.interfaces.hints)."""

    text: str  # digest of the source
    hints: Mapping[str, str]  # for proofs, by full name: section variables, separated by blanks

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        hints = {name: read_text(names) for name, names in value["hints"].items()}
        return cls(read_text(value["text"]), hints)

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return {"text": self.text, "hints": dict(self.hints)}


@dataclass(frozen=True)
class MadeWith:
    """How a .vo, .vos or .vio was made by us."""

    modified: int  # its time then, nanoseconds
    begun: int  # when coqc began that last said the same
    arguments: tuple[str, ...]  # of coqc, after which coqc it was
    hinted: Hinted | None = None  # what nobody has confirmed

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        modified, begun, arguments, hinted = value
        found = None if hinted is None else Hinted.read(hinted)
        return cls(int(modified), int(begun), read_words(arguments), found)

    def written(self) -> list[object]:
        """As JSON."""
        hinted = None if self.hinted is None else self.hinted.written()
        return [self.modified, self.begun, self.arguments, hinted]


MADE_WITH = Topic("made with", MadeWith.read, MadeWith.written)  # by name of the product


def product(source: str, suffix: str) -> str:
    """The file of this kind that belongs to a source.

    >>> product("theories/F.v", VOS)
    'theories/F.vos'
    """
    return str(PurePosixPath(source).with_suffix(suffix))


def stale(
    run: Run,
    dependencies: Dependencies,
    files: Iterable[str],
    suffix: str,
    *,
    hinted: bool = False,
) -> tuple[str, ...]:
    """Those of the files, closed under dependency, whose .vo, .vos or .vio has to be made again.

    It has to where is_fresh says so, and where one that it needs has to.
    """
    files = tuple(files)
    own = {f for f in files if not is_fresh(run, dependencies, f, suffix, hinted=hinted)}
    more = order.dependents({f: dependencies.sources[f] for f in files}, own)
    return tuple(file for file in files if file in own or file in more)


def compiled(run: Run, dependencies: Dependencies, files: Iterable[str]) -> tuple[str, ...]:
    """Those of the files, closed under dependency, that coqc has compiled as they stand.

    Their .vo is up to date, as make would say, and so is what they load; it is no older than the
    project file, whose arguments it was made with; and the .glob beside it names the digest of this
    very source, so that no edit came in between while coqc was at it, and no other file of the
    project that it loads than the dependencies do. None where coqc is given arguments beside those
    of the project file: nobody knows whether the .vo were made with them.
    """
    if run.extra_arguments or run.project.origin is None:
        return ()
    files = tuple(files)
    left = set(stale(run, dependencies, files, VO))
    since = time_of(run.path(run.project.origin))
    globs = _Globs(run, dependencies)
    others = [
        file
        for file in files
        if file not in left
        and (time_of(run.path(product(file, VO))) < since or not globs.agree(file))
    ]
    left |= {*others, *order.dependents({f: dependencies.sources[f] for f in files}, others)}
    return tuple(file for file in files if file not in left)


class _Globs:
    """What the .glob files beside the .vo files tell of how these were made."""

    def __init__(self, run: Run, dependencies: Dependencies) -> None:
        self._run = run
        self._dependencies = dependencies
        project = run.project
        names = ((logical_name(project.root, project.load_paths, f), f) for f in project.v_files)
        self._own = {(name or PurePosixPath(file).stem).encode(): file for name, file in names}

    def agree(self, file: str) -> bool:
        """Whether it was of this text, and the dependencies name all that it loads of the project.

        What a text requires that it loads is not told.
        """
        try:
            text = self._run.path(file).read_bytes()
            glob = self._run.path(product(file, ".glob")).read_bytes()
        except OSError:
            return False
        if glob.split(maxsplit=2)[:2] != [b"DIGEST", md5(text).hexdigest().encode()]:
            return False
        if _LOAD.search(text) and _LOAD.search(normal(text)):
            return False
        loaded = {self._own[name] for name in _LIBRARY.findall(glob) if name in self._own}
        loaded -= {file, *self._dependencies.sources[file]}
        return not loaded or loaded <= set(closure(self._dependencies, (file,)))


def is_fresh(
    run: Run, dependencies: Dependencies, file: str, suffix: str, *, hinted: bool = False
) -> bool:
    """Whether the product need not be made again on account of what is there now.

    It has to where it is missing, older than its source or than one that it needs, or made by
    another version of Coq or (as far as we made it) with other arguments; a .vo also where there is
    a newer .vio, which coqc would load instead; a .vos or .vio also where nobody knows with which
    hints, or it takes for granted what nobody has confirmed and that is not asked for (`hinted`).
    An empty .vos stands for the .vo.
    """
    path = run.path(product(file, suffix))
    loads = VOS if suffix == VOK else suffix
    needed = [*(product(other, loads) for other in dependencies.sources[file])]
    try:
        made = path.stat().st_mtime_ns
        if suffix == VOS and not path.stat().st_size:
            return is_fresh(run, dependencies, file, VO)
        record = made_with(run, file, suffix)
        if record and record.arguments != _arguments(run):
            return False
        if suffix in (VOS, VIO):
            if record is None or (record.hinted and not hinted):
                return False
            made = record.begun
        if suffix == VO and time_of(run.path(product(file, VIO))) > made:
            return False
        return (
            (suffix == VOK or _magic(path) == run.toolchain.vo_magic)
            and run.path(file).stat().st_mtime_ns <= made
            and all(run.path(name).stat().st_mtime_ns <= made for name in needed)
            and all(time_of(run.path(name)) <= made for name in dependencies.others[file])
        )
    except FileNotFoundError:
        return False


def time_made(run: Run, file: str, suffix: str) -> int:
    """When the .vos or .vio was last made or found the same, in nanoseconds."""
    record = made_with(run, file, suffix)
    return record.begun if record else time_of(run.path(product(file, suffix)))


def made_with(run: Run, file: str, suffix: str) -> MadeWith | None:
    """How the product that is there was made, if we made it."""
    name = product(file, suffix)
    record = MADE_WITH.recall(run.ledger, name)
    return record if record and record.modified == time_of(run.path(name)) else None


def remember_made(
    run: Run, file: str, suffix: str, *, begun: int = 0, hinted: Hinted | None = None
) -> None:
    """Keep how the product of the file was made just now."""
    name = product(file, suffix)
    made = MadeWith(time_of(run.path(name)), begun, _arguments(run), hinted)
    MADE_WITH.remember(run.ledger, [(name, made)])


def _magic(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(8).hex()


def _arguments(run: Run) -> tuple[str, ...]:
    return (run.toolchain.build, *run.project.coq_flags, *run.extra_arguments)
