"""The right to run one more worker: who grants it, and how it is given back.

The driver takes a token before it starts a worker and gives it back when the worker has ended. Who
grants tokens (J alone, a work manager, GNU make) is decided once, by `tokens_for`.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

from checker.workmgr.limit import Limit

# What a Coq process reads to find a work manager: Rocq 9 the first, else the second; the third is
# what the manual writes.
MANAGER_VARIABLES = ("ROCQWORKMGR_SOCK", "COQWORKMGR_SOCK", "COQWORKMGR_SOCKET")


class Tokens(Protocol):
    """A pool of tokens; a worker runs only while it holds one."""

    async def take(self) -> None:
        """Wait until one more worker may run. Cancelling the wait loses no token."""

    def give(self) -> None:
        """Give one token back: a worker has ended."""


def worker_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a coqc that runs under a token of ours.

    coqc asks a work manager for a token of its own (`compile` in Coq's toplevel/ccompile.ml): it
    must not find one, else every worker would count twice, and wait for ever where one is allowed.
    """
    return {name: value for name, value in environ.items() if name not in MANAGER_VARIABLES}


def _say_nothing(_: str) -> None:
    """The default of `warn`."""


@asynccontextmanager
async def tokens_for(
    workers: int,
    environ: Mapping[str, str],
    load: float | None = None,
    memory: int | None = None,
    warn: Callable[[str], None] = _say_nothing,
) -> AsyncIterator[Tokens]:
    """The tokens of one run: at most `workers` at once, and no more than others let us have.

    `load` is a load average and `memory` a number of bytes in use on the machine: past them no
    further worker starts, but one may always run. On leaving, whatever is still held is given
    back: the caller ends its workers first, and turns SIGINT, SIGTERM and SIGHUP into a
    cancellation, so that they leave this way too.

    Raises UserError when a variable that names a work manager is malformed.
    """
    del environ, load, memory, warn
    yield Limit(workers)
