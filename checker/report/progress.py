"""What is drawn below the lines of a run on a terminal: its workers, and how far it has come."""

import threading
import time
from typing import Any, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from checker.report.events import Event, Started
from checker.report.failures import Failure
from checker.report.state import State, duration
from makegen.base.visible import drawn_on, visible

PER_SECOND = 5  # times that it is drawn
BAR = 20  # columns
NARROW = 60  # columns: on less there is no bar


class OurConsole(Console):
    """A console that leaves it to makegen.base.guard what happens where nobody reads any more."""

    def __init__(self, file: TextIO, **given: Any) -> None:
        super().__init__(file=drawn_on(file), highlight=False, **given)

    def on_broken_pipe(self) -> None:
        """Called while the error is handled; rich itself would exit with 1."""
        raise  # noqa: PLE0704


class ProgressLine:
    """A line for each busy worker, and the last one: proofs done of all, workers, time left."""

    def __init__(self, console: Console, *, is_shown: bool = True) -> None:
        """Not `is_shown`: it draws nothing, and only prints."""
        self.is_shown = is_shown
        self._console = console
        self._state = State()
        self._lock = threading.Lock()  # it is drawn by a thread of rich's
        self._live = Live(
            console=console,
            refresh_per_second=PER_SECOND,
            transient=True,
            get_renderable=self._drawn,
            vertical_overflow="crop",
        )

    def tell(self, event: Event) -> None:
        """Take the event into account; from the first Started on it is drawn."""
        if not self.is_shown:
            return
        with self._lock:
            self._state.tell(event, time.monotonic())
        if isinstance(event, Started) and not self._live.is_started:
            self._live.start(refresh=True)

    def print(self, text: str) -> None:
        """Above it."""
        self._console.print(Text(visible(text)))

    def print_failure(self, failure: Failure) -> None:
        """On one line, if the place leaves room for that."""
        words = visible(failure.words_within(self._console.width))
        place = (visible(failure.place), "bold")
        self._console.print(Text.assemble((failure.verdict, "bold red"), " ", place, words))

    def stop(self) -> None:
        """It goes away."""
        self._live.stop()

    def _drawn(self) -> RenderableType:
        width, height = self._console.size
        with self._lock:
            now = time.monotonic()
            lines = [
                Text(visible(at.line(now, width)), style="yellow" if at.is_long(now) else "")
                for at in self._state.workers(height)
            ]
            return Group(*lines, self._last_line(now, width))

    def _last_line(self, now: float, width: int) -> Text:
        state = self._state
        left = f"{state.busy}, {duration(state.seconds_left(now))} left"
        if width < NARROW:
            return Text(f"{state.counts} {left}"[:width])
        done = round(BAR * state.part_done(now))
        full, empty = "━─" if self._console.encoding.startswith("utf") else "#-"
        bar = ((full * done, "green"), (empty * (BAR - done), "bright_black"))
        return Text.assemble(state.counts, " ", *bar, " ", left)
