"""What is done about a process that ended before its time: verdicts, and the job that remains."""

from dataclasses import replace

from checker.engines.snapshot.files import Job, Ran
from checker.engines.snapshot.judge import Cause, Judgement
from checker.engines.snapshot.patches import is_artefact
from checker.report.events import Tell
from checker.report.results import Verdict
from checker.run.run import Care


def follow_up(job: Job, found: Judgement, replaced: bool, care: Care, tell: Tell) -> Job | None:
    """Takes note of a failure; gives the job that remains to be done, if any.

    `replaced`: something stood in for a proof in that process.
    """
    is_open = not job.alone and job.file.depends_on_time(found.index)  # others slow it down
    if is_open or found.cause in (Cause.MACHINE, Cause.TIMEOUT):
        return _without_verdict(job, found, care, tell)
    if replaced and job.file.is_unexplained(found):
        return replace(job, plain=True, patches=())
    if found.cause is Cause.TACTICS and job.stands_in(found.index):
        return job if job.file.erase(found.index) else None  # no proof is open there
    patches = job.patches if found.index == job.real else ()
    if found.message is None or not is_artefact(job.file.script, patches, found.message):
        job.file.reject(found)
    if found.cause is Cause.TACTICS:
        return _in_proof(job, found, care, tell)
    if found.cause is Cause.TEXT and care.commands and job.file.leave_out(found):
        real = max(job.real, found.index)
        return replace(job, real=real, plain=False, careful=True)
    return None


def _without_verdict(job: Job, found: Judgement, care: Care, tell: Tell) -> Job | None:
    """coqc did not say anything of the source, or may say something else with more time."""
    file, index = job.file, found.index
    if index in file.rejected:  # known to be wrong, if not all that is wrong with it
        file.settle(index, tell)
        return _past(job, index)
    if found.cause is Cause.TIMEOUT:
        limit = care.proof_timeout or 0.0
        file.decide(Ran(index, limit), Verdict.TIMEOUT, (file.over_time(index, limit),), tell)
        return _past(job, index)
    if not job.alone:
        return replace(job, real=max(job.real, index), alone=True)
    proof = file.script.steps[index].proof
    if proof is None or proof in file.decided or index < job.real:
        file.lost = found.message
        return None
    messages = (found.message,) if found.message else ()
    file.decide(Ran(index), Verdict.LOST, messages, tell)
    return _past(job, index)


def _in_proof(job: Job, found: Judgement, care: Care, tell: Tell) -> Job | None:
    """Gives up the failing block of a wrong proof and goes on in it, else past it."""
    file, index = job.file, found.index
    known = job.patches if index == job.real else ()
    patch = file.recovery(found, care.blocks)
    if patch is None or patch in known or index < job.real:
        file.settle(index, tell)
        return _past(job, index)
    careful = not job.alone
    return replace(job, real=index, patches=(*known, patch), plain=False, careful=careful)


def _past(job: Job, index: int) -> Job | None:
    """What remains after a step with tactics that has its verdict, and not a good one."""
    if not job.file.give_up(index):
        return None
    real = max(job.real, index + 1)
    return replace(job, real=real, patches=(), plain=False, alone=False, careful=True)
