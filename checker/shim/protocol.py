"""What the driver and the shim say to each other; shim.c has the other half.

The channel is a Unix seqpacket socket: one packet is one message. The shim speaks first, and waits
for an answer only after READ. Text may be sent ahead: then it is there when READ asks for it.
"""

import asyncio
import os
import socket
import struct
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Self

VERSION = 2
FEED_MAX = 65536  # bytes in one feed
_REQUEST = struct.Struct("=c3xiiiQQQ")


class Kind(Enum):
    """What a process says."""

    HELLO = b"H"  # it has begun to read the source, or was forked
    READ = b"R"  # all that it was fed has been executed
    FORKED = b"K"
    END = b"E"  # the whole source is processed


@dataclass(frozen=True)
class Request:
    """One message of a process."""

    kind: Kind
    value: int  # HELLO: the shim's protocol version; FORKED: 0, or errno
    pid: int  # as the process itself sees it
    threads: int  # HELLO only
    cpu_seconds: float  # used by the process so far
    peak_bytes: int  # resident, at its peak
    printed: int  # bytes on its standard output so far
    pidfd: int = -1  # HELLO only; owned by whoever receives it


class Channel:
    """The driver's end of one process's channel."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._socket = end

    async def receive(self) -> Request | None:
        """The next request; None when the process has ended.

        Raises ValueError when the other end is not our shim.
        """
        loop = asyncio.get_running_loop()
        while True:
            try:
                data, fds, _, _ = socket.recv_fds(self._socket, _REQUEST.size + 1, 1)
                break
            except BlockingIOError:
                ready = loop.create_future()
                loop.add_reader(self._socket, _wake, ready)
                try:
                    await ready
                finally:
                    loop.remove_reader(self._socket)
            except ConnectionResetError:
                # It has ended with text unread that was sent ahead. What it said before is still to
                # be read: the error is raised once, and first.
                continue
        if not data:
            return None
        if len(data) != _REQUEST.size:
            raise ValueError("a message of the wrong size from the snapshot shim")
        kind, value, pid, threads, cpu, peak, printed = _REQUEST.unpack(data)
        pidfd = fds[0] if fds else -1
        return Request(Kind(kind), value, pid, threads, cpu / 1e9, peak * 1024, printed, pidfd)

    def feed(self, text: bytes) -> None:
        """Answers READ: coqc reads `text` next; empty text is the end of the file."""
        assert len(text) <= FEED_MAX, "one packet"
        self._send(b"F" + text)

    def fork(self, out: int, err: int, *, writes: bool) -> "Channel":
        """Answers READ: forks; gives the child's channel. FORKED comes next, then READ's answer."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._send(b"W" if writes else b"K", (theirs.fileno(), out, err))
        return Channel(ours)

    def close(self) -> None:
        """Lets the process go: it exits when it asks for more, and is killed if it computes."""
        self._socket.close()

    def _send(self, data: bytes, fds: tuple[int, ...] = ()) -> None:
        """A process that is gone is noticed by receive()."""
        try:
            if fds:
                socket.send_fds(self._socket, [data], list(fds))
            else:
                self._socket.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass


class Listener:
    """The private socket where one coqc finds the driver."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.bind(os.fspath(path))
        self._socket.listen(1)
        self._socket.setblocking(False)

    async def accept(self) -> Channel:
        """The channel of the process that comes."""
        end, _ = await asyncio.get_running_loop().sock_accept(self._socket)
        return Channel(end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self.path.unlink(missing_ok=True)


def _wake(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)
