"""The life of one coqc: started in a process group of its own, heard out, and always ended.

It is ended by the stop ladder (INT, TERM, KILL, with a wait at each rung); where util-linux'
setpriv is there, the kernel kills it should we be killed without a chance to clean up.
"""

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import psutil

from makegen.base.exit import Exit, reap

IDLE_SECONDS = 10.0  # without any work: then the user is told
LOOK_SECONDS = 2.0  # between two looks at what it does
STIR_SECONDS = 0.05  # CPU seconds; a process that only waits uses less

RUNGS = ((signal.SIGINT, 0.3), (signal.SIGTERM, 0.3), (signal.SIGKILL, None))


@dataclass(frozen=True)
class Request:
    """A command to run."""

    words: tuple[str, ...]
    folder: Path
    environ: Mapping[str, str]
    argv0: str | None = None  # what the program is told its name is
    patience: float | None = None  # seconds without any work, after which it is ended
    tell: Callable[[str], None] | None = None  # takes a line for the user


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    words: tuple[str, ...]
    status: int  # exit code; -N: killed by signal N
    output: str  # standard output, then standard error
    errors: str  # standard error alone
    seconds: float  # wall
    cpu_seconds: float

    @property
    def is_good(self) -> bool:
        """Whether the command succeeded."""
        return self.status == 0

    @property
    def was_killed(self) -> bool:
        """Whether the process ended by a signal or as coqc ends when the machine fails it.

        coqc exits with 129 on an anomaly, with 2 on an uncaught OCaml exception such as
        Out_of_memory.
        """
        return self.status < 0 or self.status > 128 or self.status == 2


async def run(request: Request) -> Outcome:
    """Run the command to its end; ended by the stop ladder when this task is cancelled.

    Also when it stands still for longer than the request is patient; its output then says so.
    Raises OSError when it cannot be started.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            (request.argv0, *request.words[1:])
            if request.argv0 is not None
            else (*_tether(), *request.words),
            executable=None if request.argv0 is None else request.words[0],
            cwd=request.folder,
            env=dict(request.environ),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            process_group=0,
        )
        try:
            words = await _wait(process, request)
            if words:
                await _stop(process)
            ended = _reap(process)
        except BaseException:
            if process.returncode is None:
                await asyncio.shield(_stop(process))
                _reap(process)
            raise
        output, errors = _read(out), _read(err) + words
    cpu = ended.user_seconds + ended.system_seconds
    wall = time.monotonic() - started
    return Outcome(request.words, ended.status, output + errors, errors, wall, cpu)


async def _wait(process: subprocess.Popen[bytes], request: Request) -> str:
    """Wait until the process has ended; what is to be said of it where it is to be ended."""
    used, idle, looked, is_told = 0.0, 0.0, time.monotonic(), False
    while not await _ends_soon(process.pid):
        now, cpu = time.monotonic(), _cpu_seconds(process.pid)
        # Who was stopped, or moved to another machine, has not looked for long: no idleness of his.
        idle, looked = idle + min(now - looked, 2 * LOOK_SECONDS), now
        if abs(cpu - used) > STIR_SECONDS:
            used, idle, is_told = cpu, 0.0, False
        if request.patience is not None and idle >= request.patience:
            return f"it used no CPU for {request.patience:.0f} seconds and was ended\n"
        if request.tell and not is_told and idle >= IDLE_SECONDS:
            is_told = True
            request.tell(f"no CPU used for {idle:.0f} s by {shlex.join(request.words)}")
    return ""


async def _ends_soon(pid: int) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            await _has_ended(pid)
            return True
    return False


def _cpu_seconds(pid: int) -> float:
    """What the process and all that it has started have used."""
    total = 0.0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += sum(one.cpu_times()[:4])
    return total


def _reap(process: subprocess.Popen[bytes]) -> Exit:
    ended = reap(process.pid)
    process.returncode = ended.status
    return ended


async def _has_ended(pid: int) -> None:
    """Wait until our child has ended, without reaping it."""
    if not hasattr(os, "pidfd_open"):  # not Linux; os.waitid is not everywhere either
        while not _is_zombie(pid):
            await asyncio.sleep(0.01)
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    descriptor = os.pidfd_open(pid)
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.ZombieProcess:
        return True


async def _stop(process: subprocess.Popen[bytes]) -> None:
    """Climb the stop ladder with the group of the process, which is still to be reaped."""
    for rung, patience in RUNGS:
        os.killpg(process.pid, rung)  # unreaped, it keeps its group's number from being reused
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await _has_ended(process.pid)
                break
    os.killpg(process.pid, signal.SIGKILL)  # children that outlived it


def _tether() -> tuple[str, ...]:
    """The words before a command that make the kernel kill it when this process dies."""
    setpriv = _setpriv()
    return () if setpriv is None else (setpriv, "--pdeathsig", "KILL", "--")


@cache
def _setpriv() -> str | None:
    return shutil.which("setpriv")


def _read(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")
