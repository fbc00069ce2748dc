"""The jobs of a run's files: what is begun, and what follows when the last one of a file ends."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from checker.engines.snapshot.crew import Files
from checker.engines.snapshot.file.file_run import FileRun, Product
from checker.engines.snapshot.file.job import Job, making_pass
from checker.engines.snapshot.file.verdicts import tell_end
from checker.engines.snapshot.queue import Queue
from checker.report.events import Tell
from checker.report.results import Message
from checker.schedule.policy import Situation, begins_file

MOST_ATTEMPTS = 100  # to go on with a file, and four for each of its steps


@dataclass(frozen=True)
class Jobs:
    """The jobs of a run. `now` says how it stands; `changed` is set when there is more to do."""

    files: Files
    queue: Queue
    now: Callable[[], Situation]
    changed: asyncio.Event
    tell: Tell

    def begin_files(self) -> None:
        """Take up what can be begun: as much as keeps the workers busy, since times change."""
        while begins_file(self.now()) and (jobs := self.files.begin()):
            for job in jobs:
                self.add(job)

    def add(self, job: Job) -> None:
        """One more is to be done."""
        job.file.open_jobs += 1
        job.file.attempts += 1
        if job.file.attempts > MOST_ATTEMPTS + 4 * len(job.file.script.steps):
            job.file.errors.lost = Message(None, "no end is in sight: a defect of proof-checker")
            self.end(job)
            return
        self.queue.add(job)
        self.changed.set()

    def end(self, job: Job) -> None:
        """It was done, or others do what it was for."""
        job.file.open_jobs -= 1
        if not (job.makes or job.is_pass):
            job.file.handed.difference_update(range(job.real, job.stop))
        job.file.news.set()
        if job.file.open_jobs == 0:
            self._settle(job.file)

    def _settle(self, file: FileRun) -> None:
        """No job of the file is left: the verdict, unless others still need what a pass makes."""
        for job in self.files.rest(file):
            self.add(job)
        if file.open_jobs:
            return
        if file.product is Product.PROVISIONAL:
            if file.variables.record_is_wrong:
                file.product = Product.WANTED
            else:
                file.product = Product.STANDS
                self.files.holds(file)
                self.begin_files()
        if file.product is Product.WANTED and not file.errors.is_outside_proofs():
            # Proofs that are wrong have statements: those who load the file can be checked.
            file.product = Product.WANTED_PAST_ERRORS
            self.add(making_pass(file))
            return
        if file.product.is_wanted:
            self.stands(file, Product.MISSING)
        tell_end(file, self.tell)

    def stands(self, file: FileRun, product: Product, *, whole: bool = False) -> None:
        """What others load was made, or will not be. `whole`: no proof was put off in it."""
        file.product = product
        self.files.stands(file, good=product is Product.STANDS, whole=whole)
        self.begin_files()
        self.changed.set()
