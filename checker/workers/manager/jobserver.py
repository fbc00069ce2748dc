"""GNU make's jobserver: the tokens that `make -jN` shares among all that it runs.

Sources: "POSIX Jobserver" in make's manual, and the header of redo's jobserver.py. A pipe, or since
make 4.4 a named one, holds N - 1 bytes; who reads one may run one more job, and writes it back.
One job needs no byte: make has set a token aside for whatever it starts. It is used first and
given up last, so that we hold as few bytes as we can: those of a process that is killed with
SIGKILL are lost to make.
"""

import asyncio
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from checker.workers.manager.waiters import Waiters


class NoJobserver(Exception):
    """MAKEFLAGS names a jobserver that we cannot reach; str() says why and what to do."""


@dataclass(frozen=True)
class Pipe:
    """--jobserver-auth=R,W: two descriptors that make handed down."""

    read: int
    write: int


@dataclass(frozen=True)
class Fifo:
    """--jobserver-auth=fifo:PATH."""

    path: Path


def find_jobserver(environ: Mapping[str, str]) -> Pipe | Fifo | None:
    """The jobserver that MAKEFLAGS names: the last one, as for make itself.

    Raises NoJobserver when the option is none that we know.
    """
    auth = None
    for word in _options(environ.get("MAKEFLAGS", "")):
        if match := re.fullmatch(r"--jobserver-(?:auth|fds)=(.*)", word, re.DOTALL):
            auth = match[1]
    if auth is None:
        return None
    if match := re.fullmatch(r"(-?\d+),(-?\d+)", auth):
        return Pipe(int(match[1]), int(match[2]))
    if auth.startswith("fifo:"):
        return Fifo(Path(auth.removeprefix("fifo:")))
    raise NoJobserver(f"--jobserver-auth={auth} is of an unknown kind")


class JobserverTokens:
    """Tokens of make's jobserver. Needs a running event loop."""

    def __init__(self, jobserver: Pipe | Fifo) -> None:
        """Open the jobserver. Raises NoJobserver when that is not possible."""
        self._read, self._write = _open(jobserver)
        self._own_is_free = True  # the token that make set aside for us
        self._held: list[bytes] = []  # what we read, to be written back as it was
        self._waiters = Waiters(self.give)

    async def take(self) -> None:
        """Wait for our own token, or for a byte of make's."""
        if not self._waiters and self._grab():
            return
        self._watch(True)
        try:
            await self._waiters.wait()
        finally:
            self._watch(bool(self._waiters))

    def give(self) -> None:
        """Write a byte back, for anybody to read; else our own token is free again."""
        if self._held:
            self._put_back()
        else:
            self._own_is_free = True
            self._serve()

    def close(self) -> None:
        """Write everything back that is held."""
        asyncio.get_running_loop().remove_reader(self._read)
        while self._held:
            self._put_back()
        os.close(self._read)
        os.close(self._write)

    def _grab(self) -> bool:
        """Take our own token or a byte, if there is one."""
        if self._own_is_free:
            self._own_is_free = False
            return True
        try:
            byte = os.read(self._read, 1)
        except BlockingIOError:  # somebody was faster
            return False
        if byte:
            self._held.append(byte)
        return bool(byte)

    def _put_back(self) -> None:
        os.write(self._write, self._held.pop())

    def _serve(self) -> None:
        while self._waiters and self._grab():
            self._waiters.serve()

    def _watch(self, wanted: bool) -> None:
        """Look at the pipe only while somebody waits for it."""
        loop = asyncio.get_running_loop()
        if wanted:
            loop.add_reader(self._read, self._serve)
        else:
            loop.remove_reader(self._read)


def _options(makeflags: str) -> list[str]:
    r"""The words of MAKEFLAGS before `--`, in which make writes a blank or backslash x as \x."""
    words = re.findall(r"(?:\\.|[^\\\s])+", makeflags, re.DOTALL)
    words = words[: words.index("--")] if "--" in words else words
    return [re.sub(r"\\(.)", r"\1", word) for word in words]


def _open(jobserver: Pipe | Fifo) -> tuple[int, int]:
    """Descriptors of our own to read from, without waiting, and to write to.

    Make and all its children share the pipe's open file, where O_NONBLOCK would disturb them:
    opening it anew through /proc gives us an open file of our own.
    """
    match jobserver:
        case Fifo(path):
            source, target = str(path), str(path)
        case Pipe(read, write):
            source, target = f"/proc/self/fd/{read}", f"/proc/self/fd/{write}"
    try:
        if not _is_pipe(source, target):
            raise NoJobserver(_unreachable(jobserver, "not a pipe"))
        reader = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return reader, os.open(target, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            os.close(reader)
            raise
    except OSError as error:
        raise NoJobserver(_unreachable(jobserver, str(error.strerror))) from error


def _is_pipe(source: str, target: str) -> bool:
    """Whether both are ends of one pipe: make may have closed its own, and another program may have
    opened something else with the same number.
    """
    ends = Path(source).stat(), Path(target).stat()
    return os.path.samestat(*ends) and stat.S_ISFIFO(ends[0].st_mode)


def _unreachable(jobserver: Pipe | Fifo, why: str) -> str:
    match jobserver:
        case Fifo(path):
            return f"{path}: {why}"
        case Pipe(read, write):
            return f"descriptors {read},{write}: {why}; begin the line in the Makefile with a +"
