"""The event loop of a run: workers take files, and cut them in two when others are idle.

A worker is a coroutine with one coqc process; it holds a token as long as that process lives.
Whatever goes wrong in one ends it and leads to another job: `followup` says which.
"""

import asyncio
import bisect
import contextlib
import dataclasses
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from checker.engines.run import Care
from checker.engines.snapshot.answers import take_answer
from checker.engines.snapshot.files import FileRun, Job, Ran
from checker.engines.snapshot.followup import follow_up
from checker.engines.snapshot.judge import (
    Cause,
    Judgement,
    is_sentinel_refused,
    judge,
    judge_end,
    left_open,
)
from checker.engines.snapshot.patches import unpatched
from checker.engines.snapshot.process import CoqProcess, DriverError, Ending
from checker.engines.snapshot.resident import describe, used_bytes
from checker.engines.snapshot.script import LAST_WORDS, SENTINEL
from checker.engines.snapshot.split import LEAST_GAIN, best_cut
from checker.engines.snapshot.worker import Done, Feed, Spare, Worker, next_feeds
from checker.report.events import Note, Tell, WorkerBusy, WorkerIdle
from checker.report.results import Message
from checker.workers.tokens import Tokens, take_while

LOOK_AGAIN = 0.25  # seconds after which an idle worker looks again for something to cut off
LOOK_SHARE = 50  # it looks for so much less time than it waits
LOOK_AT_MEMORY = 1.0  # seconds
TYPICAL_BYTES = 400 << 20  # of a worker, before any was seen: its minor heap, and libraries
MOST_ATTEMPTS = 100  # to go on with a file, and four for each of its steps
SPARE_EVERY = 0.2  # CPU seconds, at least, between two spare processes of a careful job

Launcher = Callable[[FileRun], Awaitable[CoqProcess | Ending]]


