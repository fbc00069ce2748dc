"""What earlier runs learnt of a file: the times of its proofs, their section variables."""

from collections.abc import Iterable, Mapping
from typing import Any

from checker.document.proof_using import collections
from checker.engines.snapshot.costs import TEXT_PER_BYTE, Costs, Rates
from checker.engines.snapshot.files import FileRun
from checker.engines.snapshot.read import script_of
from checker.knowledge.known import RECORDS, Known
from checker.run.run import Run
from checker.schedule.estimates import recorded_seconds
from makegen.coq.auxfile import read_aux

GUESSED_PER_BYTE = 5e-5  # CPU seconds, of a source of which nothing is known


def expected_seconds(text: bytes, records: Any) -> float:
    """CPU seconds that coqc takes for a source: as it took, as far as that is known."""
    if not records:
        return len(text) * GUESSED_PER_BYTE
    rate = float(records.get("text") or TEXT_PER_BYTE)
    return float(sum(records.get("seconds", {}).values())) + len(text) * rate / 2


def file_run(run: Run, file: str, known: Known, rates: Rates) -> FileRun:
    """The file, ready to be run."""
    script = script_of(file, known.document)
    records = run.ledger.recall(RECORDS, file) or {}
    seconds = _aux_seconds(run, file, known) | records.get("seconds", {})
    words: Mapping[str, str] = records.get("variables", {})
    proofs = list(enumerate(script.proofs))
    wanted = {p.statement.start for p in known.document.proofs if known.is_wanted(p)}
    found = FileRun(
        script=script,
        document=known.document,
        costs=Costs(
            script,
            {n: seconds[p.name] for n, p in proofs if p.name in seconds},
            rates,
            records.get("text"),
        ),
        rates=rates,
        wanted=frozenset(number for number, proof in proofs if proof.statement in wanted),
        command=run.targets.command(file) if run.targets else (),
        again=run.check_again(file),
        text_is_good=known.text_is_good,
        opened=known.opened,
        collections=collections(known.document),
        recorded={n: words[p.name].encode() for n, p in proofs if p.name in words},
    )
    for _, proof in proofs:
        if proof.statement in known.decided - known.good:
            step = script.step_at(proof.start)
            found.first_known_wrong = min(found.first_known_wrong, step)
        if proof.statement in known.good and proof.statement in known.uses:
            found.told[script.step_at(proof.start)] = known.uses[proof.statement]
    return found


def _aux_seconds(run: Run, file: str, known: Known) -> dict[str, float]:
    """The times that coqc left in the .aux of a source, by name of the proof."""
    proofs = known.document.proofs
    ends = [(proof.full_name, (proof.last.start, proof.last.end)) for proof in proofs]
    times = recorded_seconds(read_aux(run.path(file)), known.document.text, ends)
    return {name: s for (name, _), s in zip(ends, times, strict=True) if s is not None}


def remember(run: Run, files: Iterable[FileRun]) -> None:
    """Keeps what this run learnt."""
    facts = []
    for file in files:
        known = run.ledger.recall(RECORDS, file.script.file) or {}
        seconds, memory = known.get("seconds", {}), known.get("memory", {})
        words = known.get("variables", {})
        for number, result in file.decided.items():
            if result.verdict.is_ok:
                name = file.script.proofs[number].name
                seconds[name], memory[name] = round(result.seconds, 4), result.memory
        for index, told in file.told.items():
            proof = file.script.steps[index].proof
            assert proof is not None, "told of a proof"
            words[file.script.proofs[proof].name] = told.decode()
        names = {proof.name for proof in file.script.proofs}
        kept: dict[str, Any] = {
            topic: {name: value for name, value in facts_by_name.items() if name in names}
            for topic, facts_by_name in (
                ("seconds", seconds),
                ("memory", memory),
                ("variables", words),
            )
        }
        text = file.text_per_byte() or known.get("text")
        if text is not None:
            kept["text"] = text
        facts.append((file.script.file, kept))
    run.ledger.remember(RECORDS, facts)
