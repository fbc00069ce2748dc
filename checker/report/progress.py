"""The line that shows how far a check has come."""

from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from checker.report.events import (
    Event,
    FileDone,
    ProofDone,
    Started,
    WorkerBusy,
    WorkerIdle,
    number,
)
from checker.report.failures import Failure


class OurConsole(Console):
    """A console that leaves it to makegen.base.guard what happens where nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Called while the error is handled; rich itself would exit with 1."""
        raise  # noqa: PLE0704


class ProgressLine:
    """proofs done of all, the latest by name, workers busy, time left."""

    def __init__(self, console: Console, *, is_shown: bool = True) -> None:
        self._console = console
        self._is_shown = is_shown
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
            case _ if not self._is_shown:
                return
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

    def print(self, text: str) -> None:
        """Above the line."""
        self._console.print(Text(text))

    def print_failure(self, failure: Failure) -> None:
        """On one line, if the place leaves room for that."""
        words = failure.words_within(self._console.width)
        place = (failure.place, "bold")
        self._console.print(Text.assemble((failure.verdict, "bold red"), " ", place, words))

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
