"""Workers carry out a plan, and take over where it turns out wrong."""

import asyncio

import pytest

from checker.report.events import Event, WorkerBusy
from checker.workers.manager.limit import Limit
from checker.workers.pool import Job, carry_out


def run_plan(plan: list[list[Job[float]]], tokens: int) -> tuple[list[Event], int]:
    """Carry the plan out, each job sleeping its seconds; the events, and the most at once."""
    events: list[Event] = []
    running, most = 0, 0

    async def do(seconds: float) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(seconds)
        running -= 1

    asyncio.run(carry_out(plan, Limit(tokens), events.append, do))
    return events, most


def labels(events: list[Event], worker: int) -> list[str]:
    return [e.label for e in events if isinstance(e, WorkerBusy) and e.worker == worker]


def test_each_worker_does_its_own_jobs_in_their_order() -> None:
    plan = [[Job("a", 1, 0.01), Job("b", 1, 0.01)], [Job("c", 1, 0.01), Job("d", 1, 0.01)]]
    events, _ = run_plan(plan, 2)
    assert labels(events, 0) == ["a", "b"]
    assert labels(events, 1) == ["c", "d"]


def test_an_idle_worker_takes_the_longest_job_of_the_one_with_most_left() -> None:
    plan: list[list[Job[float]]]
    plan = [[Job("slow", 1, 0.2), Job("short", 1, 0.0), Job("long", 2, 0.0)], [Job("quick", 1, 0)]]
    events, _ = run_plan(plan, 2)
    assert labels(events, 1) == ["quick", "long", "short"]


def test_no_more_jobs_run_than_there_are_tokens() -> None:
    plan = [[Job("job", 1, 0.01) for _ in range(3)] for _ in range(4)]
    _, most = run_plan(plan, 2)
    assert most == 2


def test_a_failing_job_ends_the_run_and_gives_its_token_back() -> None:
    tokens = Limit(1)

    async def fail(_: int) -> None:
        raise ValueError("no")

    async def main() -> None:
        with pytest.raises(ExceptionGroup):
            await carry_out([[Job("job", 1, 0)]], tokens, lambda _: None, fail)
        await asyncio.wait_for(tokens.take(), 1)

    asyncio.run(main())
