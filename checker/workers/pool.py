"""Workers that carry out a plan, and take over from each other when it turns out wrong."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from checker.report.events import Tell, WorkerBusy, WorkerIdle
from checker.workers.tokens import Tokens

T = TypeVar("T")


@dataclass(frozen=True)
class Job(Generic[T]):
    """Something that one worker does without a break."""

    label: str
    seconds: float  # predicted
    work: T


async def carry_out(
    plan: Sequence[Sequence[Job[T]]],
    tokens: Tokens,
    tell: Tell,
    do: Callable[[T], Awaitable[None]],
) -> None:
    """Do all jobs, those of `plan[i]` on worker i in their order, each under a token.

    Times are predictions: a worker with nothing left takes the longest job not yet begun from
    the worker that has most left. Returns when all jobs are done.
    """
    queues = [deque(jobs) for jobs in plan]

    async def work(worker: int) -> None:
        while job := _next(queues, worker):
            await tokens.take()
            tell(WorkerBusy(worker, job.label))
            try:
                await do(job.work)
            finally:
                tokens.give()
                tell(WorkerIdle(worker))

    async with asyncio.TaskGroup() as group:
        for worker in range(len(plan)):
            group.create_task(work(worker))


def _next(queues: Sequence[deque[Job[T]]], worker: int) -> Job[T] | None:
    if queues[worker]:
        return queues[worker].popleft()
    fullest = max(queues, key=lambda queue: sum(job.seconds for job in queue))
    if not fullest:
        return None
    longest = max(fullest, key=lambda job: job.seconds)
    fullest.remove(longest)
    return longest
