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
from typing import IO

from checker.interfaces.freshness import VIO, VO, VOS, product
from checker.run.run import Run
from makegen.base.process import Outcome
from makegen.coq.dependencies import Dependencies, closure

POLL_SECONDS = 0.02
MOST_TRIES = 10  # each of them disturbed by somebody else

State = tuple[int, int, int]  # what no file that is written, put back or made anew keeps


class StableInputs:
    """The compiled files that some sources load, as they were when this was made."""

    def __init__(self, run: Run, dependencies: Dependencies, files: Iterable[str]) -> None:
        """`files`: the sources that are about to be given to coqc."""
        self._run = run
        self._dependencies = dependencies
        self._loaded: dict[str, tuple[str, ...]] = {}
        direct = {other for file in files for other in dependencies.sources[file]}
        self._before = {
            other: self._states(other) for other in closure(dependencies, tuple(direct))
        }

    def hold(self, file: str) -> bool:
        """Whether all that this one of the files loads is as it was, and left alone."""
        loaded = self._loaded_by(file)
        # First the locks: who has given his back has left his traces by now.
        return not any(_is_taken(self._run.path(other)) for other in loaded) and all(
            self._states(other) == self._before[other] for other in loaded
        )

    async def wait(self, files: Iterable[str]) -> None:
        """Until those are done who make something that these of the files load."""
        for other in dict.fromkeys(other for file in files for other in self._loaded_by(file)):
            async with turn(self._run.path(other)):
                pass

    def _loaded_by(self, file: str) -> tuple[str, ...]:
        if file not in self._loaded:
            direct = self._dependencies.sources[file]
            self._loaded[file] = closure(self._dependencies, direct)
        return self._loaded[file]

    def _states(self, source: str) -> list[State | None]:
        return [_state(self._run.path(product(source, kind))) for kind in (VO, VOS, VIO)]


async def undisturbed(
    run: Run, dependencies: Dependencies, file: str, coqc: Callable[[], Awaitable[Outcome]]
) -> Outcome:
    """What coqc says of a file; where it fails while something changes that it loads, once more."""
    for _ in range(MOST_TRIES):
        still = StableInputs(run, dependencies, [file])
        outcome = await coqc()
        if outcome.status == 0 or still.hold(file):
            break
        await still.wait([file])
    return outcome


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


def _state(path: Path) -> State | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ctime_ns, found.st_ino, found.st_size
