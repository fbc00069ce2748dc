"""What the tests of the work manager share: managers that run, clients that talk to them."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import Coq

OURS = (str(Path(sys.executable).parent / "proof-workmgr"),)


@dataclass(frozen=True)
class Manager:
    """A work manager that runs in the foreground."""

    process: subprocess.Popen[str]
    assignment: str  # such as COQWORKMGR_SOCK=127.0.0.1:4711

    @property
    def environ(self) -> dict[str, str]:
        """What a shell has that exported the assignment."""
        variable, value = self.assignment.split("=")
        return {variable: value}

    @property
    def port(self) -> int:
        return int(self.assignment.rpartition(":")[2])

    def out(self) -> int:
        """How many tokens are out now, as its PONG says."""
        with Session(self.port, "HELLO LOW") as session:
            session.send("PING")
            return int(session.line().split()[1])


@contextlib.contextmanager
def manager(coq: Coq, limit: int, command: tuple[str, ...] = OURS) -> Iterator[Manager]:
    """A work manager for this Coq: ours, or `coqworkmgr`."""
    with subprocess.Popen(
        [*command, "-d", "-j", str(limit)],
        env=coq.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        process_group=0,
    ) as process:
        try:
            assert process.stdout
            yield Manager(process, process.stdout.readline().strip())
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


class Session:
    """A client that sends what it likes, over a socket of its own."""

    def __init__(self, port: int, *lines: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._file = self.socket.makefile("rb")
        for line in lines:
            self.send(line)

    def send(self, line: str) -> None:
        self.send_bytes(line.encode() + b"\n")

    def send_bytes(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self) -> str:
        """The next line that comes, or "" when the other side hung up."""
        try:
            return self._file.readline().decode().rstrip("\n")
        except ConnectionResetError:  # it hung up before it had read all that we sent
            return ""

    def is_silent(self, seconds: float = 0.2) -> bool:
        """Whether nothing comes for so long."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) is None
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(20)

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether the condition holds before the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def pid_of(status: str) -> int:
    """The process id in what proof-workmgr --status prints."""
    match = re.search(r"pid (\d+)", status)
    assert match, status
    return int(match[1])
