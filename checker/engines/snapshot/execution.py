"""A worker's process executes what it is fed; what that means when it ends before its time."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable

from checker.engines.snapshot.coqc.judge import (
    Cause,
    Judgement,
    is_sentinel_refused,
    judge,
    judge_end,
    left_open,
)
from checker.engines.snapshot.coqc.process import DriverError, Ending
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.file.verdicts import Ran
from checker.engines.snapshot.steps.patches import unpatched
from checker.engines.snapshot.steps.script import LAST_WORDS, SENTINEL
from checker.engines.snapshot.worker import Done, Feed, Spare, Worker
from checker.report.events import Tell, WorkerAt
from checker.report.work import Work, Worked

Launcher = Callable[[Job], Awaitable[Spare | Ending]]


async def start(launch: Launcher, job: Job, number: int, tell: Tell) -> Spare | Ending:
    """A process for the job of this worker, or how it ended. Raises what the launcher does."""
    since, file = time.monotonic(), job.file.script.file
    begun = await launch(job)
    cpu = begun.process.cpu_seconds if isinstance(begun, Spare) else None
    tell(Worked(Work.START, number, file, "", since, time.monotonic(), cpu))
    return begun


async def execute(
    worker: Worker, feeds: list[Feed], proof_timeout: float | None, tell: Tell
) -> tuple[list[Done], Judgement | None]:
    """What of it coqc has executed, and why not the rest of it. `proof_timeout`: seconds."""
    process, done = worker.process, list[Done]()
    begun = process.cpu_seconds
    if is_ahead := len(feeds) > 1:
        for feed in feeds:
            process.send(feed.text)
    for feed in feeds:
        _tell_where(worker, feed, tell)
        before, printed, since = process.cpu_seconds, process.printed, time.monotonic()
        execution = process.executed() if is_ahead else process.execute(feed.text)
        found = await _judged(worker, feed, execution, proof_timeout)
        tell(_worked(worker, since, process.cpu_seconds - before))
        if found:
            return done, found
        warnings = worker.warnings_of(feed) if feed.runs else ()
        seconds = process.cpu_seconds - before
        apart = not (worker.job.makes or worker.job.plain)
        ran = Ran(feed.first, seconds, process.peak_bytes, warnings, apart)
        output = process.output(printed) if feed.asks else b""
        done.append(Done(feed, ran, output.decode(errors="replace")))
        worker.take_note(feed, ran)
    if proof_timeout is None:  # else each proof is heard of when it ends
        worker.pace(process.cpu_seconds - begun)
    return done, None


def _tell_where(worker: Worker, feed: Feed, tell: Tell) -> None:
    """Tell which proof is run now, or that none is any more."""
    file = worker.job.file
    is_proof = feed.runs and file.script.steps[feed.first].proof is not None
    name = file.proof(feed.first).name if is_proof else ""
    if name != worker.at:
        worker.at = name
        recorded = file.costs.recorded(feed.first) if is_proof else None
        tell(WorkerAt(worker.number, name, recorded))


def _worked(worker: Worker, begun: float, cpu: float) -> Worked:
    """What it was at has ended."""
    work, file = Work.PROOF if worker.at else Work.TEXT, worker.job.file.script.file
    return Worked(work, worker.number, file, worker.at, begun, time.monotonic(), cpu)


async def _judged(
    worker: Worker, feed: Feed, execution: Awaitable[bool], proof_timeout: float | None
) -> Judgement | None:
    """None when coqc has executed it."""
    script = worker.job.file.script
    tactics = script.steps[feed.first].proof is not None and feed.last == feed.first + 1
    try:
        async with asyncio.timeout(proof_timeout if tactics else None):
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


async def ends_in_place(worker: Worker) -> bool:
    """At the end of a part: whether coqc is where we think that it is. Ends the process."""
    script = worker.job.file.script
    if await worker.process.execute(SENTINEL):
        await worker.process.end()
        return False
    ending = await worker.process.ended()
    return is_sentinel_refused(script, worker.job.stop, ending, worker.past.questions)


async def ends_file(worker: Worker) -> Judgement | None:
    """At the end of the file, after which nothing is written: what coqc has against it."""
    script = worker.job.file.script
    if script.may_leave_open and (found := await _is_left_open(worker)):
        return found
    if await worker.process.execute(b""):
        return None
    ending = await worker.process.ended()
    # Some versions end well and write no file that we could have noticed.
    return None if ending.code == 0 else judge_end(script, ending)


async def writes_product(worker: Worker) -> Judgement | None:
    """At the end of a pass: coqc writes what it has made of the file, or what it has against it."""
    await worker.process.execute(b"")
    ending = await worker.process.ended()
    return None if ending.code == 0 else judge_end(worker.job.file.script, ending)


async def _is_left_open(worker: Worker) -> Judgement | None:
    """Why the file cannot end here, if a section or module is open."""
    script = worker.job.file.script
    try:
        copy = await worker.process.fork()
    except DriverError as error:
        return judge_end(script, Ending(None, str(error).encode(), False))
    if await copy.execute(LAST_WORDS):
        copy.kill()
    return left_open(script, worker.job.file.document, await copy.ended())
