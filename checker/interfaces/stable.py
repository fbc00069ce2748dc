"""Whether the compiled files that a source loads stand still while coqc is at it.

A make beside us may make F.vos again, or take it away for an instant, as coqc -vio does. What
coqc then finds wrong with a file that loads F is no verdict on that file, and is asked for again.
Whoever makes something of F.v holds a lock on it; when that is free, and F's compiled files are
the very files that they were before coqc began, nobody has touched them meanwhile.
"""

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import IO, Protocol, TypeVar

from checker.interfaces.freshness import VIO, VO, VOS, product
from checker.run.run import Run
from makegen.coq.dependencies import Dependencies, closure

POLL_SECONDS = 0.02
MOST_TRIES = 10  # each of them disturbed by somebody else


class _Answer(Protocol):
    @property
    def is_good(self) -> bool: ...


Answer = TypeVar("Answer", bound=_Answer)
State = tuple[int, int, int]  # what no file that is written, put back or made anew keeps


class StableInputs:
    """The compiled files that some sources load, as they were when this was made.

    What this run itself makes of them meanwhile (`note_made`) is no disturbance.
    """

    def __init__(
        self, run: Run, dependencies: Dependencies, files: Iterable[str], *, own: bool = False
    ) -> None:
        """`files`: the sources that are about to be given to coqc; `own`: or what it made of them.

        Then the compiled files of a source count among those that it loads.
        """
        self._run = run
        self._dependencies = dependencies
        self._own = own
        self._loaded: dict[str, tuple[str, ...]] = {}
        direct = {other for file in files for other in self._direct(file)}
        self._before = {
            path: state(path)
            for other in closure(dependencies, tuple(direct))
            for path in _compiled(run, other)
        }

    def hold(self, file: str) -> bool:
        """Whether all that this one of the files loads is as it was, and left alone."""
        loaded = self._loaded_by(file)
        # First the locks: who has given his back has left his traces by now.
        return not any(_is_taken(self._run.path(other)) for other in loaded) and all(
            state(path) in (self._before[path], self._run.made.get(path, self._before[path]))
            for other in loaded
            for path in _compiled(self._run, other)
        )

    async def wait(self, files: Iterable[str]) -> None:
        """Until those are done who make something that these of the files load."""
        for other in dict.fromkeys(other for file in files for other in self._loaded_by(file)):
            async with turn(self._run.path(other)):
                pass

    def _loaded_by(self, file: str) -> tuple[str, ...]:
        if file not in self._loaded:
            self._loaded[file] = closure(self._dependencies, self._direct(file))
        return self._loaded[file]

    def _direct(self, file: str) -> tuple[str, ...]:
        return (file,) if self._own else self._dependencies.sources[file]


def note_made(run: Run, source: str) -> None:
    """This run has made something of the source just now; it still has its turn there."""
    run.made.update({path: state(path) for path in _compiled(run, source)})


def note_completed(run: Run, source: str) -> None:
    """This run has had coqc make the .vo of the source, which may touch the .vos too."""
    paths = (run.path(product(source, kind)) for kind in (VO, VOS))
    run.made.update({path: state(path) for path in paths})


def _compiled(run: Run, source: str) -> list[Path]:
    return [run.path(product(source, kind)) for kind in (VO, VOS, VIO)]


async def undisturbed(
    run: Run,
    dependencies: Dependencies,
    file: str,
    ask: Callable[[], Awaitable[Answer]],
) -> Answer:
    """What coqc says of a file; where it fails while something changes that it loads, once more."""
    for _ in range(MOST_TRIES):
        still = StableInputs(run, dependencies, [file])
        answer = await ask()
        if answer.is_good or still.hold(file):
            break
        await still.wait([file])
    return answer


@contextlib.asynccontextmanager
async def turn(source: Path) -> AsyncIterator[None]:
    """Wait until no make and no other checker makes something of the source; then nobody does."""
    with source.open("rb") as stream:
        while not _lock(stream, fcntl.LOCK_EX):
            await asyncio.sleep(POLL_SECONDS)
        yield


def _is_taken(source: Path) -> bool:
    try:
        with source.open("rb") as stream:
            return not _lock(stream, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def _lock(stream: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(stream, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks
    return True


def state(path: Path) -> State | None:
    """What shows whether a file is touched; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ctime_ns, found.st_ino, found.st_size
