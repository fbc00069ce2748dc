"""The event loop of a run: workers make passes over files, and run the proofs that these put off.

A worker is a coroutine with one coqc process; it holds a token as long as that process lives.
Whatever goes wrong in one ends it and leads to another job: `followup` says which.
"""

import asyncio
import bisect
import contextlib
import dataclasses
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

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
from checker.engines.snapshot.worker import Done, Feed, Spare, Worker, next_feeds
from checker.report.events import Note, Tell, WorkerBusy, WorkerIdle
from checker.report.results import Message
from checker.run.run import Care
from checker.workers.tokens import Tokens, take_while

LOOK_AGAIN = 0.25  # seconds after which a wait for a token looks whether it is still wanted
LOOK_AT_MEMORY = 1.0  # seconds
TYPICAL_BYTES = 400 << 20  # of a worker, before any was seen: its minor heap, and libraries
MOST_ATTEMPTS = 100  # to go on with a file, and four for each of its steps
SPARE_EVERY = 0.2  # CPU seconds, at least, between two spare processes of a careful job

SHORT = 0.8  # of the memory that may be used; from there on no more copies are made
MOST_PAUSED = 64  # copies that wait for a worker; further proofs run where they stand

Launcher = Callable[[Job], Awaitable[CoqProcess | Ending]]


class Files(Protocol):
    """The files of a run, as they can be begun."""

    @property
    def is_done(self) -> bool:
        """Whether there is none to come."""

    def begin(self) -> Job | None:
        """The job to begin the next file with, if one can be begun now."""

    def holds(self, file: FileRun) -> None:
        """What others load was made before, and is right."""

    def stands(self, file: FileRun, *, good: bool, whole: bool) -> None:
        """A pass over the file has made what others load, or nobody will.

        `whole`: no proof was put off in it.
        """


