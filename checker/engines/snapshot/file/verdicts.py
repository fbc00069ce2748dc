"""From what was executed and rejected in a file to its verdicts, and those of its proofs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checker.engines.snapshot.file.file_run import FileRun
from checker.report.events import FileDone, ProofDone, Suspected, Tell
from checker.report.results import FileResult, Message, ProofResult, Verdict

NOT_RUN = "its statement is wrong"
NOT_ALL_CHECKED = "not every sentence of the file was executed; this is a defect of proof-checker"


@dataclass(frozen=True)
class Ran:
    """A step that a process has executed, and what that took."""

    index: int
    seconds: float = 0.0  # CPU
    memory: int = 0  # bytes: the peak resident size of the process by then, no less than the step's
    warnings: tuple[Message, ...] = ()  # that it printed
    apart: bool = False  # in a process that writes nothing: its universes stay there


def passed(file: FileRun, ran: Ran, tell: Tell) -> None:
    """coqc executed this step for real."""
    if ran.index in file.executed or ran.index in file.errors.given_up:
        return
    file.executed.add(ran.index)
    file.warnings.pop(ran.index, None)
    if ran.warnings:
        file.warnings[ran.index] = ran.warnings
    step = file.script.steps[ran.index]
    seconds = ran.seconds if ran.index else max(0.0, ran.seconds - file.head)
    rate = file.rates.text if step.proof is None else file.rates.tactics
    rate.learn(seconds, step.end - step.start)
    if step.proof is None:
        file.seconds += seconds
        file.text_size += step.end - step.start
    else:
        decide(file, ran, Verdict.CHECKED, (), tell)


def decide(
    file: FileRun, ran: Ran, verdict: Verdict, messages: tuple[Message, ...], tell: Tell
) -> None:
    """Tells the verdict on the proof whose tactics are this step; the first one counts."""
    index, proof = ran.index, file.proof(ran.index)
    number = file.script.steps[index].proof
    assert number is not None, "a step with tactics"
    if number in file.decided:
        return
    if verdict is not Verdict.CHECKED:
        file.warnings.pop(index, None)  # of an earlier state of the file
    elif number not in file.wanted:
        return  # that was known
    result = ProofResult(
        file.script.file,
        proof.name,
        verdict,
        ran.seconds,
        messages,
        _shown_by(file, index, verdict, messages),
        offset=proof.statement,
        memory=ran.memory,
        uses=file.variables.told.get(index, b""),
        after_error=file.errors.first_harmful < index
        or index >= file.whole_from
        or (verdict is Verdict.WRONG and file.depends_on_time(index)),
        warnings=ran.warnings,
        apart=ran.apart,
    )
    file.decided[number] = result
    tell(ProofDone(result, file.costs.run(index)))


def suspect(file: FileRun, index: int, tell: Tell) -> None:
    """These tactics are wrong, and it is not known yet what else is wrong with them."""
    proof = file.proof(index)
    result = ProofResult(
        file.script.file,
        proof.name,
        Verdict.WRONG,
        messages=(file.errors.rejected[index][0],),
        offset=proof.statement,
    )
    tell(Suspected(result))


def settle(file: FileRun, index: int, tell: Tell) -> None:
    """All is known that is wrong with these tactics."""
    messages = file.errors.rejected.pop(index, None)
    if messages is None:
        return  # another worker, which has met it too, has told it
    decide(file, Ran(index), Verdict.WRONG, tuple(messages), tell)


def over_time(file: FileRun, index: int, limit: float) -> Message:
    """What is said of a proof that was stopped."""
    proof = file.proof(index)
    statement = file.script.text[proof.statement : proof.start].rstrip()
    place = file.script.position(proof.statement, proof.statement + len(statement))
    return Message(place, f"The proof takes longer than {limit:g} s (--proof-timeout).")


def tell_end(file: FileRun, tell: Tell) -> None:
    """All jobs are done: the verdict on the file."""
    for index in list(file.errors.rejected):
        settle(file, index, tell)
    for index in list(_undecided(file)):
        why = (Message(None, NOT_RUN),) if file.errors.has_wrong_statement(index) else ()
        decide(file, Ran(index), Verdict.SKIPPED, why, tell)
    verdict, messages = _verdict(file)
    place = next((m.position for m in messages if m.position), None)
    first = file.script.step_at(file.script.offset(place)) if place else 0
    again = _shown_by(file, first, verdict, messages)
    warnings = tuple(_warnings_between_proofs(file))
    result = FileResult(file.script.file, verdict, file.seconds, messages, again, warnings)
    uses = {file.proof(index).statement: words for index, words in file.variables.told.items()}
    tell(FileDone(result, len(file.document.proofs), uses=uses))


def _warnings_between_proofs(file: FileRun) -> Iterable[Message]:
    for index, warnings in sorted(file.warnings.items()):
        if file.script.steps[index].proof is None:
            yield from warnings


def _undecided(file: FileRun) -> Iterable[int]:
    """The steps with tactics that should have a verdict and have none."""
    for index, step in enumerate(file.script.steps):
        if step.proof in file.wanted and step.proof not in file.decided:
            yield index


def _verdict(file: FileRun) -> tuple[Verdict, tuple[Message, ...]]:
    if file.errors.outside:
        return Verdict.WRONG, tuple(file.errors.outside)
    if file.errors.lost:
        return Verdict.LOST, (file.errors.lost,)
    bad = {result.verdict for result in file.decided.values()} - {Verdict.CHECKED}
    for verdict in (Verdict.WRONG, Verdict.TIMEOUT, Verdict.LOST, Verdict.SKIPPED):
        if verdict in bad:
            return verdict, ()
    known = {index for index in range(len(file.script.steps)) if not file.is_wanted(index)}
    if file.executed | known != set(range(len(file.script.steps))):
        return Verdict.LOST, (Message(None, NOT_ALL_CHECKED),)
    return Verdict.CHECKED, ()


def _shown_by(
    file: FileRun, index: int, verdict: Verdict, messages: Sequence[Message]
) -> tuple[str, ...]:
    """What shows again what is said of this step: coqc, if it stops right there."""
    if verdict in (Verdict.CHECKED, Verdict.SKIPPED):
        return ()
    is_only = verdict is not Verdict.TIMEOUT and len(messages) < 2
    return file.shown.first if is_only and _is_good_before(file, index) else file.shown.every


def _is_good_before(file: FileRun, index: int) -> bool:
    """Whether it is known that coqc gets to this step."""
    start, errors = file.script.steps[index].start, file.errors
    bad = min(file.first_doubtful, *errors.given_up, *errors.rejected, index)
    if bad < index or any(begin < start for begin, _ in errors.blanked):
        return False
    return all(step in file.executed or not file.is_wanted(step) for step in range(index))
