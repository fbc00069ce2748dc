"""One coqc process that reads its source from us: started, forked, fed, ended."""

import asyncio
import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from checker.engines.snapshot.coqc.launch import Launch, environ_of
from checker.engines.snapshot.coqc.shift import Shift
from checker.shim.protocol import FEED_MAX, VERSION, Channel, Kind, Listener, Request


class DriverError(Exception):
    """This coqc cannot be driven; str() is one line that says why."""


@dataclass(frozen=True)
class Ending:
    """How a process ended."""

    code: int | None  # exit code; negative: the signal; None: not known (not our own child)
    errors: bytes  # what it wrote on standard error
    finished: bool  # it had processed the whole source


class CoqProcess:
    """A coqc that is ready for text, or computes what it was given."""

    def __init__(self, channel: Channel, hello: Request, out: int, err: int) -> None:
        self._channel = channel
        self._pidfd = hello.pidfd
        self._out = out
        self._err = err
        self.pid = _pid_here(hello.pidfd)
        self.cpu_seconds = 0.0
        self.peak_bytes = 0
        self.printed = 0  # bytes on standard output
        self.shift = Shift()
        self._errors_read = 0  # bytes on standard error
        self._finished = False
        self._executed, self.seconds_ahead = b"", 0.0  # before it was fed that
        self._ended: Ending | None = None
        self._forks = asyncio.Lock()  # one at a time

    # ---- coming to be ----

    @classmethod
    async def start(cls, launch: Launch) -> "CoqProcess | Ending":
        """A coqc that waits for the first text, or how it ended before it opened its source.

        Raises DriverError when it is not a coqc that we know how to drive.
        """
        with contextlib.ExitStack() as undo:
            listener = undo.enter_context(Listener(launch.folder / f"{id(launch):x}"))
            out, err = (_memory_file(name, undo) for name in ("stdout", "stderr"))
            child = subprocess.Popen(
                launch.command,
                cwd=launch.root,
                env=environ_of(launch, listener.path),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                process_group=0,
            )
            child.returncode = 0  # we reap it ourselves, by its pidfd
            pidfd = os.pidfd_open(child.pid)
            undo.callback(_end, pidfd)
            channel = await _accept(listener, pidfd)
            if channel is None:
                return await _ending(pidfd, err, False)
            undo.callback(channel.close)
            process = await cls._meet(channel, out, err)
            undo.pop_all()
            listener.__exit__(None, None, None)
            os.close(pidfd)
            return process

    async def fork(self, *, writes: bool = False) -> "CoqProcess":
        """A copy of this process, which waits for text where this one does.

        `writes`: it may write its output as this one may; else it writes nothing.

        Whoever does not wait for it any more does not hurt this process, and leaves none behind.

        Raises DriverError when it has ended, or the system has no room for one more.
        """
        forking = asyncio.ensure_future(self._fork(writes=writes))
        try:
            return await asyncio.shield(forking)
        except asyncio.CancelledError:
            forking.add_done_callback(_forget)
            raise

    async def _fork(self, *, writes: bool) -> "CoqProcess":
        async with self._forks:
            return await self._fork_now(writes=writes)

    async def _fork_now(self, *, writes: bool) -> "CoqProcess":
        if self._ended is not None:
            raise DriverError("coqc cannot be forked: it ended")
        with contextlib.ExitStack() as undo:
            out, err = (_memory_file(name, undo) for name in ("stdout", "stderr"))
            channel = self._channel.fork(out, err, writes=writes)
            undo.callback(channel.close)
            said = await self._channel.receive()
            if said is None or said.kind is not Kind.FORKED or said.value:
                why = os.strerror(said.value) if said else "it ended"
                raise DriverError(f"coqc cannot be forked: {why}")
            copy = await self._meet(channel, out, err)
            copy.shift, copy._executed = self.shift, self._executed
            undo.pop_all()
            return copy

    @classmethod
    async def _meet(cls, channel: Channel, out: int, err: int) -> "CoqProcess":
        """Waits for HELLO and READ."""
        hello = await channel.receive()
        if hello is None or hello.kind is not Kind.HELLO or hello.pidfd < 0:
            raise DriverError("coqc ended while it opened its source")
        process = cls(channel, hello, out, err)
        if hello.value != VERSION:
            raise DriverError(f"the shim speaks version {hello.value}, not {VERSION}")
        if hello.threads != 1:
            raise DriverError(f"coqc has {hello.threads} threads; one can be forked")
        ready = await channel.receive()
        if ready is None or ready.kind is not Kind.READ:
            raise DriverError("coqc opened its source and did not read it")
        process.cpu_seconds, process.printed = ready.cpu_seconds, ready.printed
        return process

    # ---- life ----

    async def execute(self, text: bytes) -> bool:
        """Feeds whole sentences; True when coqc has executed them, False when it has ended.

        Empty text is the end of the source: then True means that coqc accepted the whole of it.
        """
        for start in range(0, max(len(text), 1), FEED_MAX):
            self.send(text[start : start + FEED_MAX])
            if not await self._answered():
                return False
        return not text or not self._finished

    def send(self, text: bytes) -> None:
        """Feeds at most FEED_MAX bytes; coqc may still be computing, it will find them.

        Before a fork, `executed` must have been awaited as often.
        """
        self._channel.feed(text.removeprefix(self._executed))
        self._executed = b""

    async def execute_ahead(self, text: bytes) -> bool:
        """Executes what its next feed begins with; it counts as part of that."""
        before, is_executed = self.cpu_seconds, await self.execute(text)
        self._executed, self.seconds_ahead = text, self.cpu_seconds - before
        self.cpu_seconds = before
        return is_executed

    async def executed(self) -> bool:
        """Waits until the next text that was sent is executed; False when coqc has ended."""
        return await self._answered() and not self._finished

    async def _answered(self) -> bool:
        said = await self._channel.receive()
        if said is None:
            return False
        self.cpu_seconds, self.printed = said.cpu_seconds, said.printed
        self.peak_bytes = max(self.peak_bytes, said.peak_bytes)
        self._finished |= said.kind is Kind.END
        return True

    def plugins(self) -> set[str] | None:
        """The files of the OCaml plugins that it has loaded so far; None once it has ended."""
        try:
            maps = Path(f"/proc/{self.pid}/maps").read_text()
        except OSError:
            return None
        if not maps:  # it waits to be reaped
            return None
        paths = (line.split(maxsplit=5)[5:] for line in maps.splitlines())
        return {path[0] for path in paths if path and path[0].endswith((".cmxs", ".cmo"))}

    def output(self, start: int = 0) -> bytes:
        """What it wrote on standard output, from `start` to when it asked for text last."""
        return os.pread(self._out, self.printed - start, start)

    def new_errors(self) -> bytes:
        """What it wrote on standard error since this was asked last."""
        start, self._errors_read = self._errors_read, os.fstat(self._err).st_size
        return self.shift.moved(os.pread(self._err, self._errors_read - start, start))

    # ---- the end ----

    def kill(self) -> None:
        """Ends it and what it started, at once: it has nothing to lose."""
        if self._ended is None:
            _kill(self._pidfd, self.pid)

    async def end(self) -> None:
        """Has it gone, also when whoever wants that is cancelled."""
        self.kill()
        await asyncio.shield(self.ended())

    async def ended(self) -> Ending:
        """Waits for the end of the process and reaps it. May be called again."""
        if self._ended is None:
            await _exited(self._pidfd)
            async with self._forks:  # nobody looks at the channel any more
                pass
            self.cpu_seconds = max(self.cpu_seconds, _cpu_seconds(self.pid))
            ending = await _ending(self._pidfd, self._err, self._finished)
            ending = replace(ending, errors=self.shift.moved(ending.errors))
            self._ended = ending
            self._channel.close()
            for fd in (self._pidfd, self._out, self._err):
                os.close(fd)
        return self._ended