@dataclass(eq=False)
class Driver:
    """One run over all files."""

    tokens: Tokens
    tell: Tell
    launch: Launcher
    workers: int
    care: Care = field(default_factory=Care)
    eager: bool = False  # for tests: whatever can be handed over is
    memory: int = sys.maxsize  # bytes that all workers together may use
    _largest: int = TYPICAL_BYTES  # of the mean worker at its largest
    _crowd: int = sys.maxsize  # so many workers fit
    _jobs: list[Job] = field(default_factory=list)
    _paused: list[Worker] = field(default_factory=list)  # copies that wait; the dearest is last
    _is_short: bool = False  # memory is: no more copies are made to wait
    _resting: int = 0  # workers that wait for what others find out, without a token
    _at_work: list[Worker] = field(default_factory=list)
    _waiting: list[Worker] = field(default_factory=list)  # ended, with something open
    _promised: int = 0  # tokens that were taken for workers that have not begun
    _free: list[int] = field(default_factory=list)  # numbers of idle workers
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, files: Files) -> None:
        """Gets a verdict on every file."""
        self._files = files
        self._free = list(range(self.workers))[::-1]
        self._begin_files()
        async with asyncio.TaskGroup() as group, self._memory_watched(group):
            self._group = group
            while self._is_busy:
                self._changed.clear()
                if self._is_one_more_wanted():
                    await self._start_one()
                else:
                    await self._changed.wait()

    @property
    def _is_busy(self) -> bool:
        at_hand = self._jobs or self._paused or self._at_work or self._waiting
        return bool(at_hand) or self._promised > 0 or not self._files.is_done

    def _begin_files(self) -> None:
        """Take up what can be begun: as much as keeps the workers busy, since times change."""
        while len(self._jobs) < self.workers and (job := self._files.begin()):
            self._add(job)

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
            self._is_short = used > self.memory * SHORT
            if used <= self.memory:
                count = len(self._at_work) + len(self._paused)
                self._largest = max(self._largest, used // max(1, count))
            elif self._paused:
                await self._put_back(self._paused.pop(0))
            elif worker := next((worker for worker in self._at_work if worker.spare), None):
                await self._set_spare(worker, None)
            elif len(self._at_work) > 1:
                self.tell(Note(f"fewer workers: {describe(used)} in use"))
                self._crowd = len(self._at_work) - 1
                self._at_work[-1].evicted = True
                self._at_work[-1].process.kill()

    async def _put_back(self, paused: Worker) -> None:
        """A copy makes room: its proof is run later, from the beginning of the file."""
        self._add(paused.job)
        await self._drop(paused)

    def _pids(self) -> list[int]:
        kept = (spare for worker in self._at_work for spare in (worker.spare, worker.base))
        spares = [spare.process for spare in kept if spare]
        workers = [*self._at_work, *self._paused]
        return [process.pid for process in [*spares, *(w.process for w in workers)]]

    @property
    def _has_room(self) -> bool:
        """Whether one more worker may start."""
        running = len(self._at_work) + self._promised - self._resting
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
        if not job.makes:
            job.file.handed.difference_update(range(job.real, job.stop))
        job.file.news.set()
        if job.file.open_jobs == 0:
            self._settle(job.file)

    def _settle(self, file: FileRun) -> None:
        """No job of the file is left: the verdict, unless others still need what a pass makes."""
        if file.is_provisional:
            file.is_provisional = False
            file.is_to_be_made = file.record_is_wrong
            if not file.record_is_wrong:
                self._files.holds(file)
                self._begin_files()
        if file.is_to_be_made:
            if again := file.pass_past_errors():
                self._add(again)
                return
            self._stands(file, good=False)
        file.tell_end(self.tell)

    def _stands(self, file: FileRun, *, good: bool, whole: bool = False) -> None:
        file.is_to_be_made = False
        self._files.stands(file, good=good, whole=whole)
        self._begin_files()
        self._changed.set()

    def _is_one_more_wanted(self) -> bool:
        return self._has_room and bool(self._next_job() or self._paused)

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

    async def _start_one(self) -> None:
        """Takes a token and puts it to use, if there still is one."""
        if not await take_while(self.tokens, self._is_one_more_wanted, LOOK_AGAIN):
            return
        job = self._next_job()
        if job and (job.makes or not self._paused):
            self._jobs.remove(job)
            self._begin_files()
            self._promised += 1
            self._group.create_task(self._begin(job, self._free.pop()))
        elif self._paused:
            self._resume(self._paused.pop())
        else:
            self.tokens.give()

    # ---- the life of a worker ----

    async def _begin(self, job: Job, number: int) -> None:
        """Starts a process for the job and lets it work."""
        self.tell(WorkerBusy(number, job.file.script.file))
        process: CoqProcess | Ending | None = None
        try:
            process = await self.launch(job)
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
            kept = [spare.process for spare in (worker.spare, worker.base) if spare]
            for process in (worker.process, *kept):
                process.kill()
                await asyncio.shield(process.ended())
            self._at_work.remove(worker)
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
            for worker in [worker for worker in self._at_work if worker.job.file is file]:
                has_news |= self._tell_held(worker)
            for worker in [worker for worker in self._waiting if worker.job.file is file]:
                if worker.is_confirmed and not worker.failed:
                    has_news |= self._tell_held(worker)
                elif self._goes_back(worker):
                    worker.forget()
                elif worker.is_confirmed or worker.is_refuted:
                    self._add(worker.job)
                elif file.open_jobs == sum(other.job.file is file for other in self._waiting):
                    self._add(dataclasses.replace(worker.job, plain=True, patches=()))
                else:
                    continue
                self._waiting.remove(worker)
                self._end(worker.job)

    def _goes_back(self, worker: Worker) -> bool:
        """Whether a pass will come by what this copy was for again, with what is known by then."""
        return worker.is_refuted and any(
            other.base and other.job.file is worker.job.file and other is not worker
            for other in self._at_work
        )

    def _leave(self, number: int) -> None:
        self.tell(WorkerIdle(number))
        self._free.append(number)
        self.tokens.give()
        self._changed.set()

    async def _run_part(self, worker: Worker) -> Job | None:
        """None when the part was run to its end, or what else is to be done about it."""
        while worker.past.cursor < worker.job.stop:
            if worker.ends_section and await self._went_back(worker):
                continue
            if self._hands_over(worker, worker.past.cursor):
                await self._hand_over(worker)
            if worker.job.careful:
                await self._keep_spare(worker)
            if self._goes_back(worker):
                worker.forget()
                return None
            if worker.is_refuted and not worker.base:
                return self._again(worker)
            if worker.stuck:
                worker.forget()
                return dataclasses.replace(worker.job, plain=True, patches=())
            done, judgement = await self._execute(
                worker, next_feeds(worker, partial(self._hands_over, worker))
            )
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

    async def _went_back(self, worker: Worker) -> bool:
        """A section may end: whether the pass goes on from before a guess that was wrong."""
        if worker.has_open_guess:
            await self._rest(worker, lambda: worker.has_open_guess)
        if worker.is_refuted and worker.base:
            await self._go_back(worker)
            return True
        if worker.base and worker.is_confirmed:
            await self._drop_base(worker)
        return False

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
        if not (worker.held or worker.learnt) or worker.is_refuted:
            return False
        file = worker.job.file
        learnt, held = worker.settled()
        for index, words in learnt:
            file.learn(index, words)
        for ran in held:
            file.passed(ran, self.tell)
        return bool(learnt)

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
        if worker.job.makes:
            return await self._finish_pass(worker)
        if script.may_leave_open and (found := await self._is_left_open(worker)):
            return self._failed(worker, found)
        if await worker.process.execute(b""):
            return None
        ending = await worker.process.ended()
        if ending.code == 0:  # some versions write no file that we could have noticed
            return None
        return self._failed(worker, judge_end(script, ending))

    async def _finish_pass(self, worker: Worker) -> Job | None:
        """coqc writes what it has made of the file, unless something is wrong with its end."""
        file = worker.job.file
        if not worker.is_confirmed:  # no file ever rests on what was only taken for granted
            await self._rest(worker, lambda: not worker.is_confirmed)
        if worker.is_refuted:
            return self._again(worker)
        if not worker.is_confirmed:
            worker.forget()
            return dataclasses.replace(worker.job, plain=True, patches=())
        await worker.process.execute(b"")
        ending = await worker.process.ended()
        if ending.code != 0:
            return self._failed(worker, judge_end(file.script, ending))
        if file.can_be_loaded and file.is_to_be_made:
            self._stands(file, good=True, whole=not worker.past.replaced)
        return None

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

    def _hands_over(self, worker: Worker, index: int) -> bool:
        """Whether a copy is to run this proof, while the pass goes on without it.

        It pays where others wait for the file, or a worker is idle, or will be soon.
        """
        file = worker.job.file
        if not worker.job.is_pass or (self.workers == 1 and not self.eager):
            return False
        if index >= len(file.script.steps) or file.script.steps[index].proof is None:
            return False
        if not worker.runs(index) or (file.must_run(index) and not file.may_guess(index)):
            return False
        if self.eager:
            return True
        is_wanted = file.is_awaited or not (self._jobs or self._paused)
        is_long = file.run_cost(index) >= self.care.threshold
        has_room = not self._is_short and len(self._paused) < MOST_PAUSED
        return is_wanted and is_long and has_room

    async def _hand_over(self, worker: Worker) -> None:
        """Copies the process at a proof; the copy waits until a worker is free to run it."""
        index, file = worker.past.cursor, worker.job.file
        try:
            if file.must_run(index):
                await self._keep_base(worker)
                file.guessed.add(index)
            copy = await worker.process.fork()
        except DriverError:  # no room for one more process: the proof runs in the pass
            return
        part = Job(file, index, index + 1)
        file.handed.add(index)
        file.open_jobs += 1
        bisect.insort(
            self._paused,
            Worker(-1, part, copy, worker.past),
            key=lambda paused: paused.job.file.run_cost(paused.job.real),
        )
        self._changed.set()

    async def _keep_base(self, worker: Worker) -> None:
        """Copies a pass before the first guess that is open: to go on from should it be wrong."""
        if worker.base is None:
            copy = await worker.process.fork(writes=True)
            worker.base = Spare(copy, worker.past, worker.process.cpu_seconds)

    async def _go_back(self, worker: Worker) -> None:
        """A guess was wrong: the pass goes on from before it, with what is known now."""
        assert worker.base
        again = await worker.base.process.fork(writes=True)
        worker.forget()
        worker.process.kill()
        await worker.process.ended()
        worker.process, worker.past = again, worker.base.past
        worker.closures.clear()

    async def _drop_base(self, worker: Worker) -> None:
        base, worker.base = worker.base, None
        if base:
            base.process.kill()
            await base.process.ended()

    def _resume(self, worker: Worker) -> None:
        """A copy that was waiting goes to work, under the token that was taken."""
        worker.number = self._free.pop()
        self.tell(WorkerBusy(worker.number, worker.job.file.script.file))
        self._at_work.append(worker)
        self._group.create_task(self._work(worker))

    async def _rest(self, worker: Worker, waits: Callable[[], bool]) -> None:
        """Before a section ends, or the pass: what it took for granted must be known.

        Its token goes to those who find that out.
        """
        file = worker.job.file
        self._resting += 1
        self._leave(worker.number)
        while waits() and file.open_jobs > 1:
            file.news.clear()
            await file.news.wait()
        await self.tokens.take()
        self._resting -= 1
        worker.number = self._free.pop()
        self.tell(WorkerBusy(worker.number, file.script.file))
        if waits():  # nobody is left who could tell: from the start, as coqc does
            worker.stuck = not worker.is_refuted

    def _again(self, worker: Worker) -> Job:
        """What it took for granted is wrong; so it is for the copies that wait."""
        worker.forget()
        for paused in [p for p in self._paused if p.job.file is worker.job.file]:
            self._paused.remove(paused)
            self._group.create_task(self._drop(paused))
        return worker.job

    async def _drop(self, paused: Worker) -> None:
        paused.process.kill()
        await paused.process.ended()
        self._end(paused.job)

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
        job = dataclasses.replace(job, makes=False)  # a copy writes nothing
        worker.closures.clear()
        worker.warnings.clear()
        job.file.open_jobs += 1
        self._end(worker.job)
        worker.job = job


def _rank(job: Job) -> tuple[bool, bool, bool, float]:
    """Passes first, in the order in which they came, then longest first.

    What depends on what others find out comes last.
    """
    if job.makes and not job.alone:
        return False, False, False, 0.0
    steps = range(job.stop)
    seconds = sum(
        job.file.run_cost(index) if index >= job.real else job.file.pass_cost(index)
        for index in steps
    )
    return True, job.alone, job.plain, -seconds
