"""What coqc answers about the section variables of a proof that a worker has just run."""

from checker.document.section_variables import (
    BY_DEFAULT,
    NOTHING,
    closures,
    declared,
    has_no_variables,
    question_about,
    uses_statement_only,
)
from checker.engines.snapshot.coqc.process import DriverError
from checker.engines.snapshot.worker import Worker


async def take_answer(worker: Worker, index: int, said: str) -> None:
    """Takes note of the section variables that coqc says the proof uses.

    Where that says the same as what was recorded, in other words, these stay.
    """
    file = worker.job.file
    words = file.variables.said(index, said)
    if words is None:
        return
    assumed = file.variables.assumption(index)
    if assumed is not None and (
        await _same(worker, index, assumed, words)
        or (assumed == BY_DEFAULT and has_no_variables(said))
        or (assumed == NOTHING and uses_statement_only(said, file.proof(index).theorems))
    ):
        words = assumed
    worker.learnt.append((index, words))


async def _same(worker: Worker, index: int, one: bytes, other: bytes) -> bool:
    """Whether two stand-ins for the proof declare the same closure of section variables."""
    if one == other:
        return True
    names, other_names = declared(one), declared(other)
    if names is None or other_names is None:
        return False
    script = worker.job.file.script
    proof = script.steps[index].proof
    assert proof is not None, "a step with tactics"
    known = worker.closures.setdefault(script.proofs[proof].section, {})
    if unknown := (names | other_names) - known.keys():
        known |= closures(await _ask(worker, question_about(unknown)))
    if not names | other_names <= known.keys():
        return False

    def closure(of: frozenset[str]) -> frozenset[str]:
        return frozenset(variable for name in of for variable in known[name])

    return closure(names) == closure(other_names)


async def _ask(worker: Worker, question: bytes) -> str:
    """What a copy of the worker's process prints when it is fed this; nothing if it fails."""
    try:
        copy = await worker.process.fork()
    except DriverError:
        return ""
    try:
        return copy.output().decode(errors="replace") if await copy.execute(question) else ""
    finally:
        await copy.end()
