"""What a user sees: a progress line on a terminal, plain lines elsewhere, errors unmixed."""

import contextlib
import io
import os
import pty
import subprocess
from pathlib import Path

from rich.console import Console

from checker.report.count import Count
from checker.report.events import (
    Ended,
    Event,
    FileDone,
    Note,
    ProofDone,
    Started,
    WorkerBusy,
    WorkerIdle,
)
from checker.report.progress import ProgressLine
from checker.report.results import FileResult, Message, Position, ProofResult, Verdict
from checker.report.terminal import Terminal
from tests.helpers import Coq, write_files

WRONG = ProofResult(
    "F.v", "two", Verdict.WRONG, messages=(Message(Position("F.v", 2, 7, 9), "No."),)
)
RUN: list[Event] = [
    Started(proofs=2, files=1, workers=2, work=4.0, makespan=2.0),
    WorkerBusy(0, "F.v"),
    ProofDone(ProofResult("F.v", "one", Verdict.CHECKED), 2.0),
    ProofDone(WRONG, 2.0),
    WorkerIdle(0),
    FileDone(FileResult("F.v", Verdict.WRONG)),
    Note("something to know"),
    Ended(1.5),
]


def show(events: list[Event] = RUN, *, is_terminal: bool, quiet: bool = False) -> tuple[str, str]:
    """What the run writes on standard output and on standard error."""
    out, err = io.StringIO(), io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, highlight=False)
    line = ProgressLine(console, is_shown=not quiet) if is_terminal else None
    terminal = Terminal(out, err, Count(), line, quiet=quiet)
    for event in events:
        terminal(event)
    return out.getvalue(), err.getvalue()


def test_without_a_terminal_there_are_plain_lines_and_no_escape_codes() -> None:
    out, err = show(is_terminal=False)
    summary = "2 proofs in 1 file: 1 wrong, 1 file not good in 1.5 s with 2 workers"
    assert out.splitlines() == ["wrong F.v", "wrong F.v:2:8 two: No.", summary]
    assert err.splitlines() == [
        'File "./F.v", line 2, characters 7-9:',
        "Error: No.",
        "  in the proof of two (wrong)",
        "something to know",
    ]


def test_quiet_leaves_errors_and_the_summary() -> None:
    out, err = show(is_terminal=False, quiet=True)
    assert len(out.splitlines()) == 2
    assert "Error: No." in err


def test_on_a_terminal_the_progress_line_counts_proofs_and_goes_away() -> None:
    out, _ = show(is_terminal=True)
    assert "2/2 proofs" in out
    assert out.rstrip().endswith("with 2 workers")


def test_the_progress_line_counts_what_was_begun_and_there_is_one() -> None:
    """Not what is known already; a file that is run again begins it anew."""
    known = ProofDone(ProofResult("F.v", "zero", Verdict.CHECKED), known=True)
    again = Started(proofs=1, files=1, workers=2, work=2.0, makespan=2.0)
    once_more = ProofDone(ProofResult("F.v", "one", Verdict.CHECKED), 2.0)
    out, _ = show([known] * 16 + RUN[:-1] + [again, once_more, RUN[-1]], is_terminal=True)
    assert "1/1 proofs" in out
    assert "18/" not in out
    assert out.count("\n") == show(is_terminal=True)[0].count("\n")


def test_the_command_draws_on_a_terminal_and_not_into_a_pipe(coq: Coq, tmp_path: Path) -> None:
    source = "Lemma one : 1 = 1.\nProof. reflexivity. Qed.\n"
    root = write_files(tmp_path, {"F.v": source, "_Project": "-Q . Top\nF.v\n"})
    command = ["proof-checker", "check", "-f", "_Project", "--recheck"]
    piped = coq.run(*command, cwd=root)
    assert piped.returncode == 0, piped.stderr
    assert "\x1b" not in piped.stdout
    drawn = _under_a_terminal(coq, command, root)
    assert "\x1b" in drawn
    assert "1 proof in 1 file checked" in drawn.splitlines()[-1]


def _under_a_terminal(coq: Coq, command: list[str], root: Path) -> str:
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command, cwd=root, env={**coq.environ, "TERM": "xterm"}, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    output = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes any more
        while part := os.read(ours, 4096):
            output += part
    os.close(ours)
    assert running.wait() == 0
    return output.decode()
