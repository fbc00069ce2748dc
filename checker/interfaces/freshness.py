"""The files that coqc makes of a source, and which of them are up to date."""

import contextlib
from collections.abc import Iterable, Iterator
from hashlib import md5
from pathlib import Path, PurePosixPath

from checker.run.run import Run
from makegen.base import graph as order
from makegen.base.files import Finish, write_whole
from makegen.coq.cutoff import stamp, time_made
from makegen.coq.dependencies import Dependencies

# Topic of the ledger: for a .vo or .vos that we made, its time and coqc's arguments.
TOPIC = "made with"

VO, VOS, VOK, VIO = ".vo", ".vos", ".vok", ".vio"


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

    Their .vo is up to date, as make would say, and so is what they load; and the .glob beside it
    names the digest of this very source, so that no edit came in between while coqc was at it.
    """
    files = tuple(files)
    left = set(stale(run, dependencies, files, VO))
    others = [file for file in files if file not in left and not _is_text_of_glob(run, file)]
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
        if suffix == VO and _time(run.path(product(file, VIO))) > made:
            return False
        record = run.ledger.recall(TOPIC, product(file, suffix))
        if record and record[0] == path.stat().st_mtime_ns and record[1] != _arguments(run):
            return False
        return all(run.path(name).stat().st_mtime_ns <= made for name in needed) and all(
            _time(run.path(name)) <= made for name in dependencies.others[file]
        )
    except FileNotFoundError:
        return False


def remember_made(run: Run, file: str, suffix: str) -> None:
    """Keep with which arguments the .vo or .vos of the file was made just now."""
    name = product(file, suffix)
    run.ledger.remember(TOPIC, [(name, [_time(run.path(name)), _arguments(run)])])


def _arguments(run: Run) -> list[str]:
    return [*run.project.coq_flags, *run.extra_arguments]


def _time(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


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
