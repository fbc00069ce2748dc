"""A worker does its job: step after step, to the end of its part or to where it fails."""

import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from checker.engines.snapshot import copies
from checker.engines.snapshot.answers import take_answer
from checker.engines.snapshot.coqc.judge import Judgement
from checker.engines.snapshot.coqc.process import DriverError
from checker.engines.snapshot.crew import Crew
from checker.engines.snapshot.execution import ends_file, ends_in_place, execute, writes_product
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.file.verdicts import passed, settle
from checker.engines.snapshot.followup import follow_up
from checker.engines.snapshot.worker import Done, Worker, next_feeds
from checker.report.events import Tell
from checker.report.work import Work, Worked

T = TypeVar("T")


async def run_part(worker: Worker, crew: Crew) -> Job | None:
    """None when the part was run to its end, or what else is to be done about it."""
    while worker.past.cursor < worker.job.stop or await _goes_back(worker, crew):
        if worker.ends_section and await _goes_back_in_section(worker, crew):
            continue
        if steps := crew.hands_over(worker, worker.past.cursor):
            await crew.hand_over(worker, steps)
        if worker.job.careful:
            await copies.keep_spare(worker)
        if crew.is_passed_again(worker):
            worker.forget()
            return None
        if worker.is_refuted and not worker.bases:
            return _again(worker, crew)
        if worker.stuck:
            worker.forget()
            return worker.job.as_coqc()
        feeds = next_feeds(worker, partial(crew.hands_over, worker))
        worker.fed = feeds[-1].last
        done, judgement = await execute(worker, feeds, crew.care.proof_timeout, crew.tell)
        if done:
            worker.job.file.plugins.note(worker.process)
        for step in done:
            await _take_in(worker, step, crew)
        if worker.evicted:
            worker.forget()
            return worker.job
        if judgement and not await _goes_back(worker, crew):
            return _failed(worker, judgement, crew)
        if not judgement:
            await crew.seen(worker)
    return await _finish(worker, crew)


def tell_held(worker: Worker, tell: Tell) -> bool:
    """Tells what the worker has run, once nothing that it took for granted is open.

    Whether that settles section variables, for which other workers may wait.
    """
    if not (worker.held or worker.learnt) or worker.is_refuted:
        return False
    file = worker.job.file
    learnt, held = worker.settled()
    for index, words in learnt:
        file.variables.learn(index, words)
    for ran in held:
        passed(file, ran, tell)
    return bool(learnt)


async def _goes_back_in_section(worker: Worker, crew: Crew) -> bool:
    """A section may end: whether the pass goes on from before a guess that was wrong.

    Where guesses are mostly right, it leaves the section before all of them are confirmed.
    """
    if worker.has_open_guess and not worker.job.file.variables.guesses_well:
        await crew.rest(worker, lambda: worker.has_open_guess)
    return await _went_back(worker, crew)


async def _goes_back(worker: Worker, crew: Crew) -> bool:
    """The same where a pass ends or fails: what it took for granted must be known then."""
    if worker.bases and not worker.is_confirmed:
        await crew.rest(worker, lambda: not (worker.is_confirmed or worker.is_refuted))
    return await _went_back(worker, crew)


async def _went_back(worker: Worker, crew: Crew) -> bool:
    if worker.is_refuted and (base := copies.way_back(worker)):
        with contextlib.suppress(DriverError):  # no room for one more process: it begins anew
            await copies.go_back(worker, base)
            crew.drop_copies(worker.job.file, lambda copy: copy.is_refuted)
            return True
    if worker.is_refuted or worker.is_confirmed:
        await copies.drop_bases(worker)
    return False


async def _take_in(worker: Worker, done: Done, crew: Crew) -> None:
    """What its process has executed, and said."""
    file, feed = worker.job.file, done.feed
    if feed.runs:
        worker.held.append(done.ran)
    if feed.about_variables:
        await take_answer(worker, feed.first, done.output)
    if feed.about_settings:
        file.learn_settings(feed.last - 1, feed.about_settings, done.output)
    if worker.job.patches and feed.first == worker.job.real:
        settle(file, feed.first, crew.tell)
        worker.job = worker.job.after_patches()
    if tell_held(worker, crew.tell):
        crew.has_news(file)


def _failed(worker: Worker, judgement: Judgement, crew: Crew) -> Job | None:
    """What else is to be done when the worker's process has ended before its time."""
    tell_held(worker, crew.tell)
    if worker.is_confirmed:
        return follow_up(worker.job, judgement, worker.past.replaced, crew.care, crew.tell)
    worker.failed = True
    return None


def _again(worker: Worker, crew: Crew) -> Job:
    """What it took for granted is wrong; so it is for the copies that wait."""
    worker.forget()
    if worker.job.makes:
        crew.drop_copies(worker.job.file, lambda _: True)
    return worker.job


async def _finish(worker: Worker, crew: Crew) -> Job | None:
    """At the end of the part: coqc must be where we think that it is."""
    if worker.job.stop < len(worker.job.file.script.steps):
        if await _timed(worker, crew, ends_in_place):
            return None
        worker.forget()
        return worker.job.as_coqc().to_the_end()
    if worker.job.makes:
        return await _finish_pass(worker, crew)
    found = await _timed(worker, crew, ends_file)
    return _failed(worker, found, crew) if found else None


async def _timed(worker: Worker, crew: Crew, end: Callable[[Worker], Awaitable[T]]) -> T:
    begun, before, file = time.monotonic(), worker.process.cpu_seconds, worker.job.file.script.file
    found = await end(worker)
    cpu = worker.process.cpu_seconds - before
    crew.tell(Worked(Work.END, worker.number, file, "", begun, time.monotonic(), cpu))
    return found


async def _finish_pass(worker: Worker, crew: Crew) -> Job | None:
    """coqc writes what it has made of the file, unless something is wrong with its end."""
    file = worker.job.file
    if not worker.is_confirmed:  # no file ever rests on what was only taken for granted
        await crew.rest(worker, lambda: not worker.is_confirmed)
    if worker.is_refuted:
        return _again(worker, crew)
    if not worker.is_confirmed:
        worker.forget()
        return worker.job.as_coqc()
    before = worker.process.cpu_seconds
    if found := await _timed(worker, crew, writes_product):
        return _failed(worker, found, crew)
    file.end = worker.process.cpu_seconds - before
    if file.product.is_wanted and not file.errors.is_outside_proofs():
        crew.made(file, whole=not worker.past.replaced)
    return None
