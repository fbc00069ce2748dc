"""What earlier runs learnt of a file: the times of its proofs, their section variables."""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from checker.document.proof_using import collections
from checker.engines.snapshot.coqc.plugins import Plugins
from checker.engines.snapshot.file.errors import Errors
from checker.engines.snapshot.file.file_run import FileRun, Shown
from checker.engines.snapshot.file.variables import Variables
from checker.engines.snapshot.steps.costs import Costs, Rates
from checker.engines.snapshot.steps.read import script_of
from checker.knowledge.known import Known
from checker.knowledge.records import PROOFS, ProofRecords
from checker.run.run import Run
from checker.schedule.estimates import SOURCE_PER_BYTE, TEXT_PER_BYTE, recorded_seconds
from makegen.coq.auxfile import read_aux

V = TypeVar("V")


def expected_seconds(text: bytes, records: ProofRecords | None) -> float:
    """CPU seconds that coqc takes for a source: as it took, as far as that is known."""
    if records is None:
        return len(text) * SOURCE_PER_BYTE
    rate = records.text_per_byte or TEXT_PER_BYTE
    return sum(records.seconds.values()) + records.head + len(text) * rate / 2


def file_run(run: Run, file: str, known: Known, rates: Rates, *, is_shown: bool = False) -> FileRun:
    """The file, ready to be run; `is_shown`: to an editor, each sentence between proofs a step."""
    script = script_of(file, known.document, fine=is_shown)
    records = PROOFS.recall(run.ledger, file) or ProofRecords()
    seconds = {**_aux_seconds(run, file, known), **records.seconds}
    words = records.variables
    proofs = list(enumerate(script.proofs))
    wanted = {p.statement.start for p in known.document.proofs if known.is_wanted(p)}
    found = FileRun(
        script=script,
        document=known.document,
        costs=Costs(
            script,
            {n: seconds[p.name] for n, p in proofs if p.name in seconds},
            rates,
            records.text_per_byte,
            records.head,
        ),
        rates=rates,
        wanted=frozenset(number for number, proof in proofs if proof.statement in wanted),
        variables=Variables(
            script,
            collections(known.document),
            {n: words[p.name].encode() for n, p in proofs if p.name in words},
        ),
        errors=Errors(script, known.document),
        plugins=Plugins(known.opened),
        shown=Shown(run.targets.command(file) if run.targets else (), run.check_again(file)),
        text_is_good=known.text_is_good,
        start=records.start,
        end=records.end,
        head=records.head,
        in_place=not known.may_put_off,
        is_shown=is_shown,
    )
    for _, proof in proofs:
        if proof.statement in (known.decided | known.passed_over) - known.good:
            step = script.step_at(proof.start)
            found.first_doubtful = min(found.first_doubtful, step)
        if proof.statement in known.good and proof.statement in known.uses:
            found.variables.told[script.step_at(proof.start)] = known.uses[proof.statement]
    return found


def _aux_seconds(run: Run, file: str, known: Known) -> dict[str, float]:
    """The times that coqc left in the .aux of a source, by name of the proof."""
    proofs = known.document.proofs
    ends = [(proof.full_name, (proof.last.start, proof.last.end)) for proof in proofs]
    times = recorded_seconds(read_aux(run.path(file)), known.document.text, ends)
    return {name: s for (name, _), s in zip(ends, times, strict=True) if s is not None}


def remember(run: Run, files: Iterable[FileRun]) -> None:
    """Keeps what this run learnt."""
    PROOFS.remember(run.ledger, [(file.script.file, _learnt(run, file)) for file in files])


def _learnt(run: Run, file: FileRun) -> ProofRecords:
    """What is known of the file by now; nothing of proofs that have left it."""
    before = PROOFS.recall(run.ledger, file.script.file) or ProofRecords()
    seconds, memory = dict(before.seconds), dict(before.memory)
    for number, result in file.decided.items():
        if result.verdict.is_ok:
            name = file.script.proofs[number].name
            seconds[name], memory[name] = round(result.seconds, 4), result.memory
    words = dict(before.variables)
    for index, told in file.variables.told.items():
        words[file.proof(index).name] = told.decode()
    names = {proof.name for proof in file.script.proofs}
    return ProofRecords(
        _of(seconds, names),
        _of(memory, names),
        _of(words, names),
        file.text_per_byte() or before.text_per_byte,
        round(file.head, 4),
        None if file.start is None else round(file.start, 4),
        None if file.end is None else round(file.end, 4),
    )


def _of(known: Mapping[str, V], names: Collection[str]) -> dict[str, V]:
    return {name: value for name, value in known.items() if name in names}
