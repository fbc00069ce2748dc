"""What a run shows as it goes on: plain lines, or lines above a progress line in a terminal."""

from typing import TYPE_CHECKING, TextIO

from checker.report.count import Count
from checker.report.events import (
    Ended,
    Event,
    Explained,
    FileDone,
    FirstCheck,
    LoadedTogether,
    Note,
    ProofDone,
    complaint,
    explanation,
    number,
    warning_block,
)
from checker.report.failures import MOST, Failure, Failures
from checker.report.results import FileResult, Verdict

if TYPE_CHECKING:
    from checker.report.progress import ProgressLine

FIRST_CHECK = "the first check runs every proof; the next ones run what has changed since"
WIDTH = 200  # of the lines at the end, where there is no terminal


def reporter(out: TextIO, err: TextIO, count: Count, *, quiet: bool = False) -> "Terminal":
    """A reporter that writes progress to `out`, wrong proofs to `err`, and keeps the count."""
    if not out.isatty():
        return Terminal(out, err, count, quiet=quiet)
    from checker.report.progress import OurConsole, ProgressLine  # noqa: PLC0415 - slow to load

    console = OurConsole(file=out, highlight=False, soft_wrap=True)
    return Terminal(out, err, count, ProgressLine(console, is_shown=not quiet), quiet=quiet)


class Terminal:
    """Writes events as they come; call it with each event."""

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        count: Count,
        line: "ProgressLine | None" = None,
        *,
        quiet: bool = False,
    ) -> None:
        """`line`: of the terminal, if `out` is one."""
        self._out = out
        self._err = err
        self._count = count
        self._quiet = quiet
        self._noted: set[str] = set()  # what was said once
        self._line = line
        self._failures = Failures()

    def __call__(self, event: Event) -> None:
        """Show the event."""
        self._count.tell(event)
        self._failures.tell(event)
        if self._line:
            self._line.tell(event)
        if isinstance(event, ProofDone | FileDone) and not self._quiet:
            for warning in event.result.warnings:
                self._complain(warning_block(warning))
        if (text := complaint(event)) is not None:
            self._complain(text)
            return
        match event:
            case FileDone(result) if not (self._line or self._quiet or _is_skipped(result)):
                self._print(f"{result.verdict.value} {result.file}{_part(event)}")
            case Explained():
                self._print(explanation(event))
            case FirstCheck() if not self._quiet:
                self._print(FIRST_CHECK)
            case LoadedTogether(words=words) if not self._quiet:
                self._print(words)
            case Note(text) if text not in self._noted:
                self._noted.add(text)
                self._complain(text)
            case Ended():
                self.close()
                self._list_failures()
                self._print(self._count.summary)
            case _:
                pass

    def close(self) -> None:
        """Take the progress line away; once the run has ended or was given up."""
        if self._line:
            self._line.stop()

    def _list_failures(self) -> None:
        """What people look for at the end of a long run."""
        failures = self._failures.all()
        for failure in failures[:MOST]:
            self._print_failure(failure)
        if failures[MOST:]:
            self._print(f"and {len(failures) - MOST} more")

    def _print_failure(self, failure: Failure) -> None:
        if self._line:
            self._line.print_failure(failure)
        else:
            words = failure.words_within(WIDTH)
            self._print(f"{failure.verdict} {failure.place}{words}")

    def _print(self, text: str) -> None:
        """A line: above the progress line, if there is one."""
        if self._line:
            self._line.print(text)
        else:
            print(text, file=self._out, flush=True)

    def _complain(self, text: str) -> None:
        """A block of its own: above the progress line, or on the error stream."""
        if self._line and self._err.isatty():
            self._print(text)
        else:
            print(text, file=self._err, flush=True)


def _part(end: FileDone) -> str:
    """How much of a file was asked for, if not all of it."""
    if not end.left_out:
        return ""
    proofs = end.proofs or 0
    return f" ({proofs} of {number(proofs + end.left_out, 'proof')})"


def _is_skipped(result: FileResult) -> bool:
    """A line for many of them, or of a proof, says why."""
    return result.verdict is Verdict.SKIPPED