@dataclass(eq=False)
class Driver:
    """One run over all files."""

    tokens: Tokens
    tell: Tell
    launch: Launcher
    workers: int
    care: Care = field(default_factory=Care)
    least_gain: float = LEAST_GAIN  # seconds; a cut that wins less is not made
    memory: int = sys.maxsize  # bytes that all workers together may use
    _largest: int = TYPICAL_BYTES  # of the mean worker at its largest
    _patience: float = LOOK_AGAIN  # seconds until it looks again
    _crowd: int = sys.maxsize  # so many workers fit
    _jobs: list[Job] = field(default_factory=list)
    _at_work: list[Worker] = field(default_factory=list)
    _waiting: list[Worker] = field(default_factory=list)  # ended, with something open
    _promised: int = 0  # tokens that were taken for workers that have not begun
    _free: list[int] = field(default_factory=list)  # numbers of idle workers
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, jobs: Iterable[Job]) -> None:
        """Gets a verdict on every file, of which these are the jobs to begin with."""
        self._free = list(range(self.workers))[::-1]
        for job in jobs:
            self._add(job)
        async with asyncio.TaskGroup() as group, self._memory_watched(group):
            self._group = group
            while self._jobs or self._at_work or self._promised or self._waiting:
                self._changed.clear()
                if self._is_one_more_wanted():
                    await self._start_one()
                else:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._patience if self._free else None):
                            await self._changed.wait()

    # ---- memory ----

    @contextlib.asynccontextmanager
    async def _memory_watched(self, group: asyncio.TaskGroup) -> AsyncIterator[None]:
        task = group.create_task(self._watch_memory())
        try:
            yield
        finally:
            task.cancel()

    async def _watch_memory(self) -> None:
        """Stops a worker when all of them together pass the limit; its part is done later."""
        while True:
            await asyncio.sleep(LOOK_AT_MEMORY)
            used = used_bytes(self._pids(), enough=self.memory // 2)
            if used <= self.memory:
                self._largest = max(self._largest, used // max(1, len(self._at_work)))
            elif worker := next((worker for worker in self._at_work if worker.spare), None):
                await self._set_spare(worker, None)
            elif len(self._at_work) > 1:
                self.tell(Note(f"fewer workers: {describe(used)} in use"))
                self._crowd = len(self._at_work) - 1
                self._at_work[-1].evicted = True
                self._at_work[-1].process.kill()

    def _pids(self) -> list[int]:
        spares = [worker.spare.process for worker in self._at_work if worker.spare]
        return [process.pid for process in [*spares, *(w.process for w in self._at_work)]]

    @property
    def _has_room(self) -> bool:
        """Whether one more worker may start."""
        running = len(self._at_work) + self._promised
        if running == 0:
            return True
        fits = self._largest * (running + 1) <= self.memory
        return running < min(self.workers, self._crowd) and fits

    # ---- what to do next ----

    def _add(self, job: Job) -> None:
        job.file.open_jobs += 1
        job.file.attempts += 1
        if job.file.attempts > MOST_ATTEMPTS + 4 * len(job.file.script.steps):
            job.file.lost = Message(None, "no end is in sight; this is a defect of proof-checker")
            self._end(job)
            return
        bisect.insort(self._jobs, job, key=_rank)
        self._changed.set()

    def _end(self, job: Job) -> None:
        job.file.open_jobs -= 1
        if job.file.open_jobs == 0:
            job.file.tell_end(self.tell)

    def _is_one_more_wanted(self) -> bool:
        return self._has_room and bool(self._next_job() or self._fullest())

    def _next_job(self) -> Job | None:
        if any(worker.job.alone for worker in self._at_work):
            return None
        for job in self._jobs:
            if job.alone and (self._at_work or self._promised):
                continue
            if job.plain and any(
                w.job.file is job.file and not w.past.replaced for w in self._at_work
            ):
                continue  # a worker that runs the file as coqc does is on its way there
            return job
        return None

    def _fullest(self) -> Worker | None:
        """The worker that wins most by giving a part away."""
        started = time.monotonic()
        gains = [
            (cut.gain, worker)
            for worker in self._at_work
            if not (worker.asked or worker.job.plain or worker.job.alone)
            and (cut := best_cut(worker.job, worker.past.cursor, self.least_gain))
        ]
        self._patience = max(LOOK_AGAIN, LOOK_SHARE * (time.monotonic() - started))
        return max(gains, key=lambda pair: pair[0])[1] if gains else None

    async def _start_one(self) -> None:
        """Takes a token and puts it to use, if there still is one."""
        if not await take_while(self.tokens, self._is_one_more_wanted, LOOK_AGAIN):
            return
        if job := self._next_job():
            self._jobs.remove(job)
            self._promised += 1
            self._group.create_task(self._begin(job, self._free.pop()))
        elif worker := self._fullest():
            self._promised += 1
            worker.asked = True
        else:
            self.tokens.give()

    # ---- the life of a worker ----

    async def _begin(self, job: Job, number: int) -> None:
        """Starts a process for the job and lets it work."""
        self.tell(WorkerBusy(number, job.file.script.file))
        process: CoqProcess | Ending | None = None
        try:
            process = await self.launch(job.file)
        except (DriverError, OSError) as error:  # it was killed on its way, or there is no room
            process = Ending(None, str(error).encode(), False)
        finally:
            self._promised -= 1
            if not isinstance(process, CoqProcess):
                self._leave(number)
        if isinstance(process, CoqProcess):
            worker = Worker(number, job, process)
            self._at_work.append(worker)
            await self._work(worker)
        else:
            found = judge(job.file.script, 0, 1, process)
            found = dataclasses.replace(found, cause=Cause.MACHINE)
            if again := follow_up(job, found, False, self.care, self.tell):
                self._add(again)
            self._end(job)
            self._review(job.file)

    async def _work(self, worker: Worker) -> None:
        """Runs the worker's part to its end, or to where it fails."""
        try:
            while job := await self._run_part(worker):
                if worker.spare is None or worker.evicted or job.plain or job.alone:
                    self._add(job)
                    break
                await self._go_on_from_spare(worker, job)
        finally:
            for process in (worker.process, worker.spare and worker.spare.process):
                if process:
                    process.kill()
                    await asyncio.shield(process.ended())
            self._at_work.remove(worker)
            if worker.asked:
                self._promised -= 1
                self.tokens.give()
            self._leave(worker.number)
        if worker.failed or worker.held:
            self._waiting.append(worker)
        else:
            self._end(worker.job)
        self._review(worker.job.file)

    def _review(self, file: FileRun) -> None:
        """Goes on with workers that ended with something open, where that is decided now.

        Where nobody is left who could decide it, the part is run as coqc does.
        """
        has_news = True
        while has_news:
            has_news = False
            for worker in [worker for worker in self._waiting if worker.job.file is file]:
                if worker.is_confirmed and not worker.failed:
                    has_news |= self._tell_held(worker)
                elif worker.is_confirmed or worker.is_refuted:
                    self._add(worker.job)
                elif file.open_jobs == sum(other.job.file is file for other in self._waiting):
                    self._add(dataclasses.replace(worker.job, plain=True, patches=()))
                else:
                    continue
                self._waiting.remove(worker)
                self._end(worker.job)

    def _leave(self, number: int) -> None:
        self.tell(WorkerIdle(number))
        self._free.append(number)
        self.tokens.give()
        self._changed.set()

    async def _run_part(self, worker: Worker) -> Job | None:
        """None when the part was run to its end, or what else is to be done about it."""
        while worker.past.cursor < worker.job.stop:
            if worker.asked:
                await self._cut(worker)
            if worker.job.careful:
                await self._keep_spare(worker)
            if worker.is_refuted:
                worker.forget()
                return worker.job
            done, judgement = await self._execute(worker, next_feeds(worker))
            if done:
                worker.job.file.note_plugins(worker.process)
            for step in done:
                await self._take_in(worker, step)
            if worker.evicted:
                worker.forget()
                return worker.job
            if judgement:
                return self._failed(worker, judgement)
        return await self._finish(worker)

    async def _take_in(self, worker: Worker, done: Done) -> None:
        """What its process has executed, and said."""
        file, feed = worker.job.file, done.feed
        if feed.runs:
            worker.held.append(done.ran)
        if feed.about_variables:
            await take_answer(worker, feed.first, done.output)
        if feed.about_settings:
            file.learn_settings(feed.last - 1, feed.about_settings, done.output)
        if worker.job.patches and feed.first == worker.job.real:
            file.settle(feed.first, self.tell)
            worker.job = dataclasses.replace(worker.job, patches=())
        if self._tell_held(worker):
            self._review(file)

    def _tell_held(self, worker: Worker) -> bool:
        """Tells what the worker has run, once nothing that it took for granted is open.

        Whether that settles section variables, for which other workers may wait.
        """
        if not worker.is_confirmed:
            return False
        file = worker.job.file
        for index, words in worker.learnt:
            file.learn(index, words)
        for ran in worker.held:
            file.passed(ran, self.tell)
        has_learnt = bool(worker.learnt)
        worker.forget()
        return has_learnt

    def _failed(self, worker: Worker, judgement: Judgement) -> Job | None:
        """What else is to be done when the worker's process has ended before its time."""
        self._tell_held(worker)
        if worker.is_confirmed:
            return follow_up(worker.job, judgement, worker.past.replaced, self.care, self.tell)
        worker.failed = True
        return None

    async def _execute(
        self, worker: Worker, feeds: list[Feed]
    ) -> tuple[list[Done], Judgement | None]:
        """What of it coqc has executed, and why not the rest of it."""
        process, done = worker.process, list[Done]()
        begun = process.cpu_seconds
        if is_ahead := len(feeds) > 1:
            for feed in feeds:
                process.send(feed.text)
        for feed in feeds:
            before, printed = process.cpu_seconds, process.printed
            execution = process.executed() if is_ahead else process.execute(feed.text)
            if found := await self._judged(worker, feed, execution):
                return done, found
            warnings = worker.warnings_of(feed) if feed.runs else ()
            ran = Ran(feed.first, process.cpu_seconds - before, process.peak_bytes, warnings)
            output = process.output(printed) if feed.asks else b""
            done.append(Done(feed, ran, output.decode(errors="replace")))
            worker.take_note(feed)
        if self.care.proof_timeout is None:  # else each proof is heard of when it ends
            worker.pace(process.cpu_seconds - begun)
        return done, None

    async def _judged(
        self, worker: Worker, feed: Feed, execution: Awaitable[bool]
    ) -> Judgement | None:
        """None when coqc has executed it."""
        script = worker.job.file.script
        tactics = script.steps[feed.first].proof is not None and feed.last == feed.first + 1
        limit = self.care.proof_timeout if tactics else None
        try:
            async with asyncio.timeout(limit):
                if await execution:
                    return None
        except TimeoutError:
            return Judgement(Cause.TIMEOUT, feed.first)
        ending = await worker.process.ended()
        found = judge(script, feed.first, feed.last, ending, worker.questions_with(feed))
        if feed.first == worker.job.real:
            message = unpatched(script, worker.job.patches, found.message)
            found = dataclasses.replace(found, message=message)
        return found

    async def _finish(self, worker: Worker) -> Job | None:
        """At the end of the part: coqc must be where we think that it is."""
        job, script = worker.job, worker.job.file.script
        if job.stop == len(script.steps):
            return await self._finish_file(worker)
        executed = await worker.process.execute(SENTINEL)
        if executed:
            worker.process.kill()
        ending = await worker.process.ended()
        if not executed and is_sentinel_refused(script, job.stop, ending, worker.past.questions):
            return None
        worker.forget()
        return dataclasses.replace(job, plain=True, patches=(), stop=len(script.steps))

    async def _finish_file(self, worker: Worker) -> Job | None:
        script = worker.job.file.script
        if script.may_leave_open and (found := await self._is_left_open(worker)):
            return self._failed(worker, found)
        if await worker.process.execute(b""):
            return None
        ending = await worker.process.ended()
        if ending.code == 0:  # some versions write no file that we could have noticed
            return None
        return self._failed(worker, judge_end(script, ending))

    async def _is_left_open(self, worker: Worker) -> Judgement | None:
        """Why the file cannot end here, if a section or module is open."""
        script = worker.job.file.script
        try:
            copy = await worker.process.fork()
        except DriverError as error:
            return judge_end(script, Ending(None, str(error).encode(), False))
        if await copy.execute(LAST_WORDS):
            copy.kill()
        return left_open(script, await copy.ended())

    # ---- copies ----

    async def _cut(self, worker: Worker) -> None:
        """Gives a part to the idle worker that waits for it, if that still pays."""
        worker.asked = False
        self._promised -= 1
        cut = best_cut(worker.job, worker.past.cursor, self.least_gain)
        try:
            copy = await worker.process.fork() if cut else None
        except DriverError:  # no room for one more process: this one goes on alone
            copy = None
        if cut is None or copy is None:
            self.tokens.give()
            return
        part = dataclasses.replace(worker.job, real=cut.at, patches=())
        part.file.open_jobs += 1
        worker.job = dataclasses.replace(worker.job, stop=cut.at)
        number = self._free.pop()
        self.tell(WorkerBusy(number, part.file.script.file))
        taker = Worker(number, part, copy, worker.past)
        self._at_work.append(taker)
        self._group.create_task(self._work(taker))

    async def _keep_spare(self, worker: Worker) -> None:
        """Copies the process where that has not been done for a while."""
        spare = worker.spare
        now = worker.process.cpu_seconds
        begins = worker.past.cursor == worker.job.real  # getting here again would be a waste
        if spare and not begins and now - spare.cpu_seconds < max(SPARE_EVERY, now / 3):
            return
        try:
            copy = await worker.process.fork()
        except DriverError:  # no room: a failure then starts from the beginning
            return
        await self._set_spare(worker, Spare(copy, worker.past, now))

    async def _set_spare(self, worker: Worker, spare: Spare | None) -> None:
        old, worker.spare = worker.spare, spare
        if old:
            old.process.kill()
            await old.process.ended()

    async def _go_on_from_spare(self, worker: Worker, job: Job) -> None:
        """The process failed; its spare takes the job that follows up."""
        assert worker.spare
        worker.process.kill()
        await worker.process.ended()
        spare, worker.spare = worker.spare, None
        worker.process, worker.past = spare.process, spare.past
        worker.closures.clear()
        worker.warnings.clear()
        job.file.open_jobs += 1
        self._end(worker.job)
        worker.job = job


def _rank(job: Job) -> tuple[bool, bool, float]:
    """Longest first; what depends on what others find out, last."""
    steps = range(job.stop)
    seconds = sum(
        job.file.run_cost(index) if index >= job.real else job.file.pass_cost(index)
        for index in steps
    )
    return job.alone, job.plain, -seconds
