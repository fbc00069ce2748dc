"""The client's line to a dask scheduler and its workers; the only module that imports dask.

Whoever may talk to a dask scheduler can have its workers run any code (docs/cluster.md). So without
TLS only schedulers on this machine are talked to, unless the user says that he trusts the network.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from makegen.base.errors import MachineError, UserError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
CONNECT_SECONDS = 10.0
CALL_SECONDS = 30.0
_LOCAL = re.compile(r"local:(\d{1,3})")
_MISSING = "the extra is not installed: pip install 'proof-makefile[cluster]'"

Hear = Callable[[str, bytes], None]  # a host's address, what it tells


class HostGoneError(Exception):
    """A host does not answer, or cannot do what it is to do."""


class Link:
    """A connection that is open."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def hosts(self) -> frozenset[str]:
        """The addresses of the workers that are there; MachineError where the scheduler is gone."""
        try:
            async with asyncio.timeout(CALL_SECONDS):
                found = await self._client.scheduler.identity()
        except (OSError, TimeoutError) as error:
            raise MachineError("the dask scheduler is gone; what was found is kept") from error
        return frozenset(found["workers"])

    async def call(self, host: str, function: Callable[..., Any], *words: object) -> Any:
        """Have a host run a function at once, and wait for its answer.

        Raises HostGoneError.
        """
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return (await self._client.run(function, *words, workers=[host]))[host]
        except Exception as error:
            raise HostGoneError(_words(error)) from error

    async def make(
        self, host: str, label: str, function: Callable[..., Any], *words: object
    ) -> Any:
        """Have a host do something as a task, which dask shows, and wait until that is done.

        Raises HostGoneError.
        """
        place = {"workers": [host], "allow_other_workers": False, "retries": 0}
        try:
            future = self._client.submit(function, *words, key=label, pure=False, **place)
            try:
                return await future
            finally:
                future.release()
        except Exception as error:
            raise HostGoneError(_words(error)) from error

    async def tell_all(self, hosts: Iterable[str], function: Callable[..., Any], word: str) -> None:
        """Have hosts run a function, and do not mind those that do not answer for a while."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CALL_SECONDS / 10):
                await self._client.run(function, word, workers=list(hosts), on_error="ignore")

    @contextlib.contextmanager
    def hearing(self, topic: str, session: str, hear: Hear) -> Iterator[None]:
        """While this lasts, what hosts tell of a session on a topic is heard."""

        def heard(event: tuple[float, tuple[str, str, bytes]]) -> None:
            about, address, news = event[1]
            if about == session:
                hear(address, news)

        self._client.subscribe_topic(topic, heard)
        try:
            yield
        finally:
            with contextlib.suppress(Exception):
                self._client.unsubscribe_topic(topic)


@contextlib.asynccontextmanager
async def connected(address: str, *, is_trusted: bool = False) -> AsyncIterator[Link]:
    """A connection to the scheduler at an address, or to one that is begun here (`local:N`).

    `is_trusted`: also over a network without TLS. Raises UserError for an address that is none,
    MachineError where nobody answers.
    """
    try:
        dask, distributed = map(import_module, ("dask", "distributed"))  # slow, and an extra
    except ImportError as error:
        raise UserError(f"--cluster: {_MISSING} ({error})") from error
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distr")]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what matters, we say ourselves
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "10GB"})
    async with contextlib.AsyncExitStack() as stack:
        local = _LOCAL.fullmatch(address)
        if not local:
            _refuse(address, is_trusted=is_trusted)
        try:
            if local:
                target: Any = await stack.enter_async_context(_local(distributed, int(local[1])))
                security = target.security
            else:
                target, security = address, distributed.Security()
            client = distributed.Client(
                target, asynchronous=True, security=security, timeout=CONNECT_SECONDS, name="check"
            )
            await stack.enter_async_context(client)
        except ImportError as error:
            raise UserError(f"--cluster: {_MISSING} ({error})") from error
        except (OSError, TimeoutError, TypeError, ValueError, RuntimeError) as error:
            raise MachineError(
                f"--cluster {address}: no dask scheduler answers: {error}"
            ) from error
        yield Link(client)


def _words(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(error).strip() or "no answer").splitlines()[0]


def _local(distributed: Any, cores: int) -> Any:
    """A scheduler and one worker on this machine; others on it cannot talk to them."""
    return distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=max(1, cores),
        protocol="tls://",
        security=distributed.Security.temporary(),
        dashboard_address=":0",
        asynchronous=True,
        silence_logs=logging.CRITICAL,
    )


def _refuse(address: str, *, is_trusted: bool) -> None:
    """Raises UserError where the address is none, or not safe."""
    try:
        parts = urlsplit(address)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in ("tcp", "tls") or not host or not port:
        raise UserError(f"--cluster {address}: give tcp://HOST:PORT, tls://HOST:PORT or local:N")
    if scheme == "tcp" and host not in LOOPBACK and not is_trusted:
        raise UserError(
            f"--cluster {address}: without TLS, whoever reaches the scheduler has its workers run "
            "any code; use tls:// (docs/cluster.md), or say --cluster-plain for a network you trust"
        )
