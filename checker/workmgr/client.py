"""A session with a work manager: ours, or Coq's own coqworkmgr."""

import asyncio
from collections.abc import Callable

from checker.workmgr.address import Address
from checker.workmgr.protocol import (
    Get,
    GiveBack,
    Hello,
    Lines,
    Ping,
    Pong,
    Priority,
    ProtocolError,
    Response,
    Tokens,
    encode,
    parse_response,
)
from checker.workmgr.waiters import Waiters

PATIENCE = 2.0  # seconds that a work manager has to connect, and to answer PING

Warn = Callable[[str], None]


async def ping(address: Address) -> Pong | None:
    """How things stand with the work manager at an address; None when none answers there."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(address.host, address.port)
            try:
                writer.write(encode(Hello(Priority.LOW)) + encode(Ping()))
                response = parse_response((await reader.readline()).rstrip(b"\n"))
            finally:
                writer.close()
    except (OSError, ValueError, ProtocolError):  # TimeoutError is an OSError
        return None
    return response if isinstance(response, Pong) else None


class ManagerTokens(asyncio.Protocol):
    """Tokens of a work manager, asked for one by one, with the priority of a batch.

    When the manager is gone, there is no limit from here on, as for Coq's own processes.
    """

    def __init__(self, warn: Warn) -> None:
        self._warn = warn
        self._lines = Lines()
        self._transport: asyncio.Transport | None = None  # None when the manager is gone
        self._asked = 0  # GETs without an answer
        self._waiters = Waiters(self.give)

    @classmethod
    async def connect(cls, address: Address, warn: Warn) -> "ManagerTokens":
        """A session with the work manager at an address. Raises OSError when there is none."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            _, session = await loop.create_connection(lambda: cls(warn), address.host, address.port)
        return session

    async def take(self) -> None:
        """Wait until the manager grants a token."""
        if not self._transport:
            return
        if self._asked <= len(self._waiters):  # else the answer to a cancelled take() will do
            self._asked += 1
            self._transport.write(encode(Get(1)))
        await self._waiters.wait()

    def give(self) -> None:
        """Give one back; the manager decides who gets it."""
        if self._transport:
            self._transport.write(encode(GiveBack(1)))

    def close(self) -> None:
        """End the session: the manager takes back what is held."""
        if transport := self._transport:
            self._transport = None
            transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(encode(Hello(Priority.LOW)))

    def data_received(self, data: bytes) -> None:
        try:
            for line in self._lines.feed(data):
                self._granted(parse_response(line))
        except ProtocolError as error:
            self._lose(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(str(exc) if exc else "it hung up")

    def _granted(self, response: Response) -> None:
        if not isinstance(response, Tokens):
            raise ProtocolError(f"{response} in answer to GET")
        self._asked -= 1
        for _ in range(response.count):
            if not self._waiters.serve():
                self.give()

    def _lose(self, why: str) -> None:
        if not self._transport:
            return
        self.close()
        self._warn(f"the work manager is gone ({why}); going on with no limit but J")
        while self._waiters.serve():
            pass
