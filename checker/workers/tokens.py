"""The right to run one more worker: who grants it, and how it is given back.

The driver takes a token before it starts a worker and gives it back when the worker has ended. Who
grants tokens (J alone, a work manager, GNU make) is decided once, by `tokens_for`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol, Self

from checker.report.work import Work, Worked
from checker.workers.manager.address import find_address
from checker.workers.manager.client import ManagerTokens, ping
from checker.workers.manager.gate import Gate
from checker.workers.manager.jobserver import JobserverTokens, NoJobserver, find_jobserver
from checker.workers.manager.limit import Limit

LEAST_WAIT = 0.01  # seconds, for a wait to be told of

Warn = Callable[[str], None]


class Tokens(Protocol):
    """A pool of tokens; a worker runs only while it holds one."""

    async def take(self) -> None:
        """Wait until one more worker may run. Cancelling the wait loses no token."""

    def give(self) -> None:
        """Give one token back: a worker has ended."""


class Together:
    """Several pools as one: a token of each is needed.

    All processes take them in the same order, so that no two wait for each other.
    """

    def __init__(self, pools: Sequence[Tokens]) -> None:
        self._pools = pools

    async def take(self) -> None:
        """Wait for a token of each pool, one after the other."""
        taken: list[Tokens] = []
        try:
            for pool in self._pools:
                await pool.take()
                taken.append(pool)
        except BaseException:
            _give(taken)
            raise

    def give(self) -> None:
        """Give a token back to each pool."""
        _give(self._pools)


class Watched:
    """A pool that tells of waits: somebody else had the token."""

    def __init__(self, pool: Tokens, tell: Callable[[Worked], None]) -> None:
        self._pool = pool
        self._tell = tell

    async def take(self) -> None:
        """Wait for a token of the pool."""
        begun = time.monotonic()
        try:
            await self._pool.take()
        finally:
            ended = time.monotonic()
            if ended - begun >= LEAST_WAIT:
                self._tell(Worked(Work.TOKEN, None, "", "", begun, ended))

    def give(self) -> None:
        """Give one back to the pool."""
        self._pool.give()


class Lease:
    """Tokens of a pool, as long as a work lasts that may be broken off anywhere.

    >>> async def broken_off(pool: Tokens) -> None:
    ...     with Lease(pool) as tokens:
    ...         await tokens.take()
    """

    def __init__(self, pool: Tokens) -> None:
        self._pool = pool
        self._taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What is still held is given back."""
        while self._taken:
            self.give()

    async def take(self) -> None:
        """Wait for a token of the pool."""
        await self._pool.take()
        self._taken += 1

    def give(self) -> None:
        """Give one back, if one is held."""
        if self._taken:
            self._taken -= 1
            self._pool.give()


async def take_while(tokens: Tokens, wanted: Callable[[], bool], interval: float) -> bool:
    """Take a token unless it is no longer wanted before it comes; whether one was taken.

    `wanted` is asked every `interval` seconds. Without this, a run with nothing left to do would
    wait until other programs have spared it one more token.
    """
    taking = asyncio.ensure_future(tokens.take())
    try:
        while wanted():
            await asyncio.wait([taking], timeout=interval)
            if taking.done():
                taking.result()
                return True
        return False
    except asyncio.CancelledError:
        if taking.done() and not taking.cancelled() and not taking.exception():
            tokens.give()
        raise
    finally:
        if taking.cancel():
            await asyncio.wait([taking])


def _give(pools: Sequence[Tokens]) -> None:
    for pool in reversed(pools):
        pool.give()


def _say_nothing(_: str) -> None:
    """The default of `warn`."""


@asynccontextmanager
async def tokens_for(
    workers: int,
    environ: Mapping[str, str],
    load: float | None = None,
    memory: int | None = None,
    warn: Warn = _say_nothing,
) -> AsyncIterator[Tokens]:
    """The tokens of one run: at most `workers` at once, and no more than others let us have.

    `load` is a load average and `memory` a number of bytes in use on the machine: past them no
    further worker starts, but one may always run. On leaving, whatever is still held is given
    back: the caller ends its workers first, and turns SIGINT, SIGTERM and SIGHUP into a
    cancellation, so that they leave this way too. The environment of a worker must not name the
    work manager (`makegen.coq.toolchain.without_manager`), else coqc takes a second token itself.

    `warn` hears of a work manager or jobserver that cannot be used. Raises UserError when a
    variable that names a work manager is malformed.
    """
    async with AsyncExitStack() as stack:
        pools: list[Tokens] = [Limit(workers)]
        if load is not None or memory is not None:
            pools.append(Gate(load, memory))
        # One worker runs in the place that make has set aside for us.
        if workers > 1 and (jobserver := _jobserver(environ, stack, warn)):
            pools.append(jobserver)
        if manager := await _manager(environ, stack, warn):
            pools.append(manager)
        yield Together(pools)


def _jobserver(environ: Mapping[str, str], stack: AsyncExitStack, warn: Warn) -> Tokens | None:
    """GNU make's tokens under make -jN; a single one where they are out of reach, as make does."""
    try:
        if not (jobserver := find_jobserver(environ)):
            return None
        tokens = JobserverTokens(jobserver)
    except NoJobserver as error:
        warn(f"make's jobserver cannot be used, so one worker runs at a time: {error}")
        return Limit(1)
    stack.callback(tokens.close)
    return tokens


async def _manager(environ: Mapping[str, str], stack: AsyncExitStack, warn: Warn) -> Tokens | None:
    """The work manager's tokens; none where the one that is named is gone, as for Coq itself."""
    if not (address := find_address(environ)):
        return None
    try:
        if not await ping(address):
            raise ConnectionError("no answer")
        tokens = await ManagerTokens.connect(address, warn)
    except OSError as error:
        warn(f"no work manager at {address} ({error}), so J alone limits the workers")
        return None
    stack.callback(tokens.close)
    return tokens
