"""The event loop of a run: workers make passes over files, and run the proofs that these put off.

A worker is a coroutine with one coqc process; it holds a token as long as that process lives.
Whatever goes wrong in one ends it and leads to another job: `followup` says which.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checker.engines.snapshot import copies
from checker.engines.snapshot.coqc.heads import Heads
from checker.engines.snapshot.coqc.judge import Cause, judge
from checker.engines.snapshot.coqc.memory import Memory
from checker.engines.snapshot.coqc.process import DriverError, Ending
from checker.engines.snapshot.crew import Files, HeadStart, Look, no_look
from checker.engines.snapshot.execution import Launcher, start
from checker.engines.snapshot.file.file_run import FileRun, Product
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.followup import follow_up
from checker.engines.snapshot.guard import Guard
from checker.engines.snapshot.jobs import Jobs
from checker.engines.snapshot.part import run_part, tell_held
from checker.engines.snapshot.queue import Queue, seconds_left
from checker.engines.snapshot.worker import Spare, Worker
from checker.report.events import Tell, WorkerBusy, WorkerIdle
from checker.report.work import Work, timed
from checker.run.run import Care
from checker.schedule.passes import handed_over
from checker.schedule.policy import Situation, is_urgent
from checker.workers.tokens import Tokens, take_while

LOOK_AGAIN = 0.25  # seconds after which a wait for a token looks whether it is still wanted


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
    heads: Heads = field(default_factory=Heads)
    queue: Queue = field(default_factory=Queue)
    at_work: list[Worker] = field(default_factory=list)
    _undecided: list[Worker] = field(default_factory=list)  # ended, with something open
    _free: list[int] = field(default_factory=list)  # numbers of idle workers
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, files: Files) -> None:
        """Gets a verdict on every file."""
        self._files, self._free = files, list(range(self.workers))[::-1]
        self._jobs = Jobs(files, self.queue, lambda: self._now, self._changed, self.tell)
        self.begin_files()
        room = self.memory, self.at_work, self.queue, self.heads
        guard = Guard(*room, self._put_back, self.tell)
        async with asyncio.TaskGroup() as group, guard.watching(group):
            self._group = group
            while self._is_busy:
                self._changed.clear()
                if self._is_one_more_wanted():
                    await self._start_one()
                elif self._is_head_wanted() and (begin_head := self._files.begin_head()):
                    await self._start_ahead(begin_head)
                else:
                    await self._changed.wait()

    @property
    def _is_busy(self) -> bool:
        at_hand = self.queue or self.at_work or self._undecided or self._running
        return bool(at_hand) or not self._files.is_done

    @property
    def _now(self) -> Situation:
        workers, jobs, copies = self.workers + self.elsewhere, self.queue.jobs, self.queue.copies
        waiting = (len(jobs), len(copies), self.queue.seconds)
        return Situation(workers, self.care.threshold, *waiting, self.memory.is_short)

    def begin_files(self) -> None:
        """Take up what can be begun by now."""
        self._jobs.begin_files()

    @property
    def _running(self) -> int:
        """How many workers have a token."""
        return self.workers - len(self._free)

    @property
    def _has_room(self) -> bool:
        """Whether one more worker may start."""
        running = self._running
        return running == 0 or (running < self.workers and self.memory.has_room(running))

    def _is_head_wanted(self) -> bool:
        """Whether a worker has nothing to do while others have, and takes nothing from them."""
        jobs = (*self.queue.jobs, *(worker.job for worker in self.at_work))
        if self.memory.is_short or any(job.alone for job in jobs) or self._has_rested:
            return False
        return self._running > 0 and self._has_room and not self._is_one_more_wanted()

    def made(self, file: FileRun, *, whole: bool) -> None:
        """A pass has made what others load. `whole`: no proof was put off in it."""
        self._jobs.stands(file, Product.STANDS, whole=whole)

    # ---- the life of a worker ----

    def _is_one_more_wanted(self) -> bool:
        has_work = self._has_room and bool(self._next_job() or self.queue.copies)
        return has_work and not self._has_rested

    @property
    def _has_rested(self) -> bool:
        """Whether a worker is about to go on."""
        return any(worker.waits and not worker.waits() for worker in self.at_work)

    def _next_job(self) -> Job | None:
        not_begun = self._running - sum(worker.waits is None for worker in self.at_work)
        return self.queue.next_job(self.at_work, not_begun)

    async def _start_one(self) -> None:
        """Takes a token and puts it to use, if there still is one."""
        if not await take_while(self.tokens, self._is_one_more_wanted, LOOK_AGAIN):
            return
        match self.queue.take(self._next_job()):
            case Job() as job:
                self.begin_files()
                self._group.create_task(self._begin(job, self._free.pop()))
            case Worker() as copy:
                copy.number = self._free.pop()
                self.tell(WorkerBusy(copy.number, copy.job.file.script.file))
                self.at_work.append(copy)
                self._group.create_task(self._work(copy))
            case None:
                self.tokens.give()

    async def _start_ahead(self, begin_head: HeadStart) -> None:
        """Takes a token for it, unless there is something else to do by then, or nothing."""
        if await take_while(self.tokens, self._is_head_wanted, LOOK_AGAIN):
            self._group.create_task(self._run_ahead(begin_head, self._free.pop()))

    async def _run_ahead(self, begin_head: HeadStart, number: int) -> None:
        try:
            await begin_head(number)
        except OSError:  # no room for it: the pass will have its own troubles
            pass
        finally:
            self._leave(number)

    async def _begin(self, job: Job, number: int) -> None:
        """Starts a process for the job and lets it work."""
        begun: Spare | Ending | None = None
        self.tell(WorkerBusy(number, job.file.script.file))
        try:
            begun = await start(self.launch, job, number, self.tell)
        except (DriverError, OSError) as error:  # it was killed on its way, or there is no room
            begun = Ending(None, str(error).encode(), False)
        finally:
            if begun is None or isinstance(begun, Ending):
                self._leave(number)
        if isinstance(begun, Spare):
            worker = Worker(number, job, begun.process, begun.past)
            self.at_work.append(worker)
            await self._work(worker)
        else:
            found = replace(judge(job.file.script, 0, 1, begun), cause=Cause.MACHINE)
            if again := follow_up(job, found, False, self.care, self.tell):
                self._jobs.add(again)
            self._jobs.end(job)
            self.has_news(job.file)

    async def _work(self, worker: Worker) -> None:
        """Runs the worker's part to its end, or to where it fails."""
        try:
            while job := await run_part(worker, self):
                if worker.spare is None or worker.evicted or job.plain or job.alone:
                    self._jobs.add(job)
                    break
                ended = worker.job
                await copies.go_on_from_spare(worker, job)
                job.file.open_jobs += 1
                self._jobs.end(ended)
        finally:
            for process in (worker.process, *copies.kept(worker)):
                await process.end()
            self.at_work.remove(worker)
            self._leave(worker.number)
        if worker.failed or worker.held:
            self._undecided.append(worker)
        else:
            self._jobs.end(worker.job)
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
                    self._jobs.add(worker.job)
                elif file.open_jobs == self._undecided_of(file):
                    self._jobs.add(worker.job.as_coqc())
                else:
                    continue
                self._undecided.remove(worker)
                self._jobs.end(worker.job)

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
            self._jobs.end(copy.job)
            self._group.create_task(copy.process.end())

    async def _put_back(self, copy: Worker) -> None:
        """A copy makes room: its proof is run later, from the beginning of the file."""
        self._jobs.add(copy.job)
        await copy.process.end()
        self._jobs.end(copy.job)
