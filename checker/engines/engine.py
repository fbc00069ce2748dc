"""What an engine is, and how one that tells what it finds becomes one that yields it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace

from checker.report.events import Event
from checker.run.run import Run
from checker.schedule.schedule import Batch
from makegen.coq.toolchain import Toolchain

Findings = Callable[[Run], AsyncGenerator[Event]]


@dataclass(frozen=True)
class Engine:
    """A way to get verdicts."""

    name: str
    check: Findings  # on every proof of the files
    complete: Findings  # on every file, each of which gets its .vo
    batches: Callable[[Run], Awaitable[list[Batch]]]  # what check would schedule
    why_not: Callable[[Toolchain], str | None]  # one line where it cannot work; None: it can
    keeps_verdicts: bool = False  # it tells of each proof where it stands, for the ledger
    checks_against_vos: bool = True  # a good file can be marked by its .vok
    stops_proofs: bool = False  # it can stop a single proof, at --proof-timeout


def findings(work: Callable[[Run], Awaitable[None]]) -> Findings:
    """What the work tells, as it comes; its errors are raised when all of that was taken.

    Whoever stops taking ends the work.
    """

    async def run_it(run: Run) -> AsyncGenerator[Event]:
        found = asyncio.Queue[Event | None]()
        task = asyncio.ensure_future(work(replace(run, tell=found.put_nowait)))
        task.add_done_callback(lambda _: found.put_nowait(None))
        try:
            while (event := await found.get()) is not None:
                yield event
            await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task])

    return run_it
