"""The files that coqc makes of a source, and which of them are up to date."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import PurePosixPath
from typing import Any, Self

from checker.knowledge.records import Topic, read_words
from checker.run.run import Run
from makegen.base import graph as order
from makegen.base.files import Finish, time_of, write_whole
from makegen.coq.cutoff import stamp, time_made
from makegen.coq.dependencies import Dependencies

VO, VOS, VOK, VIO = ".vo", ".vos", ".vok", ".vio"


@dataclass(frozen=True)
class MadeWith:
    """How a .vo or .vos was made by us."""

    modified: int  # its time then, nanoseconds
    arguments: tuple[str, ...]  # of coqc

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        modified, arguments = value
        return cls(int(modified), read_words(arguments))

    def written(self) -> list[object]:
        """As JSON."""
        return [self.modified, self.arguments]


MADE_WITH = Topic("made with", MadeWith.read, MadeWith.written)  # by name of the product


def product(source: str, suffix: str) -> str:
    """The file of this kind that belongs to a source.

    >>> product("theories/F.v", VOS)
    'theories/F.vos'
    """
    return str(PurePosixPath(source).with_suffix(suffix))


def stale(
    run: Run, dependencies: Dependencies, files: Iterable[str], suffix: str
) -> tuple[str, ...]:
    """Those of the files, closed under dependency, whose .vo (or .vos) has to be made again.

    It has to where it is missing, empty (coqc marks so a .vos that stands for a .vo), older than
    its source or than one that it needs, or made by another version of Coq or (as far as we made
    it) with other arguments; a .vo also where there is a newer .vio, which coqc would load instead;
    and where one that it needs has to. How old a file is, makegen.coq.cutoff says.
    """
    files = tuple(files)
    own = {file for file in files if not is_fresh(run, dependencies, file, suffix)}
    more = order.dependents({f: dependencies.sources[f] for f in files}, own)
    return tuple(file for file in files if file in own or file in more)


def compiled(run: Run, dependencies: Dependencies, files: Iterable[str]) -> tuple[str, ...]:
    """Those of the files, closed under dependency, that coqc has compiled as they stand.

    Their .vo is up to date, as make would say, and so is what they load; it is no older than the
    project file, whose arguments it was made with; and the .glob beside it names the digest of this
    very source, so that no edit came in between while coqc was at it. None where coqc is given
    arguments beside those of the project file: nobody knows whether the .vo were made with them.
    """
    if run.extra_arguments or run.project.origin is None:
        return ()
    files = tuple(files)
    left = set(stale(run, dependencies, files, VO))
    since = time_of(run.path(run.project.origin))
    others = [
        file
        for file in files
        if file not in left
        and (time_of(run.path(product(file, VO))) < since or not _is_text_of_glob(run, file))
    ]
    left |= {*others, *order.dependents({f: dependencies.sources[f] for f in files}, others)}
    return tuple(file for file in files if file not in left)


def _is_text_of_glob(run: Run, file: str) -> bool:
    try:
        with run.path(product(file, ".glob")).open("rb") as stream:
            first = stream.readline(64).split()
        return first == [b"DIGEST", md5(run.path(file).read_bytes()).hexdigest().encode()]
    except OSError:
        return False


def is_fresh(run: Run, dependencies: Dependencies, file: str, suffix: str) -> bool:
    """Whether the product need not be made again on account of what is there now."""
    path = run.path(product(file, suffix))
    needed = [product(other, suffix) for other in dependencies.sources[file]]
    try:
        made = time_made(path)
        with path.open("rb") as stream:
            magic = stream.read(8).hex()
        if magic != run.toolchain.vo_magic or made < run.path(file).stat().st_mtime_ns:
            return False
        if suffix == VO and time_of(run.path(product(file, VIO))) > made:
            return False
        record = MADE_WITH.recall(run.ledger, product(file, suffix))
        is_as_made = record is not None and record.modified == path.stat().st_mtime_ns
        if record and is_as_made and record.arguments != _arguments(run):
            return False
        return all(run.path(name).stat().st_mtime_ns <= made for name in needed) and all(
            time_of(run.path(name)) <= made for name in dependencies.others[file]
        )
    except FileNotFoundError:
        return False


def remember_made(run: Run, file: str, suffix: str) -> None:
    """Keep with which arguments the .vo or .vos of the file was made just now."""
    name = product(file, suffix)
    MADE_WITH.remember(run.ledger, [(name, MadeWith(time_of(run.path(name)), _arguments(run)))])


def _arguments(run: Run) -> tuple[str, ...]:
    return (*run.project.coq_flags, *run.extra_arguments)


@contextlib.contextmanager
def kept_interface(run: Run, file: str) -> Iterator[None]:
    """Keeps the .vos of a file, which a coqc that makes its .vo would empty (Coq before 9).

    An empty .vos stands for the .vo, whose digest may differ (a proof can add universe
    constraints): files checked against the old .vos would then `make inconsistent assumptions`.
    """
    path = run.path(product(file, VOS))
    kept = path.read_bytes() if path.exists() else b""
    modified = path.stat().st_mtime_ns if kept else None
    try:
        yield
    finally:
        if kept and not (path.exists() and path.stat().st_size):
            write_whole(path, kept, Finish(modified=modified))
        elif not kept and path.exists():
            stamp(path).touch()  # as empty as it is, it is up to date
