"""Workers that make files in dependency order, the longest remaining path first."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from checker.report.events import WorkerBusy, WorkerIdle
from checker.run.run import Run
from makegen.base import graph as order

Make = Callable[[str], Awaitable[bool]]  # makes one file; whether it is good


async def build(
    run: Run, needs: order.Needs, seconds: Mapping[str, float], make: Make
) -> dict[str, str]:
    """Make all files of `needs`, each once all that it needs are good, at most J at once.

    Returns the files that were not tried, each with the wrong file that it needs.
    """
    queue = order.Ready(needs, order.remaining(needs, seconds))
    changed = asyncio.Condition()

    async def work(worker: int) -> None:
        while True:
            async with changed:
                await changed.wait_for(lambda: queue.has_ready or queue.is_done)
                if not queue.has_ready:
                    return
                file = queue.take()
            await run.tokens.take()
            run.tell(WorkerBusy(worker, file))
            try:
                good = await make(file)
            finally:
                run.tokens.give()
                run.tell(WorkerIdle(worker))
            async with changed:
                queue.end(file, good=good)
                changed.notify_all()

    async with asyncio.TaskGroup() as group:
        for worker in range(min(run.workers, len(needs))):
            group.create_task(work(worker))
    return queue.skipped
