"""What a run's files and workers are to those who only have to do with them."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.worker import Worker
from checker.report.events import Tell
from checker.run.run import Care

Look = Callable[[Worker], Awaitable[None]]
HeadStart = Callable[[int], Awaitable[None]]  # by the worker of that number


async def no_look(_: Worker) -> None:
    """Nobody wants to see it."""


class Files(Protocol):
    """The files of a run, as they can be begun."""

    @property
    def is_done(self) -> bool:
        """Whether there is none to come."""

    @property
    def seconds_to_come(self) -> float:
        """CPU, of those that have not begun."""

    def begin(self) -> tuple[Job, ...]:
        """The jobs to begin the next file with, if one can be begun now."""

    def begin_head(self) -> HeadStart | None:
        """Has a process execute the head of a file that is to be begun soon; None: of none."""

    def rest(self, file: FileRun) -> tuple[Job, ...]:
        """What is still to be done with a file of which all jobs have ended."""

    def holds(self, file: FileRun) -> None:
        """What others load was made before, and is right."""

    def stands(self, file: FileRun, *, good: bool, whole: bool) -> None:
        """A pass over the file has made what others load, or nobody will.

        `whole`: no proof was put off in it.
        """


class Crew(Protocol):
    """The other workers, as far as one of them has to do with them."""

    @property
    def tell(self) -> Tell:
        """Whom a worker tells what it finds out."""

    @property
    def care(self) -> Care:
        """What to do about errors, and limits."""

    @property
    def seen(self) -> Look:
        """Who sees a worker that has executed all that it was fed, and is about to be fed more."""

    def hands_over(self, worker: Worker, index: int) -> int:
        """How many steps from here on a copy is to run, while the pass goes on without them."""

    async def hand_over(self, worker: Worker, steps: int) -> None:
        """Copies the process at a proof; the copy waits until a worker is free to run it."""

    async def rest(self, worker: Worker, waits: Callable[[], bool]) -> None:
        """Lets others work until it need not wait any more, or nobody is left to wait for."""

    def is_passed_again(self, worker: Worker) -> bool:
        """Whether a pass will come by again, with what is known by then."""

    def drop_copies(self, file: FileRun, which: Callable[[Worker], bool]) -> None:
        """These copies of a pass, of those that wait, are of no use."""

    def has_news(self, file: FileRun) -> None:
        """Something was found out for which others may wait."""

    def made(self, file: FileRun, *, whole: bool) -> None:
        """A pass has made what others load. `whole`: no proof was put off in it."""
