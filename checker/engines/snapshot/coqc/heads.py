"""Processes that execute the heads of files before all that these load is there.

Such a process is begun by a worker that has nothing else to do, and waits. A pass goes on with it.
"""

import asyncio
import os
import time
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker.engines.snapshot.coqc.launch import Launch
from checker.engines.snapshot.coqc.process import CoqProcess, DriverError, Ending
from checker.knowledge.inputs import STAND_INS, SYSROOT, opened_since, seen_from_here
from checker.shim.protocol import FEED_MAX

MOST_BYTES = FEED_MAX // 2  # of a head, which has to be shorter than what is fed at once


@dataclass(frozen=True, eq=False)
class Head:
    """The head of a file, and the process that executes it."""

    text: bytes
    launch: Launch
    begun: int  # nanoseconds of the clock
    stood: int  # so many stand-ins stood then
    process: asyncio.Future[CoqProcess | None]  # once it has; None: it ended on the way

    def holds(self, stood: Mapping[str, int], plugins: Collection[str] | None) -> bool:
        """Whether what it has read is what it would read now, its plugins too.

        `stood`: the stand-ins that stand, each with how many stood before it.
        """
        assert self.launch.opened, "it lists what it reads"
        names, _ = opened_since(self.launch.opened, 0)
        if plugins is None or any(map(self._is_new, (*names, *plugins))):
            return False
        return not any(self._came_later(name, stood) for name in names)

    def _came_later(self, name: str, stood: Mapping[str, int]) -> bool:
        """Whether this is a stand-in that did not stand then."""
        if f"/{STAND_INS}/" not in name:
            return False
        return stood.get(_absolute(self.launch.root / name), self.stood) >= self.stood

    def _is_new(self, name: str) -> bool:
        path = seen_from_here(name, self.launch.root, self.launch.environ.get(SYSROOT))
        try:
            return path.stat().st_ctime_ns >= self.begun
        except OSError:
            return True

    def list_in(self, opened: Path) -> None:
        """What it has read is listed there, and what it reads from now on."""
        assert self.launch.opened, "it lists what it reads"
        with opened.open("ab") as names:
            names.write(self.launch.opened.read_bytes())
        self.launch.opened.unlink()
        self.launch.opened.symlink_to(opened)


@dataclass(eq=False)
class Heads:
    """The heads of a run's files."""

    _heads: dict[str, Head] = field(default_factory=dict)  # by file
    _begun: int = 0
    _stood: dict[str, int] = field(default_factory=dict)
    _dropped: list[Head] = field(default_factory=list)

    def stands(self, stand_in: Path) -> None:
        """From now on it may be loaded."""
        self._stood.setdefault(_absolute(stand_in), len(self._stood))

    async def begin(self, file: str, text: bytes, launch: Launch) -> None:
        """Has a process execute the head of a file, if it has one. `launch`: how it is started."""
        self._begun += 1
        opened = launch.folder / f"{self._begun}.opened"
        opened.touch()
        begun: asyncio.Future[CoqProcess | None] = asyncio.get_running_loop().create_future()
        launch = replace(launch, opened=opened)
        head = Head(text, launch, time.time_ns(), len(self._stood), begun)
        self._heads[file] = head
        process = None
        try:
            process = await _executed(head)
        finally:
            begun.set_result(process)

    async def take(self, file: str, text: bytes, opened: Path) -> CoqProcess | None:
        """A process that has executed what this text begins with, if there is one.

        `opened`: where the files are listed that it has read, and reads from now on.
        """
        head = self._heads.get(file)
        process = await asyncio.shield(head.process) if head else None
        if head is None or self._heads.pop(file, None) is not head or process is None:
            return None  # it was not begun, or dropped meanwhile, or has ended
        if is_begun_by(text, head.text) and head.holds(self._stood, process.plugins()):
            head.list_in(opened)
            return process
        await process.end()
        return None

    def __len__(self) -> int:
        """How many were begun, and not taken."""
        return len(self._heads)

    @property
    def waiting(self) -> list[CoqProcess]:
        """The processes that have executed a head."""
        begun = (head.process for head in self._heads.values() if head.process.done())
        return [process for future in begun if (process := future.result())]

    def drop(self, files: Container[str]) -> None:
        """Nobody will take those of these files."""
        for file in [file for file in self._heads if file in files]:
            head = self._heads.pop(file)
            self._dropped.append(head)
            if head.process.done() and (process := head.process.result()):
                process.kill()

    async def end(self) -> None:
        """None is left."""
        self.drop(dict(self._heads))
        while self._dropped:
            if process := await asyncio.shield(self._dropped.pop().process):
                await process.end()


def is_begun_by(text: bytes, head: bytes) -> bool:
    """Whether a process that has executed the head can be fed this next, without it."""
    return text.startswith(head) and len(head) < min(len(text), MOST_BYTES)


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100


async def _executed(head: Head) -> CoqProcess | None:
    try:
        process = await CoqProcess.start(head.launch)
    except (DriverError, OSError):
        return None
    if isinstance(process, Ending):
        return None
    is_executed = False
    try:
        is_executed = not head.text or await process.execute_ahead(head.text)
    finally:
        if not is_executed:
            await process.end()
    return process if is_executed else None
