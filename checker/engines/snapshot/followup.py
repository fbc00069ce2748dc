"""What is done about a process that ended before its time: verdicts, and the job that remains."""

import re

from checker.engines.snapshot.coqc.judge import Cause, Judgement
from checker.engines.snapshot.file.errors import MISSING
from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.file.verdicts import Ran, decide, over_time, settle, suspect
from checker.engines.snapshot.steps.patches import is_artefact
from checker.report.events import Tell
from checker.report.results import Verdict
from checker.run.run import Care

MADE_BY_PROOFS = "_subproof"  # in names that `abstract` gives
NO_PROOF_OPEN = re.compile(r"No proof-editing in progress|no focused proof", re.IGNORECASE)


def follow_up(job: Job, found: Judgement, replaced: bool, care: Care, tell: Tell) -> Job | None:
    """Takes note of a failure; gives the job that remains to be done, if any.

    `replaced`: something stood in for a proof in that process.
    """
    is_open = not job.alone and job.file.depends_on_time(found.index)  # others slow it down
    if is_open or found.cause in (Cause.MACHINE, Cause.TIMEOUT):
        return _without_verdict(job, found, care, tell)
    if replaced and _is_unexplained(job.file, found):
        return job.as_coqc()
    if found.cause is Cause.TACTICS and _stood_in(job, found.index):
        return _after_stand_in(job, found)
    patches = job.patches if found.index == job.real else ()
    if found.message is None or not is_artefact(job.file.script, patches, found.message):
        job.file.errors.add(found)
    if found.cause is Cause.TACTICS:
        return _in_proof(job, found, care, tell)
    if found.cause is Cause.TEXT:
        job.file.warnings.pop(found.index, None)  # of an earlier state of the file
        if care.commands and job.file.errors.leave_out(found):
            return job.without_sentence(found.index)
    return None


def _stood_in(job: Job, index: int) -> bool:
    """Whether something else was fed for these tactics: the proof is known, or run elsewhere."""
    return job.stands_in(index) or not (job.runs(index) or job.file.must_run(index))


def _after_stand_in(job: Job, found: Judgement) -> Job | None:
    """What remains where a stand-in was refused, or so it seems."""
    if _is_told(job.file, found):  # it was fed the proof itself, before another gave that up
        return _past(job, found.index)
    return job if _is_replaced(job, found) else None


def _is_told(file: FileRun, found: Judgement) -> bool:
    """Whether this very error was told of the proof."""
    proof = file.script.steps[found.index].proof
    result = file.decided.get(proof) if proof is not None else None
    messages = result.messages if result and result.verdict is Verdict.WRONG else ()
    return any(found.message and m.position == found.message.position for m in messages)


def _is_replaced(job: Job, found: Judgement) -> bool:
    """Whether something new is fed for a proof whose stand-in was refused.

    Nothing, where no proof is open. Else the kernel refused its statement: the proof is run, which
    says what is wrong with it, and once that is known it is aborted.
    """
    file, index = job.file, found.index
    is_open = found.message and not NO_PROOF_OPEN.search(found.message.text)
    if is_open and (file.refuse(index) or file.abort(index)):
        return True
    return file.errors.erase(index)


def _is_unexplained(file: FileRun, found: Judgement) -> bool:
    """Whether a failure may be due to what stood in for other proofs.

    After an error that is coqc's own it does not matter: coqc would not have come so far.
    """
    if file.errors.first_harmful <= found.index:
        return False
    if file.errors.has_wrong_proof_before(found.index, file.decided):
        return False
    if found.cause is Cause.TEXT and file.is_shown:
        return found.message is None or MADE_BY_PROOFS in found.message.text
    if found.cause is Cause.TACTICS and not file.must_run(found.index):
        # Less was proved before, nothing more: that is felt only where a name is missing, such
        # as that of a lemma that `abstract` made.
        return found.message is None or bool(MISSING.search(found.message.text))
    return True


def _without_verdict(job: Job, found: Judgement, care: Care, tell: Tell) -> Job | None:
    """coqc did not say anything of the source, or may say something else with more time."""
    file, index = job.file, found.index
    if index in file.errors.rejected:  # known to be wrong, if not all that is wrong with it
        settle(file, index, tell)
        return _past(job, index)
    if found.cause is Cause.TIMEOUT:
        limit = care.proof_timeout or 0.0
        told = over_time(file, index, limit)
        decide(file, Ran(index, limit), Verdict.TIMEOUT, (told,), tell)
        return _past(job, index)
    if not job.alone:
        return job.by_itself(index)
    proof = file.script.steps[index].proof
    if proof is None or proof in file.decided or index < job.real:
        file.errors.lost = found.message
        return None
    messages = (found.message,) if found.message else ()
    decide(file, Ran(index), Verdict.LOST, messages, tell)
    return _past(job, index)


def _in_proof(job: Job, found: Judgement, care: Care, tell: Tell) -> Job | None:
    """Gives up the failing block of a wrong proof and goes on in it, else past it."""
    file, index = job.file, found.index
    known = job.patches if index == job.real else ()
    patch = file.errors.recovery(found, care.blocks)
    if patch is None or patch in known or index < job.real:
        settle(file, index, tell)
        return _past(job, index)
    suspect(file, index, tell)
    return job.around(index, (*known, patch))


def _past(job: Job, index: int) -> Job | None:
    """What remains after a step with tactics that has its verdict, and not a good one."""
    return job.past(index) if job.file.give_up(index) else None
