"""Tokens from GNU make's jobserver."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.workers.manager.jobserver import Fifo, NoJobserver, Pipe, find_jobserver
from checker.workers.tokens import Tokens, tokens_for
from tests.helpers import makes, write_files
from tests.managers import eventually


@pytest.mark.parametrize(
    ("makeflags", "jobserver"),
    [
        ("", None),
        ("rk", None),
        (" -j3 --jobserver-auth=3,4", Pipe(3, 4)),
        (" -j3 --jobserver-fds=3,4", Pipe(3, 4)),  # make before 4.2
        ("ks -j3 --jobserver-auth=-2,-2", Pipe(-2, -2)),
        (" -j3 --jobserver-auth=3,4 --jobserver-auth=5,6", Pipe(5, 6)),  # the last one counts
        (" -j3 --jobserver-auth=fifo:/tmp/GMfifo42", Fifo(Path("/tmp/GMfifo42"))),
        (r" --jobserver-auth=fifo:/tmp/a\ b\\c$d/GMfifo42", Fifo(Path(r"/tmp/a b\c$d/GMfifo42"))),
        (" -j1 -- A=--jobserver-auth=3,4 --jobserver-auth=3,4", None),  # variables of the command
    ],
)
def test_makeflags_names_the_jobserver(makeflags: str, jobserver: Pipe | Fifo | None) -> None:
    assert find_jobserver({"MAKEFLAGS": makeflags}) == jobserver


def test_an_unknown_kind_of_jobserver_is_not_guessed_at() -> None:
    with pytest.raises(NoJobserver, match="sem:GM42 is of an unknown kind"):
        find_jobserver({"MAKEFLAGS": "--jobserver-auth=sem:GM42"})


# --- make's side, played by a pipe of ours ------------------------------------------------------


@dataclass(frozen=True)
class MakeSide:
    """What make -jN set up: the descriptors, and what MAKEFLAGS says."""

    read: int
    write: int
    environ: dict[str, str]

    def tokens(self) -> bytes:
        """The bytes that are free now."""
        free = b""
        os.set_blocking(self.read, False)
        with contextlib.suppress(BlockingIOError):
            free = os.read(self.read, 100)
        os.set_blocking(self.read, True)
        if free:
            os.write(self.write, free)
        return free


@pytest.fixture(params=["pipe", "fifo"])
def make_side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeSide]:
    """make -j3: two bytes, and one token that needs none."""
    if request.param == "pipe":
        read, write = os.pipe()
        auth = f"{read},{write}"
    else:
        path = tmp_path / "GMfifo42"
        os.mkfifo(path)
        read = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        write = os.open(path, os.O_WRONLY)
        os.set_blocking(read, True)
        auth = f"fifo:{path}"
    os.write(write, b"+-")
    yield MakeSide(read, write, {"MAKEFLAGS": f" -j3 --jobserver-auth={auth}"})
    os.close(read)
    os.close(write)


def use(
    make_side: MakeSide, scenario: Callable[[Tokens], Awaitable[None]], workers: int = 9
) -> None:
    """Runs the scenario; nothing is to be warned of."""
    warnings: list[str] = []

    async def run() -> None:
        async with (
            asyncio.timeout(60),
            tokens_for(workers, make_side.environ, warn=warnings.append) as tokens,
        ):
            await scenario(tokens)

    asyncio.run(run())
    assert warnings == []


def test_one_worker_needs_no_byte_and_three_are_the_limit(make_side: MakeSide) -> None:
    async def scenario(tokens: Tokens) -> None:
        await tokens.take()
        assert make_side.tokens() == b"+-"
        await tokens.take()
        await tokens.take()
        assert make_side.tokens() == b""
        assert not await _done(asyncio.ensure_future(tokens.take()))

    use(make_side, scenario)
    assert sorted(make_side.tokens()) == sorted(b"+-")


def test_bytes_go_back_before_our_own_token(make_side: MakeSide) -> None:
    async def scenario(tokens: Tokens) -> None:
        await tokens.take()
        await tokens.take()
        tokens.give()
        assert sorted(make_side.tokens()) == sorted(b"+-")

    use(make_side, scenario)


def test_our_own_token_serves_who_waits_for_a_byte(make_side: MakeSide) -> None:
    async def scenario(tokens: Tokens) -> None:
        os.read(make_side.read, 2)  # others have both
        await tokens.take()
        waiting = asyncio.ensure_future(tokens.take())
        assert not await _done(waiting)
        tokens.give()
        await waiting
        os.write(make_side.write, b"+-")

    use(make_side, scenario)


def test_who_waits_gets_the_byte_that_another_job_gives_back(make_side: MakeSide) -> None:
    async def scenario(tokens: Tokens) -> None:
        os.read(make_side.read, 2)
        await tokens.take()
        waiting = asyncio.ensure_future(tokens.take())
        assert not await _done(waiting)
        os.write(make_side.write, b"+")
        await waiting
        assert make_side.tokens() == b""
        os.write(make_side.write, b"-")

    use(make_side, scenario)
    assert sorted(make_side.tokens()) == sorted(b"+-")


def test_a_byte_goes_back_as_it_was(make_side: MakeSide) -> None:
    """Make writes + and tells by other bytes which of its own parts lost one."""

    async def scenario(tokens: Tokens) -> None:
        for _ in range(3):
            await tokens.take()

    use(make_side, scenario)
    assert sorted(make_side.tokens()) == sorted(b"+-")


def test_j_limits_further(make_side: MakeSide) -> None:
    async def scenario(tokens: Tokens) -> None:
        await tokens.take()
        await tokens.take()
        assert not await _done(asyncio.ensure_future(tokens.take()))
        assert len(make_side.tokens()) == 1

    use(make_side, scenario, workers=2)


def test_a_cancelled_wait_loses_no_byte(make_side: MakeSide) -> None:
    async def scenario(tokens: Tokens) -> None:
        for _ in range(3):
            await tokens.take()
        waiting = asyncio.ensure_future(tokens.take())
        assert not await _done(waiting)
        tokens.give()
        waiting.cancel()
        await asyncio.wait([waiting])

    use(make_side, scenario)
    assert sorted(make_side.tokens()) == sorted(b"+-")


def test_make_and_its_children_still_read_as_before(make_side: MakeSide) -> None:
    """O_NONBLOCK on make's own open file would reach all who share it."""

    async def scenario(tokens: Tokens) -> None:
        for _ in range(3):
            await tokens.take()
        assert os.get_blocking(make_side.read)
        assert os.get_blocking(make_side.write)

    use(make_side, scenario)


