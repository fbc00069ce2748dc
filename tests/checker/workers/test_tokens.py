"""Pools of tokens together, and waits for them that end when nothing is to be done any more."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from checker.report.work import Work, Worked
from checker.workers.manager.limit import Limit
from checker.workers.tokens import LEAST_WAIT, Together, Watched, take_while


class Recorder:
    """A pool that never refuses, and tells what is taken and given."""

    def __init__(self, name: str, told: list[str]) -> None:
        self._name = name
        self._told = told

    async def take(self) -> None:
        self._told.append(f"take {self._name}")

    def give(self) -> None:
        self._told.append(f"give {self._name}")


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def within_a_minute() -> None:
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(within_a_minute())


def test_a_wait_for_a_token_that_somebody_else_has_is_told() -> None:
    told: list[Worked] = []

    async def scenario() -> None:
        pool = Limit(1)
        watched = Watched(pool, told.append)
        await watched.take()
        told.clear()  # on a busy machine, that may have taken a while
        asyncio.get_running_loop().call_later(2 * LEAST_WAIT, pool.give)
        await watched.take()

    run(scenario)
    (wait,) = told
    assert (wait.work, wait.worker) == (Work.TOKEN, None)
    assert wait.seconds >= LEAST_WAIT


def test_a_token_of_each_pool_is_taken_in_one_order_and_given_in_the_other() -> None:
    told: list[str] = []

    async def scenario() -> None:
        both = Together([Recorder("a", told), Recorder("b", told)])
        await both.take()
        both.give()

    run(scenario)
    assert told == ["take a", "take b", "give b", "give a"]


def test_a_cancelled_wait_for_one_pool_gives_back_the_tokens_of_the_others() -> None:
    told: list[str] = []

    async def scenario() -> None:
        empty = Limit(1)
        await empty.take()
        waiting = asyncio.ensure_future(Together([Recorder("a", told), empty]).take())
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])

    run(scenario)
    assert told == ["take a", "give a"]


def test_take_while_takes_a_token_that_comes_in_time() -> None:
    async def scenario() -> None:
        limit = Limit(1)
        assert await take_while(limit, lambda: True, 0.01)
        asyncio.get_running_loop().call_later(0.1, limit.give)
        assert await take_while(limit, lambda: True, 0.01)

    run(scenario)


def test_take_while_ends_when_none_is_wanted_any_more_and_takes_none() -> None:
    async def scenario() -> None:
        limit = Limit(1)
        await limit.take()
        wanted = [True]
        asyncio.get_running_loop().call_later(0.1, wanted.clear)
        assert not await take_while(limit, lambda: bool(wanted), 0.01)
        limit.give()
        await limit.take()

    run(scenario)


@pytest.mark.parametrize("is_granted", [False, True])
def test_take_while_that_is_cancelled_loses_no_token(is_granted: bool) -> None:
    async def scenario() -> None:
        limit = Limit(1)
        await limit.take()
        waiting = asyncio.ensure_future(take_while(limit, lambda: True, 10))
        await asyncio.sleep(0.01)
        if is_granted:
            limit.give()
            await asyncio.sleep(0)  # the token is taken, and take_while has not heard of it
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        if not is_granted:
            limit.give()
        await limit.take()

    run(scenario)
