"""A session with a work manager: ours, or Coq's own coqworkmgr."""

import asyncio
import time
from collections.abc import Callable

from checker.workers.manager.address import Address
from checker.workers.manager.protocol import (
    Get,
    GiveBack,
    Hello,
    Lines,
    NoLuck,
    Ping,
    Pong,
    Priority,
    ProtocolError,
    Response,
    Tokens,
    TryGet,
    encode,
    parse_response,
)

PATIENCE = 2.0  # seconds that a work manager has to connect, and to answer PING
INTERVAL = 0.1  # seconds between two TRYGETs
YIELD = 30.0  # seconds for which all who wait in a GET go first

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
    """Tokens of a work manager, taken one by one, after those of an interactive session.

    coqidetop says HELLO LOW unless it is told otherwise, so that LOW and a GET would put a batch
    on a par with it. TRYGET gets a token only when nobody waits in a GET: we ask so, again and
    again, and queue up with a GET only after YIELD seconds, lest others keep us out for ever.

    When the manager is gone, there is no limit from here on, as for Coq's own processes.
    """

    def __init__(self, warn: Warn) -> None:
        self._warn = warn
        self._lines = Lines()
        self._transport: asyncio.Transport | None = None  # None when the manager is gone
        self._turn = asyncio.Lock()  # one request at a time: answers do not say to which
        self._is_asked = False  # a request is without an answer
        self._answer: asyncio.Future[bool] | None = None  # who waits for it: is it a token?

    @classmethod
    async def connect(cls, address: Address, warn: Warn) -> "ManagerTokens":
        """A session with the work manager at an address. Raises OSError when there is none."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            _, session = await loop.create_connection(lambda: cls(warn), address.host, address.port)
        return session

    async def take(self) -> None:
        """Wait until the manager grants a token."""
        async with self._turn:
            queue_up = time.monotonic() + YIELD
            while not await self._ask(TryGet(1)):
                if time.monotonic() > queue_up:
                    while not await self._ask(Get(1)):
                        pass  # this was the answer to an earlier TRYGET, whose take() was cancelled
                    return
                await asyncio.sleep(INTERVAL)

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
                self._hear(parse_response(line))
        except ProtocolError as error:
            self._lose(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(str(exc) if exc else "it hung up")

    async def _ask(self, request: TryGet | Get) -> bool:
        """Whether the manager grants a token; where a cancelled take() left a request without an
        answer, that answer will do.
        """
        if not self._transport:
            return True
        if not self._is_asked:
            self._is_asked = True
            self._transport.write(encode(request))
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answer = answer
        try:
            return await answer
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled() and answer.result():
                self.give()
            raise
        finally:
            self._answer = None

    def _hear(self, response: Response) -> None:
        if not self._is_asked or response not in (Tokens(1), NoLuck()):
            raise ProtocolError(f"{response} was not asked for")
        self._is_asked = False
        granted = response == Tokens(1)
        if self._answer and not self._answer.done():
            self._answer.set_result(granted)
        elif granted:
            self.give()

    def _lose(self, why: str) -> None:
        if not self._transport:
            return
        self.close()
        self._warn(f"the work manager is gone ({why}); going on with no limit but J")
        if self._answer and not self._answer.done():
            self._answer.set_result(True)