@pytest.mark.parametrize("auth", ["-2,-2", "77,78", "fifo:/nowhere/GMfifo42", "sem:GM42"])
def test_a_jobserver_out_of_reach_allows_one_worker_and_says_so(auth: str) -> None:
    assert _warnings_with_one_worker(auth) == [
        "make's jobserver cannot be used, so one worker runs at a time"
    ]


def test_descriptors_that_are_no_longer_makes_are_left_alone() -> None:
    """Without a + make 4.3 closes them, and the shell may open anything there."""
    read, write = os.pipe()
    other_read, other_write = os.pipe()
    with Path(os.devnull).open() as null:
        for auth in (f"{read},{other_write}", f"{null.fileno()},{null.fileno()}"):
            [warning] = _warnings_with_one_worker(auth)
            assert "jobserver cannot be used" in warning
    for descriptor in (read, write, other_read, other_write):
        os.close(descriptor)


def _warnings_with_one_worker(auth: str) -> list[str]:
    warnings: list[str] = []

    async def run() -> None:
        environ = {"MAKEFLAGS": f" -j3 --jobserver-auth={auth}"}
        async with tokens_for(9, environ, warn=warnings.append) as tokens:
            await tokens.take()
            assert not await _done(asyncio.ensure_future(tokens.take()))

    asyncio.run(run())
    return [warning.partition(":")[0] for warning in warnings]


async def _done(future: asyncio.Future[None], seconds: float = 0.2) -> bool:
    """Whether it is done after a moment."""
    await asyncio.wait([future], timeout=seconds)
    return future.done()


# --- real make ---------------------------------------------------------------------------------

RUN = """
import asyncio, os, sys
from checker.workers.tokens import tokens_for

log = os.open("log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

async def worker(tokens):
    await tokens.take()
    os.write(log, b"+")
    await asyncio.sleep(0.03)
    os.write(log, b"-")
    tokens.give()

async def run():
    async with tokens_for(6, os.environ, warn=sys.exit) as tokens:
        await asyncio.gather(*(worker(tokens) for _ in range(20)))

asyncio.run(run())
"""

HOLD = """
import asyncio, os, signal, sys
from pathlib import Path
from checker.workers.tokens import tokens_for

async def run():
    task = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with tokens_for(6, os.environ, warn=sys.exit) as tokens:
        for _ in range(3):
            await asyncio.wait_for(tokens.take(), 20)
        Path(sys.argv[1]).write_text(str(os.getpid()))
        await asyncio.sleep(0 if sys.argv[2] == "go" else 60)

asyncio.run(run())
"""

MAKEFILE = """
run: run1 run2 plain1 plain2 plain3
run1 run2:
\t+$(PYTHON) run.py
plain1 plain2 plain3:
\tprintf + >> log; sleep 0.2; printf -- - >> log
hold:
\t-+$(PYTHON) hold.py held stay
count: hold
\t+$(PYTHON) hold.py counted go
.PHONY: run run1 run2 plain1 plain2 plain3 hold count
"""


@pytest.fixture(params=makes(), ids=lambda make: make.name)
def make_j3(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """make -j3 TARGET, of each make there is and in each form of its jobserver."""
    write_files(tmp_path, {"run.py": RUN, "hold.py": HOLD, "Makefile": MAKEFILE})
    return [*request.param.command, "-C", str(tmp_path), "-j3", f"PYTHON={sys.executable}"]


def test_two_runs_in_one_make_and_its_own_jobs_never_run_more_than_n(
    make_j3: list[str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [*make_j3, "run"], env=_environ(), capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    running = most = 0
    for sign in (tmp_path / "log").read_text():
        running += 1 if sign == "+" else -1
        most = max(most, running)
    assert (running, most) == (0, 3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_gives_its_tokens_back_to_make(
    make_j3: list[str], tmp_path: Path, number: signal.Signals
) -> None:
    held = tmp_path / "held"
    with subprocess.Popen(
        [*make_j3, "count"], env=_environ(), stderr=subprocess.PIPE, text=True
    ) as make:
        assert eventually(lambda: held.exists() and bool(held.read_text()))
        os.kill(int(held.read_text()), number)
        _, stderr = make.communicate(timeout=60)
    assert make.returncode == 0
    assert (tmp_path / "counted").exists()
    assert "INTERNAL" not in stderr  # as make says when tokens are missing in the end


def _environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
