"""One state of an open document is run: what is not known of it, from the nearest snapshots."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from checker.document.document import Document
from checker.document.proof_using import SUGGEST
from checker.engines.snapshot import copies
from checker.engines.snapshot.coqc.launch import Launch
from checker.engines.snapshot.coqc.memory import Memory
from checker.engines.snapshot.coqc.process import CoqProcess, Ending
from checker.engines.snapshot.driver import Driver
from checker.engines.snapshot.file.file_run import FileRun, Product
from checker.engines.snapshot.file.history import Fed, assumed, steps
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.file.records import file_run, remember
from checker.engines.snapshot.file.verdicts import Ran, passed, tell_end
from checker.engines.snapshot.file.warned import recall_warnings
from checker.engines.snapshot.queue import Queue
from checker.engines.snapshot.steps.costs import Rates
from checker.engines.snapshot.worker import Spare, Worker
from checker.knowledge.known import Known
from checker.lsp.desk import Desk
from checker.lsp.one_file import OneFile
from checker.lsp.snapshots import Snapshot, Snapshots, end_all
from checker.lsp.surroundings import Surroundings
from checker.report.events import Event, FileDone, Tell
from checker.workers.tokens import Lease, Tokens

LONG = 0.5  # seconds that a pass may be at a proof
COLLECTOR = "s=1M,o=10000"  # of processes that are copied all the time


class Outdated(Exception):
    """Something that the document loads has changed: snapshots, and what is known, do not count."""


@dataclass(eq=False)
class Revision:
    """A text of the document, as it is run."""

    desk: Desk
    around: Surroundings
    known: Known
    snapshots: Snapshots
    file: FileRun
    ended: Fed | None = None  # what a process had been fed that found nothing wrong at the end
    focus: int = 0  # the byte where the user is
    asked: frozenset[str] | None = None  # the proofs that are run; None: all
    is_old: bool = False  # the document has another text, or is closed
    driver: Driver | None = None  # while it runs
    # Of a process at the end: what it was fed, and what it took for granted before that is run.
    _end: tuple[Fed, dict[int, bytes]] | None = None
    _tell: Tell = field(default=lambda _: None)
    _passes: Callable[[int], None] = field(default=lambda _: None)

    async def run(self, tell: Tell, passes: Callable[[int], None]) -> None:
        """Run what is to be run, and tell of it as it is found out.

        `passes` hears up to which byte what is between proofs has been executed.
        """
        self._tell, self._passes = tell, passes
        jobs = self._jobs()
        if not jobs:
            tell_end(self.file, tell)
            return
        run = self.around.run
        try:
            with Lease(run.tokens) as tokens:
                await self._drive(tokens, jobs)
        finally:
            remember(run, [self.file])

    async def _drive(self, tokens: Tokens, jobs: Iterable[Job]) -> None:
        run = self.around.run
        self.driver = Driver(
            tokens,
            self._found,
            self._launch,
            run.workers,
            run.care,
            memory=Memory(self.desk.memory),
            seen=self._look,
            queue=Queue(distance=self._distance),
        )
        files = OneFile(jobs, self._rest)
        watching = asyncio.create_task(self._watch(self.driver, files))
        try:
            await self.driver.run(files)
        finally:
            watching.cancel()
            waiting, self.driver = self.driver.queue.copies, None
            await end_all(copy.process for copy in waiting)

    def look_from(self, offset: int) -> None:
        """From now on, what is near to this byte comes first."""
        self.focus = offset
        if self.driver:
            self.driver.queue.sort()

    def _distance(self, index: int) -> float:
        """Of a step from where the user is."""
        return abs(index - self.file.script.step_at(self.focus))

    async def _watch(self, driver: Driver, files: OneFile) -> None:
        """A pass that is long at a proof goes on without it, from its last snapshot."""
        since: dict[tuple[Worker, int], float] = {}
        while True:
            await asyncio.sleep(LONG / 4)
            now = time.monotonic()
            at = [(worker, worker.past.cursor) for worker in driver.at_work]
            since = {place: since.get(place, now) for place in at}
            for (worker, index), begun in since.items():
                lost = sum(ran.seconds for ran in worker.held)  # it would be run again
                is_long = now - begun >= LONG + lost and copies.can_be_handed_over(worker, index)
                if is_long and not self.file.must_run(index):
                    self.file.handed.add(index)
                    files.add(Job(self.file, index, index + 1))
                    worker.evicted = True
                    worker.process.kill()

    async def _look(self, worker: Worker) -> None:
        if worker.job.passes:
            self._passes(self.file.script.steps[worker.past.cursor - 1].end)
        await self.snapshots.look(worker)

    def _found(self, event: Event) -> None:
        if isinstance(event, FileDone) and not event.result.messages:
            fitting = self.snapshots.fitting(self.file)
            self.ended = fitting[-1].history if fitting else None
        self._tell(event)

    # ---- what is to be done ----

    def _jobs(self) -> tuple[Job, ...]:
        """Proofs before the last snapshot, each alone; and a pass from there to the end."""
        file = self.file
        fitting = self.snapshots.fitting(file)
        stop = len(file.script.steps)
        file.handed.update(filter(self._is_left, range(stop)))
        if not fitting:
            return (Job(file, 0, stop, passes=True),)
        tip = fitting[-1]
        took = assumed(tip.history, file)
        open_from = _first_open(took, file)
        self._passes(file.script.steps[min(tip.history.index, open_from)].end)
        self._adopt(tip.history, took, Job(file, 0, stop, passes=True))
        before = (index for index in range(tip.cursor) if index not in file.handed)
        alone = [index for index in before if self._is_open(index)]
        file.handed.update(alone)
        jobs = [Job(file, index, index + 1) for index in alone]
        if jobs and tip.cursor == stop:
            self._end = tip.history, took
        elif min(tip.cursor, open_from) < stop or tip.history is not self.ended:
            jobs.append(Job(file, 0, stop, passes=True))
        return tuple(jobs)

    def _rest(self) -> tuple[Job, ...]:
        """After proofs that were run alone: a pass, unless they are as was taken for granted."""
        end, self._end = self._end, None
        if end is None:
            return ()
        file, stop = self.file, len(self.file.script.steps)
        history, took = end
        rest = Job(file, 0, stop, passes=True)
        self._adopt(history, took, rest)
        is_open = _first_open(took, file) < stop
        return (rest,) if is_open or history is not self.ended else ()

    def _is_left(self, index: int) -> bool:
        """Whether this proof is not run until somebody asks for it."""
        if self.asked is None or not self._is_open(index):
            return False
        return self.file.proof(index).name not in self.asked

    def _is_open(self, index: int) -> bool:
        """Whether this proof is to be run, which others need not wait for."""
        number = self.file.script.steps[index].proof
        if number is None or number in self.file.decided or self.file.must_run(index):
            return False
        return self.file.is_wanted(index)

    # ---- how it begins ----

    async def _launch(self, job: Job) -> Spare | Ending:
        found = self.best(job)
        if found is None:
            begun = await self._start()
            return begun if isinstance(begun, Ending) else Spare.new(begun)
        spare = await self.snapshots.copy(found, job.file)
        self._adopt(found.history, spare.past.assumed, job)
        return spare

    def best(self, job: Job) -> Snapshot | None:
        """The last snapshot that the job can go on from: all that it has to run comes after it."""
        limit = job.real if job.patches else job.stop
        for snapshot in reversed(self.snapshots.fitting(job.file)):
            if snapshot.cursor > limit:
                continue
            open_from = _first_open(assumed(snapshot.history, job.file), job.file)
            fed_before = steps(snapshot.history)
            missing = [fed.index for fed in fed_before if _is_missed(fed, job, open_from)]
            if not missing:
                return snapshot
            limit = min(missing)
        return None

    def _adopt(self, history: Fed, took: Mapping[int, bytes], job: Job) -> None:
        """What a snapshot has been through counts for this state of the file, too.

        `took`: what it took for granted when it was chosen. By now that may be refuted.
        """
        file = job.file
        open_from = _first_open(took, file)
        for fed in reversed([*steps(history)]):
            index = fed.index
            file.recall(index, fed.file)
            recall_warnings(fed, file)
            if (
                index < job.real
                or index >= open_from
                or not job.runs(index)
                or not fed.is_same(file)
            ):
                continue
            if index in fed.file.variables.told:
                file.variables.learn(index, fed.file.variables.told[index])
            ran = fed.ran or Ran(index)
            passed(file, replace(ran, warnings=file.warnings.get(index, ())), self._tell)

    async def begin(self, snapshot: Snapshot | None) -> CoqProcess | Ending:
        """A process where this snapshot is, or where the source begins.

        Raises Outdated, and DriverError where there is no room for one more process.
        """
        if snapshot:
            return (await self.snapshots.copy(snapshot, self.file)).process
        return await self._start()

    async def _start(self) -> CoqProcess | Ending:
        if not self.around.stand:
            raise Outdated
        file, run = self.file.script.file, self.around.run
        assert run.targets, "the document is to be run"
        nowhere = self.desk.private.folder / "none" / PurePosixPath(file).with_suffix(".vo").name
        workspace = replace(run.targets.workspace, collector=COLLECTOR)
        request = workspace.coqc(*SUGGEST, "-o", str(nowhere), file)
        return await CoqProcess.start(
            Launch(
                command=request.words,
                root=request.folder,
                source=run.project.root / file,
                environ=request.environ,
                shim=self.desk.private.shim,
                opening=self.desk.opening,
                folder=self.desk.private.folder,
                opened=self.file.plugins.opened,
            )
        )


def revision_of(
    desk: Desk, around: Surroundings, document: Document, snapshots: Snapshots, rates: Rates
) -> Revision:
    """This state of the document, ready to be run."""
    known = around.look_up(document)
    file = file_run(around.run, around.file, known, rates, is_shown=True)
    file.product = Product.STANDS
    return Revision(desk, around, known, snapshots, file)


def _first_open(took: Mapping[int, bytes], file: FileRun) -> int:
    """The first step of which something is taken for granted that nobody has confirmed.

    What comes after it has been executed, but that proves nothing yet.
    """
    return min(file.open_among(took), default=sys.maxsize)


def _is_missed(fed: Fed, job: Job, open_from: int) -> bool:
    """Whether the job has to run a step that the process had something else for."""
    if job.plain:
        return not fed.is_same(job.file)
    file = job.file
    if not (fed.index >= job.real and job.runs(fed.index)):
        return False
    is_done = fed.index in file.executed or file.script.steps[fed.index].proof in file.decided
    return not (is_done or (fed.is_same(file) and fed.index < open_from))
