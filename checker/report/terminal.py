"""The one place that knows about terminals: a progress line, or plain lines."""

from collections import Counter
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from checker.report.count import Count
from checker.report.events import (
    Ended,
    Event,
    Explained,
    FileDone,
    LoadedTogether,
    Note,
    ProofDone,
    Started,
    WorkerBusy,
    WorkerIdle,
    complaint,
    explanation,
    number,
    warning_block,
)
from checker.report.results import FileResult, Verdict


def reporter(out: TextIO, err: TextIO, count: Count, *, quiet: bool = False) -> "Terminal":
    """A reporter that writes progress to `out`, wrong proofs to `err`, and keeps the count."""
    return Terminal(OurConsole(file=out, highlight=False, soft_wrap=True), err, count, quiet=quiet)


class OurConsole(Console):
    """A console that leaves it to makegen.base.guard what happens where nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Called while the error is handled; rich itself would exit with 1."""
        raise  # noqa: PLE0704


class Terminal:
    """Writes events as they come; call it with each event."""

    def __init__(self, console: Console, err: TextIO, count: Count, *, quiet: bool) -> None:
        self._console = console
        self._err = err
        self._count = count
        self._quiet = quiet
        self._noted: set[str] = set()  # what was said once
        self._line = _ProgressLine(console) if console.is_terminal and not quiet else None

    def __call__(self, event: Event) -> None:
        """Show the event."""
        self._count.tell(event)
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
                self._console.print(Text(f"{result.verdict.value} {result.file}"))
            case Explained():
                self._console.print(Text(explanation(event)))
            case LoadedTogether(words=words) if not self._quiet:
                self._console.print(Text(words))
            case Note(text) if text not in self._noted:
                self._noted.add(text)
                self._complain(text)
            case Ended():
                self.close()
                self._console.print(Text(self._count.summary))
            case _:
                pass

    def close(self) -> None:
        """Take the progress line away; once the run has ended or was given up."""
        if self._line:
            self._line.stop()

    def _complain(self, text: str) -> None:
        """A block of its own: above the progress line, or on the error stream."""
        if self._line and self._err.isatty():
            self._console.print(Text(text))
        else:
            print(text, file=self._err, flush=True)


def _is_skipped(result: FileResult) -> bool:
    """A line for many of them, or of a proof, says why."""
    return result.verdict is Verdict.SKIPPED


class _ProgressLine:
    """proofs done of all, the latest by name, workers busy, time left."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[done]}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[left]}"),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._busy: dict[int, str] = {}
        self._started = Started(0, 0, 1, 0.0, 0.0)
        self._done: Counter[str] = Counter()  # proofs, by file
        self._work_done = 0.0

    def tell(self, event: Event) -> None:
        match event:
            case Started():
                # A run may begin again with some of its files: the line then does.
                self._started, self._work_done = event, 0.0
                self._done.clear()
                if self._task is not None:
                    self._progress.remove_task(self._task)
                self._task = self._progress.add_task("", total=event.work or 1, done="", left="")
                self._progress.start()
            case WorkerBusy(worker, label):
                self._busy[worker] = label
            case WorkerIdle(worker):
                self._busy.pop(worker, None)
            case ProofDone(known=True) | FileDone(known=True):  # no part of what was begun
                return
            case ProofDone(result, predicted):
                self._done[result.file] += 1
                self._advance(predicted, f"{result.proof}")
            case FileDone(result, proofs, predicted):
                self._done[result.file] = proofs or self._done[result.file]
                self._advance(predicted, result.file)
            case _:
                return
        self._refresh()

    def stop(self) -> None:
        self._progress.stop()

    def _advance(self, predicted: float, latest: str) -> None:
        self._work_done += predicted
        if self._task is not None:
            self._progress.update(self._task, advance=predicted, description=latest)

    def _refresh(self) -> None:
        if self._task is None:
            return
        count = self._done.total()
        done, left = status(self._started, count, self._work_done, len(self._busy))
        self._progress.update(self._task, done=done, left=left)


def status(started: Started, done: int, work_done: float, busy: int) -> tuple[str, str]:
    """The counts and the time left, as the progress line shows them.

    >>> status(Started(10, 2, 2, 8.0, 4.0), 5, 4.0, 2)
    ('5/10 proofs', '2 workers, 2 s left')
    """
    fraction_left = max(0.0, 1 - work_done / started.work) if started.work else 0.0
    left = started.makespan * fraction_left
    done = min(done, started.proofs)  # others come with their files: nobody waits for them
    return f"{done}/{started.proofs} proofs", f"{number(busy, 'worker')}, {left:.0f} s left"
