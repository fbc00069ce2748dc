"""Paused copies of a worker's process: to go on from after a failure, or after a wrong guess."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checker.engines.snapshot.coqc.process import CoqProcess, DriverError
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.forecast import step_of
from checker.engines.snapshot.worker import Spare, Worker
from checker.schedule.passes import Step

BASE_EVERY = 0.3  # CPU seconds, at least, between two bases of a pass
MOST_BASES = 6
SPARE_EVERY = 0.2  # CPU seconds, at least, between two spare processes of a careful job


def kept(worker: Worker) -> list[CoqProcess]:
    """The copies that are kept for it."""
    return [spare.process for spare in (worker.spare, *worker.bases) if spare]


def can_be_handed_over(worker: Worker, index: int) -> bool:
    """Whether a pass gets past this proof, which is to be run, while a copy runs it."""
    if not worker.job.is_pass or index >= len(worker.job.file.script.steps):
        return False
    return worker.runs(index) and worker.job.file.can_be_put_off(index)


def ahead(worker: Worker, index: int) -> Iterator[Step]:
    """The steps from here on, as the scheduler sees them."""
    for at in range(index, worker.job.stop):
        may_be_put_off = can_be_handed_over(worker, at)
        yield step_of(worker.job.file, at, may_be_put_off=may_be_put_off)


async def hand_over(worker: Worker, steps: int) -> Worker:
    """The copy that is to run so many steps from where the process is; it has no token yet.

    Raises DriverError when there is no room for one more process.
    """
    file, first = worker.job.file, worker.past.cursor
    proofs = [n for n in range(first, first + steps) if file.script.steps[n].proof is not None]
    variables = file.variables
    unknown = [n for n in proofs if file.must_run(n) and file.can_be_put_off(n)]
    guesses = {n: words for n in unknown if (words := variables.guess(n))}
    if guesses:
        await _keep_base(worker)
    copy = await worker.process.fork()
    variables.guessed.update(guesses)
    file.handed.update(proofs)
    return Worker(-1, Job(file, first, first + steps), copy, worker.past)


async def _keep_base(worker: Worker) -> None:
    """Copies a pass before a guess: to go on from should it be wrong, or a later one."""
    open_among = worker.job.file.open_among
    while len(worker.bases) > 1 and not open_among(worker.bases[1].past.assumed):
        await worker.bases.pop(0).process.end()
    now = worker.process.cpu_seconds
    if worker.bases:
        is_near = now - worker.bases[-1].cpu_seconds < BASE_EVERY
        if is_near or len(worker.bases) == MOST_BASES:
            return
    copy = await worker.process.fork(writes=True)
    worker.bases.append(Spare(copy, worker.past, now))


def way_back(worker: Worker) -> Spare | None:
    """The last base before all that turned out wrong, if there is one."""
    refutes = worker.job.file.variables.refutes
    return next((base for base in reversed(worker.bases) if not refutes(base.past.assumed)), None)


def is_passed_again(copy: Worker, at_work: Iterable[Worker]) -> bool:
    """Whether a pass will come by what this copy was for, for which the copy is of no use."""
    others = (worker for worker in at_work if worker is not copy)
    mine = (worker for worker in others if worker.job.file is copy.job.file)
    return copy.is_refuted and any(_comes_by(worker, copy.job.real) for worker in mine)


def _comes_by(worker: Worker, index: int) -> bool:
    """Whether the process of a pass will come by this step: it goes on, or back to before it."""
    if not worker.job.is_pass:
        return False
    if worker.is_refuted:
        base = way_back(worker)
        return base is not None and base.past.cursor <= index
    return max(worker.fed, worker.job.real) <= index < worker.job.stop


async def go_back(worker: Worker, base: Spare) -> None:
    """A guess was wrong: the pass goes on from before it, with what is known now."""
    again = await base.process.fork(writes=True)
    worker.job.file.variables.went_back(worker.past.cursor, worker.past.assumed)
    worker.forget()
    await worker.process.end()
    while worker.bases[-1] is not base:
        await worker.bases.pop().process.end()
    worker.bases = [_by_clock_of(again, base, other) for other in worker.bases]
    worker.process, worker.past = again, base.past
    worker.fed = worker.past.cursor
    worker.closures.clear()
    worker.warnings.clear()


def _by_clock_of(copy: CoqProcess, original: Spare, other: Spare) -> Spare:
    """A base by the CPU time of a copy of another one, which begins anew."""
    later = copy.cpu_seconds - original.cpu_seconds
    return replace(other, cpu_seconds=other.cpu_seconds + later)


async def drop_bases(worker: Worker) -> None:
    """No guess is open any more, or to go back is of no use."""
    while worker.bases:
        await worker.bases.pop().process.end()


async def keep_spare(worker: Worker) -> None:
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
    await set_spare(worker, Spare(copy, worker.past, now))


async def set_spare(worker: Worker, spare: Spare | None) -> None:
    """From now on this is the copy to go on from after a failure."""
    old, worker.spare = worker.spare, spare
    if old:
        await old.process.end()


async def go_on_from_spare(worker: Worker, job: Job) -> None:
    """The process failed; its spare takes the job that follows up."""
    assert worker.spare
    await worker.process.end()
    spare, worker.spare = worker.spare, None
    worker.process, worker.past = spare.process, spare.past
    worker.closures.clear()
    worker.warnings.clear()
    worker.job = job.in_copy()
