"""What a run shows as it goes on: plain lines, or lines above a progress line in a terminal."""

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TextIO

from checker.report.blocks import complaint, explanation, warning_block
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
    number,
)
from checker.report.failures import MOST, Failure, Failures
from checker.report.results import FileResult, Verdict

if TYPE_CHECKING:
    from checker.report.progress import ProgressLine

FIRST_CHECK = "the first check runs every proof; the next ones run what has changed since"
WIDTH = 200  # of the lines at the end, where there is no terminal


class Progress(Enum):
    """How a run shows how far it has come."""

    AUTO = "auto"  # workers and a progress line on a terminal that can draw, else a line a file
    PLAIN = "plain"  # a line a file
    NONE = "none"  # not at all


def reporter(
    out: TextIO,
    err: TextIO,
    count: Count,
    *,
    quiet: bool = False,
    progress: Progress = Progress.AUTO,
) -> "Terminal":
    """A reporter that writes progress to `out`, wrong proofs to `err`, and keeps the count."""
    names_files = progress is not Progress.NONE
    if not out.isatty():
        return Terminal(out, err, count, quiet=quiet, names_files=names_files)
    from checker.report.progress import OurConsole, ProgressLine  # noqa: PLC0415 - slow to load

    console = OurConsole(out, soft_wrap=True)
    draws = progress is Progress.AUTO and not (quiet or console.is_dumb_terminal)
    line = ProgressLine(console, is_shown=draws)
    return Terminal(out, err, count, line, quiet=quiet, names_files=names_files)


@dataclass
class Terminal:
    """Writes events as they come; call it with each event."""

    out: TextIO
    err: TextIO
    count: Count
    line: "ProgressLine | None" = None  # of the terminal, if `out` is one
    quiet: bool = False  # only errors and the summary
    names_files: bool = True  # a line for each file that has ended, where nothing is drawn
    _noted: set[str] = field(default_factory=set)  # what was said once
    _failures: Failures = field(default_factory=Failures)

    def __call__(self, event: Event) -> None:
        """Show the event."""
        self.count.tell(event)
        self._failures.tell(event)
        if self.line:
            self.line.tell(event)
        if isinstance(event, ProofDone | FileDone) and not self.quiet:
            for warning in event.result.warnings:
                self._complain(warning_block(warning))
        if (text := complaint(event)) is not None:
            self._complain(text)
            return
        match event:
            case FileDone(result) if self._names(result):
                self._print(f"{result.verdict.value} {result.file}{_part(event)}")
            case Explained():
                self._print(explanation(event))
            case FirstCheck() if not self.quiet:
                self._print(FIRST_CHECK)
            case LoadedTogether(words=words) if not self.quiet:
                self._print(words)
            case Note(text) if text not in self._noted:
                self._noted.add(text)
                self._complain(text)
            case Ended():
                self.close()
                self._list_failures()
                self._print(self.count.summary)
            case _:
                pass

    def close(self) -> None:
        """Take the progress line away; once the run has ended or was given up."""
        if self.line:
            self.line.stop()

    def _list_failures(self) -> None:
        """What people look for at the end of a long run."""
        failures = self._failures.all()
        for failure in failures[:MOST]:
            self._print_failure(failure)
        if failures[MOST:]:
            self._print(f"and {len(failures) - MOST} more")

    def _print_failure(self, failure: Failure) -> None:
        if self.line:
            self.line.print_failure(failure)
        else:
            words = failure.words_within(WIDTH)
            self._print(f"{failure.verdict} {failure.place}{words}")

    @property
    def _draws(self) -> bool:
        return self.line is not None and self.line.is_shown

    def _names(self, result: FileResult) -> bool:
        """Of a file that was not tried, a line for many of them, or of a proof, says why."""
        is_shown = self.names_files and not (self.quiet or self._draws)
        return is_shown and result.verdict is not Verdict.SKIPPED

    def _print(self, text: str) -> None:
        """A line: above the progress line, if there is one."""
        if self.line:
            self.line.print(text)
        else:
            print(text, file=self.out, flush=True)

    def _complain(self, text: str) -> None:
        """A block of its own: above the progress line, or on the error stream."""
        if self._draws and self.err.isatty():
            self._print(text)
        else:
            print(text, file=self.err, flush=True)


def _part(end: FileDone) -> str:
    """How much of a file was asked for, if not all of it."""
    if not end.left_out:
        return ""
    proofs = end.proofs or 0
    return f" ({proofs} of {number(proofs + end.left_out, 'proof')})"
