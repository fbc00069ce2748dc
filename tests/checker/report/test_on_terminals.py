"""What a user sees of a check on a terminal: wide, narrow, dumb, without colours; and in a pipe.

The terminal is a pty of the system; pyte, a terminal in memory, says what is on its screen.
"""

import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pyte
import pytest

from tests.helpers import GOOD, WRONG, Coq, check, check_words, write_project

pytestmark = pytest.mark.once

LONGEST = 30.0  # seconds that a test waits for something to appear
WAIT = """\
Lemma a_slow_lemma_with_a_long_name : True.
Proof. repeat (do 1000000 idtac; assert True by exact I). Qed.
"""


@dataclass
class Session:
    """A command that runs on a terminal."""

    process: subprocess.Popen[bytes]
    terminal: int
    screen: pyte.Screen
    raw: bytes = b""
    stream: pyte.ByteStream = field(init=False)

    def __post_init__(self) -> None:
        self.stream = pyte.ByteStream(self.screen)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without empty lines."""
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def wait_until(self, is_there: Callable[[list[str]], bool]) -> list[str]:
        """The lines on the screen once that holds of them."""
        end = time.monotonic() + LONGEST
        while not is_there(self.lines):
            assert time.monotonic() < end, self.lines
            assert self._read(), self.lines
        return self.lines

    def at_end(self) -> list[str]:
        """What is left on the screen when the command has ended."""
        while self._read():
            pass
        self.process.wait()
        return self.lines

    def _read(self) -> bool:
        """Whether the command still has something to say."""
        if not select.select([self.terminal], [], [], LONGEST)[0]:
            return False
        try:
            part = os.read(self.terminal, 4096)
        except OSError:  # how a terminal says that nobody writes any more
            return False
        self.raw += part
        self.stream.feed(part)
        return bool(part)


@contextmanager
def on_terminal(
    coq: Coq, root: Path, *words: str, columns: int = 80, rows: int = 24, **environ: str
) -> Iterator[Session]:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    left_out = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "COLORTERM")
    kept = {name: value for name, value in coq.environ.items() if name not in left_out}
    process = subprocess.Popen(
        check_words(*words),
        cwd=root,
        env={**kept, "TERM": "xterm-256color", **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    session = Session(process, ours, pyte.Screen(columns, rows))
    try:
        yield session
    finally:
        process.terminate()
        process.wait()
        os.close(ours)


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A project with a wrong proof, and one that never ends."""
    name = "theories/deep/folder/Slow.v"
    return write_project(tmp_path, {"Wrong.v": WRONG, name: GOOD + WAIT})


@pytest.mark.parametrize(
    ("columns", "worker", "last"),
    [
        (200, "  theories/deep/folder/Slow.v a_slow_lemma_with_a_long_name ", "/2 proofs "),
        (80, "  theories/deep/folder/Slow.v a_slow_lemma_with_a_long_name ", "/2 proofs "),
        (40, "  Slow.v a_slow_lemma_with_a_l", "/2 proofs 1 worker, "),
    ],
)
def test_workers_are_shown_with_the_proof_that_they_are_at(
    coq: Coq, slow: Path, columns: int, worker: str, last: str
) -> None:
    with on_terminal(coq, slow, "theories/deep/folder/Slow.v", columns=columns) as session:

        def is_drawn(lines: list[str]) -> bool:
            """Neither line wraps, and the seconds go on while nothing is told."""
            if len(lines) != 2 or not (lines[0].startswith(worker) and last in lines[1]):
                return False
            seconds = re.search(r" ([\d.]+) s$", lines[0])
            return bool(seconds and float(seconds[1]) > 1) and lines[1].endswith(" left")

        session.wait_until(is_drawn)


def test_what_is_told_stands_above_the_workers(coq: Coq, slow: Path) -> None:
    with on_terminal(coq, slow) as session:
        lines = session.wait_until(
            lambda lines: "  in the proof of wrong (wrong)" in lines and "a_slow" in lines[-2]
        )
        assert lines[0] == 'File "./Wrong.v", line 2, characters 7-18:'
        assert lines[1] == 'Error: Unable to unify "2" with "1".'


@pytest.mark.ends
def test_after_an_interrupt_the_workers_are_gone(coq: Coq, slow: Path) -> None:
    with on_terminal(coq, slow, "theories/deep/folder/Slow.v") as session:
        session.wait_until(lambda lines: len(lines) > 1 and "a_slow_lemma" in lines[-2])
        session.process.send_signal(signal.SIGINT)
        assert session.at_end() == ["interrupted, 1 of 2 proofs kept"]
        assert session.process.returncode == 130


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_at_the_end_there_are_failures_and_the_summary_alone(
    coq: Coq, tmp_path: Path, columns: int
) -> None:
    root = write_project(tmp_path, {"Good.v": GOOD, "Wrong.v": WRONG})
    with on_terminal(coq, root, columns=columns) as session:
        lines = session.at_end()
    wrong = next(n for n, line in enumerate(lines) if line.startswith("wrong Wrong.v:2:8 wrong"))
    assert "".join(lines[wrong + 1 :]).startswith("2 proofs in 2 files: 1 wrong, 1 file not good")
    assert not any("left" in line or "━" in line for line in lines)
    if columns > 40:
        assert lines[wrong] == 'wrong Wrong.v:2:8 wrong: Unable to unify "2" with "1".'
    else:
        assert lines[wrong] == "wrong Wrong.v:2:8 wrong: Unable to unif…"
    row = next(n for n, line in enumerate(session.screen.display) if "Wrong.v:2:8" in line)
    assert session.screen.buffer[row][0].fg == "red"


def test_with_no_color_it_is_drawn_without(coq: Coq, slow: Path) -> None:
    with on_terminal(coq, slow, NO_COLOR="1") as session:
        session.wait_until(lambda lines: len(lines) > 1 and "a_slow" in lines[-2])
        cells = [cell for row in session.screen.buffer.values() for cell in row.values()]
        assert {cell.fg for cell in cells} == {"default"}


@pytest.mark.parametrize(
    ("words", "environ"), [((), {"TERM": "dumb"}), (("--progress", "plain"), {})]
)
def test_on_a_dumb_terminal_or_if_asked_to_it_writes_plain_lines(
    coq: Coq, tmp_path: Path, words: tuple[str, ...], environ: dict[str, Any]
) -> None:
    root = write_project(tmp_path, {"Good.v": GOOD})
    with on_terminal(coq, root, *words, **environ) as session:
        lines = session.at_end()
    assert lines[0] == "checked Good.v"
    assert lines[1].startswith("1 proof in 1 file checked")
    assert b"\x1b[" not in session.raw or words


def test_a_pipe_gets_plain_lines_or_none(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"Good.v": GOOD})
    for words, files in (((), 1), (("--progress", "plain"), 1), (("--progress", "none"), 0)):
        done = check(coq, root, "--recheck", *words, TERM="xterm", COLUMNS="40")
        assert "\x1b" not in done.stdout + done.stderr
        assert len(done.stdout.splitlines()) == files + 1


def test_a_way_that_there_is_not_is_refused(coq: Coq, tmp_path: Path) -> None:
    done = check(coq, write_project(tmp_path, {"Good.v": GOOD}), "--progress", "loud")
    assert done.returncode == 2
    assert "loud" in done.stderr
