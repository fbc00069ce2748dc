"""Tokens from a work manager: ours, and Coq's own, are used the same way."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from checker.workers.manager.address import find_address
from checker.workers.manager.client import ping
from checker.workers.tokens import Tokens, tokens_for
from makegen.base.errors import UserError
from tests.helpers import Coq
from tests.managers import OURS, Manager, Session, eventually, manager


@pytest.fixture(params=[OURS, ("coqworkmgr",)], ids=["ours", "Coq's"])
def two_tokens(coq: Coq, request: pytest.FixtureRequest) -> Iterator[Manager]:
    """Each work manager, with two tokens."""
    with manager(coq, 2, request.param) as running:
        yield running


def use(manager: Manager, scenario: Callable[[Tokens, list[str]], Awaitable[None]]) -> list[str]:
    """Runs the scenario with a J of 10; the warnings."""
    warnings: list[str] = []

    async def run() -> None:
        async with asyncio.timeout(60), tokens_for(10, manager.environ, warn=warnings.append) as it:
            await scenario(it, warnings)

    asyncio.run(run())
    return warnings


def test_the_manager_limits_the_workers(two_tokens: Manager) -> None:
    async def scenario(tokens: Tokens, _: list[str]) -> None:
        await tokens.take()
        await tokens.take()
        third = asyncio.ensure_future(tokens.take())
        assert not await _done(third)
        tokens.give()
        await third

    assert use(two_tokens, scenario) == []
    assert eventually(lambda: two_tokens.out() == 0)


def test_two_runs_share_one_pool(two_tokens: Manager) -> None:
    async def scenario(tokens: Tokens, _warnings: list[str]) -> None:
        async with tokens_for(10, two_tokens.environ) as others:
            await tokens.take()
            await others.take()
            waiting = [asyncio.ensure_future(pool.take()) for pool in (tokens, others)]
            assert not await _done(waiting[0])
            tokens.give()
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0.3)
            assert [future.done() for future in waiting].count(True) == len(done) == 1
            others.give()
            await asyncio.wait(waiting)

    use(two_tokens, scenario)


@pytest.mark.parametrize("priority", ["HIGH", "LOW"])
def test_an_interactive_session_goes_first(two_tokens: Manager, priority: str) -> None:
    """coqidetop says LOW, or HIGH where its user asks for it; it comes later here, and waits."""

    async def scenario(tokens: Tokens, _: list[str]) -> None:
        await tokens.take()
        await tokens.take()
        batch = asyncio.ensure_future(tokens.take())
        assert not await _done(batch)
        with Session(two_tokens.port, f"HELLO {priority}", "GET 1") as interactive:
            assert interactive.is_silent()
            tokens.give()
            assert interactive.line() == "TOKENS 1"
            assert not await _done(batch)
        await batch  # when the interactive session has ended

    use(two_tokens, scenario)


def test_who_yields_too_long_queues_up(
    two_tokens: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.workers.manager.client.YIELD", 0.2)

    async def scenario(tokens: Tokens, _: list[str]) -> None:
        await tokens.take()
        await tokens.take()
        batch = asyncio.ensure_future(tokens.take())
        assert not await _done(batch, 1)
        with Session(two_tokens.port, "HELLO LOW", "GET 1") as later:
            assert later.is_silent()
            tokens.give()
            await batch
            assert later.is_silent()
            batch = asyncio.ensure_future(tokens.take())
            assert not await _done(batch, 1)
            batch.cancel()
            await asyncio.wait([batch])
            tokens.give()
            assert later.line() == "TOKENS 1"
        tokens.give()  # what the cancelled take() still gets goes back
        assert await asyncio.to_thread(eventually, lambda: two_tokens.out() == 0)
        await tokens.take()
        await tokens.take()

    use(two_tokens, scenario)


def test_a_cancelled_wait_loses_no_token(two_tokens: Manager) -> None:
    async def scenario(tokens: Tokens, _: list[str]) -> None:
        await tokens.take()
        await tokens.take()
        for _again in range(3):
            waiting = asyncio.ensure_future(tokens.take())
            assert not await _done(waiting)
            waiting.cancel()
            await asyncio.wait([waiting])
        tokens.give()
        tokens.give()
        await tokens.take()
        await tokens.take()

    use(two_tokens, scenario)
    assert eventually(lambda: two_tokens.out() == 0)


def test_a_grant_that_comes_after_the_wait_was_cancelled_goes_back(two_tokens: Manager) -> None:
    async def scenario(tokens: Tokens, _: list[str]) -> None:
        await tokens.take()
        await tokens.take()
        waiting = asyncio.ensure_future(tokens.take())
        assert not await _done(waiting)
        waiting.cancel()
        await asyncio.wait([waiting])
        tokens.give()
        tokens.give()
        assert await asyncio.to_thread(eventually, lambda: two_tokens.out() == 0)

    use(two_tokens, scenario)


def test_an_exception_gives_everything_back(two_tokens: Manager) -> None:
    async def scenario(tokens: Tokens, _: list[str]) -> None:
        await tokens.take()
        await tokens.take()
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError):
        use(two_tokens, scenario)
    assert eventually(lambda: two_tokens.out() == 0)


def test_when_the_manager_dies_the_run_goes_on_with_j_alone(two_tokens: Manager) -> None:
    async def scenario(tokens: Tokens, warnings: list[str]) -> None:
        await tokens.take()
        await tokens.take()
        waiting = asyncio.ensure_future(tokens.take())
        assert not await _done(waiting)
        two_tokens.process.kill()
        await waiting
        assert len(warnings) == 1
        for _ in range(7):
            await tokens.take()
        eleventh = asyncio.ensure_future(tokens.take())
        assert not await _done(eleventh)
        tokens.give()
        await eleventh

    [warning] = use(two_tokens, scenario)
    assert warning.startswith("the work manager is gone (")


def test_a_manager_that_is_gone_is_named_and_j_holds() -> None:
    warnings: list[str] = []

    async def run() -> None:
        environ = {"COQWORKMGR_SOCK": "127.0.0.1:1"}
        async with tokens_for(1, environ, warn=warnings.append) as tokens:
            await tokens.take()
            assert not await _done(asyncio.ensure_future(tokens.take()))

    asyncio.run(run())
    assert warnings == ["no work manager at 127.0.0.1:1 (no answer), so J alone limits the workers"]


def test_something_else_that_listens_there_is_no_work_manager() -> None:
    async def run() -> object:
        async def chatter(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example ESMTP\r\n" * 10_000)
            writer.close()

        async with await asyncio.start_server(chatter, "127.0.0.1") as server:
            host, port = server.sockets[0].getsockname()
            address = find_address({"COQWORKMGR_SOCK": f"{host}:{port}"})
            assert address
            return await ping(address)

    assert asyncio.run(run()) is None


def test_a_malformed_variable_is_an_error_of_the_user() -> None:
    with pytest.raises(UserError, match="COQWORKMGR_SOCKET=4711: not HOST:PORT; unset"):
        find_address({"COQWORKMGR_SOCKET": "4711"})


def test_rocqs_name_goes_before_coqs_and_an_empty_one_counts_as_none() -> None:
    environ = {"ROCQWORKMGR_SOCK": "127.0.0.1:1", "COQWORKMGR_SOCK": "127.0.0.1:2"}
    assert str(find_address(environ)) == "127.0.0.1:1"
    assert str(find_address({**environ, "ROCQWORKMGR_SOCK": ""})) == "127.0.0.1:2"
    assert find_address({}) is None


async def _done(future: asyncio.Future[None], seconds: float = 0.2) -> bool:
    """Whether it is done after a moment."""
    await asyncio.wait([future], timeout=seconds)
    return future.done()
