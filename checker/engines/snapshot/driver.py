"""The event loop of a run: workers make passes over files, and run the proofs that these put off.

A worker is a coroutine with one coqc process; it holds a token as long as that process lives.
Whatever goes wrong in one ends it and leads to another job: `followup` says which.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checker.engines.snapshot import copies
from checker.engines.snapshot.coqc.judge import Cause, judge
from checker.engines.snapshot.coqc.memory import Memory
from checker.engines.snapshot.coqc.process import DriverError, Ending
from checker.engines.snapshot.crew import Files, Look, no_look
from checker.engines.snapshot.execution import Launcher, start
from checker.engines.snapshot.files import FileRun, Product
from checker.engines.snapshot.followup import follow_up
from checker.engines.snapshot.guard import Guard
from checker.engines.snapshot.job import Job, making_pass
from checker.engines.snapshot.part import run_part, tell_held
from checker.engines.snapshot.queue import Queue, seconds_left
from checker.engines.snapshot.verdicts import tell_end
from checker.engines.snapshot.worker import Spare, Worker
from checker.report.events import Tell, WorkerBusy, WorkerIdle
from checker.report.results import Message
from checker.report.work import Work, timed
from checker.run.run import Care
from checker.schedule.passes import handed_over
from checker.schedule.policy import Situation, begins_file, is_urgent
from checker.workers.tokens import Tokens, take_while

LOOK_AGAIN = 0.25  # seconds after which a wait for a token looks whether it is still wanted
MOST_ATTEMPTS = 100  # to go on with a file, and four for each of its steps


@dataclass(eq=False)
class Driver:
    """One run over all files."""

    tokens: Tokens
    tell: Tell
    launch: Launcher
    workers: int
    care: Care = field(default_factory=Care)
    eager: bool = False  # for tests: whatever can be handed over is
    elsewhere: int = 0  # workers of other machines that have nothing to do
    seen: Look = no_look
    memory: Memory = field(default_factory=Memory)
    queue: Queue = field(default_factory=Queue)
    _promised: int = 0  # tokens that were taken for workers that have not begun
    at_work: list[Worker] = field(default_factory=list)
    _undecided: list[Worker] = field(default_factory=list)  # ended, with something open
    _free: list[int] = field(default_factory=list)  # numbers of idle workers
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, files: Files) -> None:
        """Gets a verdict on every file."""
        self._files, self._free = files, list(range(self.workers))[::-1]
        self.begin_files()
        guard = Guard(self.memory, self.at_work, self.queue, self._put_back, self.tell)
        async with asyncio.TaskGroup() as group, guard.watching(group):
            self._group = group
            while self._is_busy:
                self._changed.clear()
                if self._is_one_more_wanted():
                    await self._start_one()
                else:
                    await self._changed.wait()

    @property
    def _is_busy(self) -> bool:
        at_hand = self.queue or self.at_work or self._undecided or self._promised
        return bool(at_hand) or not self._files.is_done

    @property
    def _now(self) -> Situation:
        workers, jobs, copies = self.workers + self.elsewhere, self.queue.jobs, self.queue.copies
        waiting = (len(jobs), len(copies), self.queue.seconds)
        return Situation(workers, self.care.threshold, *waiting, self.memory.is_short)

    def begin_files(self) -> None:
        """Take up what can be begun: as much as keeps the workers busy, since times change."""
        while begins_file(self._now) and (jobs := self._files.begin()):
            for job in jobs:
                self._add(job)

    @property
    def _has_room(self) -> bool:
        """Whether one more worker may start."""
        running = self._promised + sum(worker.waits is None for worker in self.at_work)
        return running == 0 or (running < self.workers and self.memory.has_room(running))

    # ---- the jobs of a file ----

    def _add(self, job: Job) -> None:
        job.file.open_jobs += 1
        job.file.attempts += 1
        if job.file.attempts > MOST_ATTEMPTS + 4 * len(job.file.script.steps):
            job.file.errors.lost = Message(None, "no end is in sight: a defect of proof-checker")
            self._end(job)
            return
        self.queue.add(job)
        self._changed.set()

    def _end(self, job: Job) -> None:
        job.file.open_jobs -= 1
        if not (job.makes or job.is_pass):
            job.file.handed.difference_update(range(job.real, job.stop))
        job.file.news.set()
        if job.file.open_jobs == 0:
            self._settle(job.file)

    def _settle(self, file: FileRun) -> None:
        """No job of the file is left: the verdict, unless others still need what a pass makes."""
        for job in self._files.rest(file):
            self._add(job)
        if file.open_jobs:
            return
        if file.product is Product.PROVISIONAL:
            if file.variables.record_is_wrong:
                file.product = Product.WANTED
            else:
                file.product = Product.STANDS
                self._files.holds(file)
                self.begin_files()
        if file.product is Product.WANTED and not file.errors.is_outside_proofs():
            # Proofs that are wrong have statements: those who load the file can be checked.
            file.product = Product.WANTED_PAST_ERRORS
            self._add(making_pass(file))
            return
        if file.product.is_wanted:
            self._stands(file, Product.MISSING)
        tell_end(file, self.tell)

    def made(self, file: FileRun, *, whole: bool) -> None:
        """A pass has made what others load. `whole`: no proof was put off in it."""
        self._stands(file, Product.STANDS, whole=whole)

    def _stands(self, file: FileRun, product: Product, *, whole: bool = False) -> None:
        file.product = product
        self._files.stands(file, good=product is Product.STANDS, whole=whole)
        self.begin_files()
        self._changed.set()

    # ---- the life of a worker ----

    def _is_one_more_wanted(self) -> bool:
        has_rested = any(worker.waits and not worker.waits() for worker in self.at_work)
        return not has_rested and self._has_room and bool(self._next_job() or self.queue.copies)

    def _next_job(self) -> Job | None:
        return self.queue.next_job(self.at_work, self._promised)

    async def _start_one(self) -> None:
        """Takes a token and puts it to use, if there still is one."""
        if not await take_while(self.tokens, self._is_one_more_wanted, LOOK_AGAIN):
            return
        match self.queue.take(self._next_job()):
            case Job() as job:
                self.begin_files()
                self._promised += 1
                self._group.create_task(self._begin(job, self._free.pop()))
            case Worker() as copy:
                copy.number = self._free.pop()
                self.tell(WorkerBusy(copy.number, copy.job.file.script.file))
                self.at_work.append(copy)
                self._group.create_task(self._work(copy))
            case None:
                self.tokens.give()

    async def _begin(self, job: Job, number: int) -> None:
        """Starts a process for the job and lets it work."""
        begun: Spare | Ending | None = None
        self.tell(WorkerBusy(number, job.file.script.file))
        try:
            begun = await start(self.launch, job, number, self.tell)
        except (DriverError, OSError) as error:  # it was killed on its way, or there is no room
            begun = Ending(None, str(error).encode(), False)
        finally:
            self._promised -= 1
            if begun is None or isinstance(begun, Ending):
                self._leave(number)
        if isinstance(begun, Spare):
            worker = Worker(number, job, begun.process, begun.past)
            self.at_work.append(worker)
            await self._work(worker)
        else:
            found = replace(judge(job.file.script, 0, 1, begun), cause=Cause.MACHINE)
            if again := follow_up(job, found, False, self.care, self.tell):
                self._add(again)
            self._end(job)
            self.has_news(job.file)

    async def _work(self, worker: Worker) -> None:
        """Runs the worker's part to its end, or to where it fails."""
        try:
            while job := await run_part(worker, self):
                if worker.spare is None or worker.evicted or job.plain or job.alone:
                    self._add(job)
                    break
                ended = worker.job
                await copies.go_on_from_spare(worker, job)
                job.file.open_jobs += 1
                self._end(ended)
        finally:
            for process in (worker.process, *copies.kept(worker)):
                process.kill()
                await asyncio.shield(process.ended())
            self.at_work.remove(worker)
            self._leave(worker.number)
        if worker.failed or worker.held:
            self._undecided.append(worker)
        else:
            self._end(worker.job)
        self.has_news(worker.job.file)

    def _leave(self, number: int) -> None:
        self.tell(WorkerIdle(number))
        self._free.append(number)
        self.tokens.give()
        self._changed.set()

    # ---- what workers have to do with each other ----

    def has_news(self, file: FileRun) -> None:
        """Goes on with workers that ended with something open, where that is decided now.

        Where nobody is left who could decide it, the part is run as coqc does.
        """
        file.news.set()
        is_news = True
        while is_news:
            is_news = False
            for worker in [worker for worker in self.at_work if worker.job.file is file]:
                is_news |= tell_held(worker, self.tell)
            for worker in [worker for worker in self._undecided if worker.job.file is file]:
                if worker.is_confirmed and not worker.failed:
                    is_news |= tell_held(worker, self.tell)
                elif self.is_passed_again(worker):
                    worker.forget()
                elif worker.is_confirmed or worker.is_refuted:
                    self._add(worker.job)
                elif file.open_jobs == self._undecided_of(file):
                    self._add(worker.job.as_coqc())
                else:
                    continue
                self._undecided.remove(worker)
                self._end(worker.job)

    def is_passed_again(self, worker: Worker) -> bool:
        """Whether a pass will come by what this copy was for again, with what is known by then."""
        return copies.is_passed_again(worker, self.at_work)

    def hands_over(self, worker: Worker, index: int) -> int:
        """How many steps from here on a copy is to run, while the pass goes on without them."""
        if not copies.can_be_handed_over(worker, index):
            return 0
        if self.eager:
            return 1
        now, file = self._now, worker.job.file
        path = file.seconds_between(index, worker.job.stop) + file.path_after
        work = now.waiting + seconds_left(self.at_work) + self._files.seconds_to_come
        urgent = file.path_after > 0 and is_urgent(path, work, self.workers)
        return handed_over(copies.ahead(worker, index), now, is_urgent=urgent)

    async def hand_over(self, worker: Worker, steps: int) -> None:
        """Copies the process at a proof; the copy waits until a worker is free to run it."""
        try:
            with timed(self.tell, Work.FORK, worker.number, worker.job.file.script.file):
                copy = await copies.hand_over(worker, steps)
        except DriverError:  # no room for one more process: the proof runs in the pass
            return
        copy.job.file.open_jobs += 1
        self.queue.add_copy(copy)
        self._changed.set()

    async def rest(self, worker: Worker, waits: Callable[[], bool]) -> None:
        """Before a section ends, or the pass: what it took for granted must be known.

        Its token goes to those who find that out.
        """
        file = worker.job.file
        worker.waits = waits
        self._leave(worker.number)
        while waits() and file.open_jobs > 1 + self._undecided_of(file):
            file.news.clear()
            await file.news.wait()
        await self.tokens.take()
        worker.waits = None
        self._changed.set()
        worker.number = self._free.pop()
        self.tell(WorkerBusy(worker.number, file.script.file))
        worker.stuck = waits() and not worker.is_refuted  # nobody is left who could tell

    def _undecided_of(self, file: FileRun) -> int:
        """How many jobs of the file wait for what others find out."""
        return sum(worker.job.file is file for worker in self._undecided)

    def drop_copies(self, file: FileRun, which: Callable[[Worker], bool]) -> None:
        """These copies of a pass, of those that wait, are of no use."""
        for copy in self.queue.take_copies(file, which):
            self._end(copy.job)
            self._group.create_task(copies.end(copy.process))

    async def _put_back(self, copy: Worker) -> None:
        """A copy makes room: its proof is run later, from the beginning of the file."""
        self._add(copy.job)
        await copies.end(copy.process)
        self._end(copy.job)
