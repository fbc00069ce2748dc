"""The life of a worker process: heard out, timed, and ended with all its children."""

import asyncio
import os
import signal
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from makegen.base import process
from makegen.base.process import Outcome, Request, run

SHELL = "/bin/sh"


def sh(script: str, folder: Path) -> Request:
    return Request((SHELL, "-c", script), folder, os.environ)


def test_output_status_and_cpu_time_are_reported(tmp_path: Path) -> None:
    outcome = asyncio.run(run(sh("pwd; echo no >&2; exit 3", tmp_path)))
    assert (outcome.status, outcome.output) == (3, f"{tmp_path}\nno\n")
    busy = (sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass")
    outcome = asyncio.run(run(Request(busy, tmp_path, os.environ)))
    assert outcome.cpu_seconds >= 0.2
    assert not outcome.was_killed


def test_a_process_that_a_signal_ended_was_killed(tmp_path: Path) -> None:
    outcome = asyncio.run(run(sh("kill -KILL $$", tmp_path)))
    assert outcome.status == -signal.SIGKILL
    assert outcome.was_killed


def test_a_program_is_told_the_name_it_was_given(tmp_path: Path) -> None:
    request = Request((SHELL, "-c", "cat /proc/$$/cmdline"), tmp_path, os.environ, argv0="other")
    assert asyncio.run(run(request)).output.split("\0")[0] == "other"


def test_a_command_that_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        asyncio.run(run(Request(("no-such-command",), tmp_path, {"PATH": ""}, argv0="x")))


@pytest.fixture(params=["Linux", "elsewhere"])
def _system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere there is no pidfd, nor waitid: on macOS not before Python 3.13."""
    if request.param == "elsewhere":
        monkeypatch.delattr(os, "pidfd_open")
        monkeypatch.delattr(os, "waitid")


@pytest.mark.usefixtures("_system")
def test_the_end_of_a_process_is_noticed_on_any_system(tmp_path: Path) -> None:
    outcome = asyncio.run(run(sh("sleep 0.2; echo done; exit 3", tmp_path)))
    assert (outcome.status, outcome.output) == (3, "done\n")


@pytest.mark.usefixtures("_system")
def test_a_process_that_does_nothing_is_told_of_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(process, "IDLE_SECONDS", 0.2)
    told: list[str] = []
    request = replace(sh("echo begun; sleep 60", tmp_path), patience=1.0, tell=told.append)
    outcome = asyncio.run(run(request))
    assert outcome.status != 0
    assert outcome.output == "begun\nit used no CPU for 1 seconds and was ended\n"
    assert len(told) == 1
    assert told[0].endswith("s by /bin/sh -c 'echo begun; sleep 60'")


@pytest.mark.parametrize("deaf", ["", "trap '' INT; ", "trap '' INT TERM; "])
def test_cancelling_ends_the_process_and_its_children(tmp_path: Path, deaf: str) -> None:
    pids = tmp_path / "pids"
    script = f"{deaf}sleep 60 & echo $! $$ > {pids}; wait; wait"

    async def cancel() -> None:
        task = asyncio.create_task(run(sh(script, tmp_path)))
        while not (pids.exists() and pids.read_text().endswith("\n")):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    for pid in map(int, pids.read_text().split()):
        _wait_for_end(pid)


def test_who_was_stopped_himself_does_not_end_a_process_for_idleness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOOK_SECONDS", 0.05)
    hours = count(step=3600)  # pass between any two looks at the clock
    monkeypatch.setattr(process, "time", SimpleNamespace(monotonic=lambda: next(hours)))
    request = replace(sh("sleep 0.5; echo done", tmp_path), patience=60.0)
    assert asyncio.run(run(request)).output == "done\n"


def test_a_worker_dies_with_us(tmp_path: Path) -> None:
    """Killed without a chance to clean up, we leave no worker behind."""
    pid_file = tmp_path / "pid"
    script = (
        "import asyncio, os, pathlib\n"
        "from makegen.base.process import Request, run\n"
        f"words = ('/bin/sh', '-c', 'echo $$ > {pid_file}; exec sleep 60')\n"
        f"asyncio.run(run(Request(words, pathlib.Path({str(tmp_path)!r}), os.environ)))\n"
    )

    async def kill() -> Outcome:
        task = asyncio.create_task(
            run(Request((sys.executable, "-c", script), tmp_path, os.environ))
        )
        while not (pid_file.exists() and pid_file.read_text().endswith("\n")):
            await asyncio.sleep(0.01)
        for child in psutil.Process().children():
            child.kill()
        return await task

    assert asyncio.run(kill()).was_killed
    _wait_for_end(int(pid_file.read_text()))


def _wait_for_end(pid: int) -> None:
    """The kernel ends a killed process in its own time; raises TimeoutError when it lives on."""
    deadline = time.monotonic() + 20
    while _runs(pid):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} still runs")
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