def _forget(forking: "asyncio.Future[CoqProcess]") -> None:
    """Nobody waits for this copy."""
    if not forking.cancelled() and not forking.exception():
        forking.result().kill()
        asyncio.ensure_future(forking.result().ended())  # noqa: RUF006 (it ends at once)


def _memory_file(name: str, undo: contextlib.ExitStack) -> int:
    fd = os.memfd_create(name)
    undo.callback(os.close, fd)
    return fd


async def _accept(listener: Listener, pidfd: int) -> Channel | None:
    """The channel of the process, or None when it ends without having come."""
    coming = asyncio.ensure_future(listener.accept())
    ending = asyncio.ensure_future(_exited(pidfd))
    try:
        await asyncio.wait((coming, ending), return_when=asyncio.FIRST_COMPLETED)
        return coming.result() if coming.done() else None
    finally:
        coming.cancel()
        ending.cancel()
        # They stop looking at their descriptors, of which the caller closes one: another file that
        # gets its number must not be the one that nobody looks at any more.
        await asyncio.wait((coming, ending))


async def _exited(pidfd: int) -> None:
    """Waits until the process has ended: its pidfd is then readable."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(pidfd, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(pidfd)


async def _ending(pidfd: int, err: int, finished: bool) -> Ending:
    await _exited(pidfd)
    return Ending(_reap(pidfd), os.pread(err, 1 << 22, 0), finished)


def _cpu_seconds(pid: int) -> float:
    """Of a process that has ended and is not reaped, or 0: where the kernel does not say."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ValueError, LookupError):
        return 0.0


def _reap(pidfd: int) -> int | None:
    try:
        found = os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
    except ChildProcessError:  # behind a wrapper, the wrapper is its parent
        return None
    if found is None:
        return None
    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status


def _kill(pidfd: int, pid: int) -> None:
    """SIGKILL to its process group, while its number is its own, and to itself."""
    with contextlib.suppress(ChildProcessError, ProcessLookupError, PermissionError):
        os.waitid(os.P_PIDFD, pidfd, os.WEXITED | os.WNOHANG | os.WNOWAIT)  # is it our child?
        if pid > 1:
            os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def _end(pidfd: int) -> None:
    """The way out when starting failed."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    _reap(pidfd)
    os.close(pidfd)


def _pid_here(pidfd: int) -> int:
    """The process's number as this process sees it, -1 when it has ended."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1
