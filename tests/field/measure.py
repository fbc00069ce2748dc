"""A command as a user runs it: how it ends, what it says, its time and memory."""

import contextlib
import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

INTERVAL = 1.0  # seconds between two looks at the memory


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int  # 124: it was stopped at the time limit
    said: str
    wall: float  # seconds
    cpu: float  # seconds, of all its processes
    memory: int  # bytes: the most that all its processes had together (pages that they share: once)


def run(words: list[str], root: Path, environ: dict[str, str], limit: float = 3600) -> Outcome:
    """Runs it to its end, at most `limit` seconds long."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    process = subprocess.Popen(
        words,
        cwd=root,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        process_group=0,
    )
    code = 0
    with _memory_of(process.pid) as most:
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            said, _ = process.communicate()
            code = 124
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Outcome(code or process.returncode, said, wall, cpu, most[0])


@contextlib.contextmanager
def _memory_of(pid: int) -> Iterator[list[int]]:
    """Looks at it now and then; the list has the most so far, in bytes."""
    most = [0]
    done = threading.Event()

    def look() -> None:
        while not done.wait(INTERVAL):
            most[0] = max(most[0], _used_by(pid))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def _used_by(pid: int) -> int:
    """The proportional set sizes of a process and all that descend from it, added up."""
    try:
        found = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(_proportional(process.pid) for process in found)


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
