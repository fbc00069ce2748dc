"""The jobs of one file, as the driver sees the files of a run."""

from collections.abc import Callable, Iterable

from checker.engines.snapshot.crew import HeadStart
from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.job import Job


class OneFile:
    """The jobs of one file, as the driver sees files."""

    seconds_to_come = 0.0

    def __init__(self, jobs: Iterable[Job], rest: Callable[[], tuple[Job, ...]]) -> None:
        self._jobs = tuple(jobs)
        self._rest = rest

    @property
    def is_done(self) -> bool:
        """Whether they were begun."""
        return not self._jobs

    def begin(self) -> tuple[Job, ...]:
        """All of them."""
        jobs, self._jobs = self._jobs, ()
        return jobs

    def begin_head(self) -> HeadStart | None:
        """What it loads stands."""

    def add(self, job: Job) -> None:
        """One more."""
        self._jobs = (*self._jobs, job)

    def rest(self, file: FileRun) -> tuple[Job, ...]:  # noqa: ARG002
        """What is left for the end."""
        return self._rest()

    def holds(self, file: FileRun) -> None:
        """Nobody waits."""

    def stands(self, file: FileRun, *, good: bool, whole: bool) -> None:
        """Nobody waits."""
