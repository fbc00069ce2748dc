"""When the processes of a run use more memory than they may, some of them go."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from checker.engines.snapshot import copies
from checker.engines.snapshot.coqc.heads import Heads
from checker.engines.snapshot.coqc.memory import Memory, describe
from checker.engines.snapshot.queue import Queue
from checker.engines.snapshot.worker import Worker
from checker.report.events import MemoryUsed, Note, Tell

LOOK_EVERY = 1.0  # seconds
MOST_SHARE = 0.05  # of the time, that looking may take: the kernel is slow at it


@dataclass(frozen=True)
class Guard:
    """Looks at the memory of a run's workers, and of the copies that wait for one."""

    memory: Memory
    at_work: list[Worker]
    queue: Queue
    heads: Heads
    put_back: Callable[[Worker], Awaitable[None]]  # has the work of a copy done later
    tell: Tell

    @contextlib.asynccontextmanager
    async def watching(self, group: asyncio.TaskGroup) -> AsyncIterator[None]:
        """While this lasts."""
        task = group.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()

    async def _watch(self) -> None:
        took = 0.0
        while True:
            await asyncio.sleep(max(LOOK_EVERY, took / MOST_SHARE))
            begun = time.monotonic()
            workers = [*self.at_work, *self.queue.copies]
            processes = [p for w in workers for p in (w.process, *copies.kept(w))]
            pids = [process.pid for process in (*processes, *self.heads.waiting)]
            used = self.memory.look(pids, len(workers))
            took = time.monotonic() - begun
            self.tell(MemoryUsed(used))
            if used > self.memory.most:
                await self._make_room(used)

    async def _make_room(self, used: int) -> None:
        """What can be had again goes first: heads, then copies that wait, spares, a worker."""
        if self.heads.waiting:
            await self.heads.end()
        elif self.queue.copies:
            await self.put_back(self.queue.copies.pop())
        elif worker := next((worker for worker in self.at_work if worker.spare), None):
            await copies.set_spare(worker, None)
        elif len(self.at_work) > 1:
            self.tell(Note(f"fewer workers: {describe(used)} in use"))
            self.memory.limit_crowd(len(self.at_work) - 1)
            self.at_work[-1].evicted = True
            self.at_work[-1].process.kill()
