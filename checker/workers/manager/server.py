"""The work manager on a socket of the loopback interface.

One process, one thread, no blocking call: a client that sends half a line, or never reads, makes
nobody else wait. Such a client is no longer read from until it has read its answers, so that what
is kept for it is bounded.
"""

import asyncio
import resource
import socket
from collections.abc import Callable
from itertools import count
from signal import SIGHUP, SIGINT, SIGTERM

from checker.workers.manager.sessions import Effect, HangUp, Send, Sessions

LINGER = 5.0  # seconds that a client has to read its last answer
BACKLOG = 1024  # connections that the system keeps until they are accepted
ACCEPT_AT_ONCE = 16  # connections that asyncio accepts before it tells us of the first
MAX_DESCRIPTORS = 65536
SPARE_DESCRIPTORS = 128  # for those, for those that are being closed, and for the process itself
BUFFER = 16384  # bytes that the system keeps for a client that does not read

Report = Callable[[int, int, int], None]  # clients, tokens out, limit


def listen() -> socket.socket:
    """A socket that listens at a free port of 127.0.0.1, and nowhere else."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)  # inherited by connections
    listener.bind(("127.0.0.1", 0))
    listener.listen(BACKLOG)
    return listener


def _max_clients() -> int:
    """Allow this process all the descriptors it may have; how many clients that makes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, wanted - SPARE_DESCRIPTORS)


async def serve(listener: socket.socket, sessions: Sessions, report: Report | None = None) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; `report` hears of each change."""
    loop = asyncio.get_running_loop()
    server = _Server(sessions, _max_clients(), report)
    done = asyncio.Event()
    for number in (SIGINT, SIGTERM, SIGHUP):
        loop.add_signal_handler(number, done.set)
    listening = await loop.create_server(
        lambda: _Client(server), sock=listener, backlog=ACCEPT_AT_ONCE
    )
    listener.listen(BACKLOG)
    await done.wait()
    listening.close()
    server.hang_up_all()


class _Server:
    """Carries out what the sessions decide."""

    def __init__(self, sessions: Sessions, max_clients: int, report: Report | None) -> None:
        self._sessions = sessions
        self._max_clients = max_clients
        self._report = report
        self._transports: dict[int, asyncio.Transport] = {}
        self._numbers = count()

    def connected(self, transport: asyncio.Transport) -> int:
        client = next(self._numbers)
        if len(self._transports) >= self._max_clients:
            self._make_room()
        self._transports[client] = transport
        self._sessions.connect(client)
        self._tell()
        return client

    def received(self, client: int, data: bytes) -> None:
        self._carry_out(self._sessions.receive(client, data))

    def disconnected(self, client: int) -> None:
        self._transports.pop(client, None)
        self._carry_out(self._sessions.disconnect(client))

    def hang_up_all(self) -> None:
        for transport in self._transports.values():
            transport.abort()

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            transport = self._transports.get(effect.client)
            if transport is None or transport.is_closing():
                continue
            match effect:
                case Send(_, data):
                    transport.write(data)
                case HangUp():
                    transport.close()
                    asyncio.get_running_loop().call_later(LINGER, transport.abort)
        self._tell()

    def _make_room(self) -> None:
        """Drop the client that misses it least: Coq's clients then go on without a limit."""
        if (client := self._sessions.idlest()) is not None:
            self._transports[client].abort()
            self.disconnected(client)

    def _tell(self) -> None:
        if self._report:
            pool = self._sessions.pool
            self._report(len(self._sessions), pool.out, pool.limit)


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: _Server) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._number = self._server.connected(transport)

    def data_received(self, data: bytes) -> None:
        self._server.received(self._number, data)

    def pause_writing(self) -> None:
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, _: Exception | None) -> None:
        self._server.disconnected(self._number)
