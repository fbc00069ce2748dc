"""J limits the workers of one run."""

import asyncio

import pytest

from checker.workers.manager.limit import Limit
from checker.workers.tokens import tokens_for


def test_no_more_tokens_are_out_than_j() -> None:
    async def scenario() -> list[bool]:
        async with tokens_for(2, environ={}) as tokens:
            await tokens.take()
            await tokens.take()
            third = asyncio.ensure_future(tokens.take())
            await asyncio.sleep(0)
            seen = [third.done()]
            tokens.give()
            await third
            return [*seen, third.done()]

    assert asyncio.run(scenario()) == [False, True]


def test_a_cancelled_wait_loses_no_token() -> None:
    async def scenario() -> None:
        limit = Limit(1)
        await limit.take()
        waiting = asyncio.ensure_future(limit.take())
        await asyncio.sleep(0)
        limit.give()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        if not waiting.cancelled():
            limit.give()
        await asyncio.wait_for(limit.take(), 5)

    asyncio.run(scenario())


def test_giving_back_more_than_was_taken_is_a_defect() -> None:
    async def scenario() -> None:
        Limit(1).give()

    with pytest.raises(ValueError, match="released too many"):
        asyncio.run(scenario())


def test_a_limit_below_one_worker_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        Limit(0)
