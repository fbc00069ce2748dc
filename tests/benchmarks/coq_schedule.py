"""Coq's own schedule of .vio checking, as `coqc -schedule-vio-checking` makes it.

As in Coq 8.16's stm/vio_checking.ml: files are sorted by their recorded time, longest first. A
worker that is free gets the next whole file while at least as many files are left as workers are
free; after that it gets tasks of the first files, in their order, until they fill its share of the
time that is left, and a minute at most. The time to load a file plays no part in it.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from checker.schedule.schedule import Batch, Task

LONGEST_SHARE = 60.0  # seconds
SHORTEST_TASK = 0.0001  # seconds; what Coq takes for a task without a record


@dataclass(frozen=True)
class Todo:
    """What is left of a file."""

    load: float
    tasks: tuple[Task, ...]

    @property
    def seconds(self) -> float:
        return sum(max(task.seconds, SHORTEST_TASK) for task in self.tasks)


def coq_makespan(batches: Sequence[Batch], workers: int, start: float) -> float:
    """When the last worker ends, by these times.

    `start` is that part of each batch's loading time that starts the process: one process takes
    all that a worker is given at once, and starts once for it.
    """
    todo = [Todo(batch.load - start, batch.tasks) for batch in reversed(batches) if batch.tasks]
    todo.sort(key=lambda t: -t.seconds)
    left = sum(t.seconds for t in todo)
    running: list[float] = []
    now = 0.0
    while todo or running:
        while todo and len(running) < workers:
            job, todo = next_job(todo, workers - len(running), left)
            left -= sum(part.seconds for part in job)
            loads = {part.tasks[0].file: part.load for part in job}
            work = sum(task.seconds for part in job for task in part.tasks)
            heapq.heappush(running, now + start + sum(loads.values()) + work)
        now = heapq.heappop(running)
    return now


def next_job(todo: list[Todo], free: int, left: float) -> tuple[list[Todo], list[Todo]]:
    """What a free worker is given, and what remains; `left` is the time of all that was left."""
    if len(todo) >= free:
        return todo[:1], todo[1:]
    job: list[Todo] = []
    share = min(LONGEST_SHARE, left / free)
    while todo and sum(part.seconds for part in job) < share:
        first = todo[0]
        job.append(Todo(first.load, first.tasks[:1]))
        rest = Todo(first.load, first.tasks[1:])
        todo = [rest, *todo[1:]] if rest.tasks else todo[1:]
    return (job, todo) if job else (todo[:1], todo[1:])
