"""A mistake of the snapshot engine itself does not make a right file wrong: coqc is asked first.

The mistakes are put in at a seam; all else is real.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from checker.check import pipeline
from checker.check.engines import EAGER
from checker.document.document import Proof
from checker.engines.snapshot.steps import read, script
from checker.engines.snapshot.steps.script import Script
from checker.engines.whole_file.plain import run_copy
from checker.knowledge.store import Ledger
from checker.report.events import Event, FileDone, Note, ProofDone
from checker.report.results import Verdict
from tests.checker.engines.snapshot.test_engine import Found, lemmas, project
from tests.helpers import GOOD, WRONG, Coq, run_of, workers_of

# A question between the statement and its `Proof term` makes coqc refuse it.
BY_TERM = "Lemma first : True.\nProof I.\n" + lemmas(2)
# What stands in for the first proof states something else.
REPLACED = """Lemma first : 1 = 1.
Proof. idtac. idtac. idtac. reflexivity. Qed.
Lemma second : 1 = 1.
Proof. idtac. exact first. Qed.
"""
MISTAKEN = WRONG + GOOD.replace("good", "last")


class Told:
    """What a check tells whose engine cuts each proof off."""

    def __init__(self, coq: Coq, root: Path) -> None:
        self.events: list[Event] = []

        with Ledger(root) as ledger:
            run = run_of(coq, root / "_Project", ledger, self.events.append)
            asyncio.run(pipeline.check(run, EAGER))

    @property
    def notes(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Note)]

    @property
    def files(self) -> dict[str, Verdict]:
        done = (event.result for event in self.events if isinstance(event, FileDone))
        return {result.file: result.verdict for result in done}

    def proofs(self, verdict: Verdict) -> set[str]:
        done = (event.result for event in self.events if isinstance(event, ProofDone))
        return {result.proof for result in done if result.verdict is verdict}


def asked_of_coqc(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The modes in which plain coqc is run to confirm mistakes, as it is."""
    modes: list[object] = []

    async def counted(*arguments: object) -> object:
        modes.append(arguments[3])
        return await run_copy(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("checker.engines.snapshot.confirm.run_copy", counted)
    return modes


def make_mistaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine ask coqc inside proofs, and state something else in place of the first."""
    right = read._proof

    def proof(found: Proof, section: int) -> script.Proof:
        made = right(found, section)
        wrong = b"Abort. Axiom first : 0 = 0."
        return replace(made, stand_in=wrong) if made.name == "first" else made

    monkeypatch.setattr(read, "_proof", proof)
    monkeypatch.setattr(Script, "question_at", lambda self, index: self.steps[index].end)


@pytest.mark.ends
def test_where_plain_coqc_accepts_a_proof_it_is_not_wrong_and_the_user_hears_of_it_once(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(tmp_path, A=BY_TERM, B=REPLACED, C=REPLACED + MISTAKEN)
    with monkeypatch.context() as context:
        make_mistaken(context)
        found = Told(coq, root)
    (note,) = found.notes
    assert "defect of proof-makefile" in note
    again = Told(coq, root)
    for checked in found, again:  # no false verdict is in the ledger
        verdicts = {"A.v": Verdict.CHECKED, "B.v": Verdict.CHECKED, "C.v": Verdict.WRONG}
        assert checked.files == verdicts
        assert checked.proofs(Verdict.WRONG) == {"wrong"}
    assert again.notes == []


@pytest.mark.ends
def test_a_mistake_after_one_that_was_known_is_no_defect_of_ours(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, A=MISTAKEN + "Lemma next : 1 = 1. Proof. reflexivity. Qed.\n")
    assert Told(coq, root).proofs(Verdict.WRONG) == {"wrong"}
    text = (root / "A.v").read_text()
    (root / "A.v").write_text(text.replace("1 = 1. Proof. reflexivity.", "1 = 1. Proof."))
    again = Told(coq, root)
    assert again.proofs(Verdict.WRONG) == {"wrong", "next"}
    assert again.notes == []


@pytest.mark.ends
def test_many_wrong_proofs_are_confirmed_by_one_coqc_that_leaves_out_the_others(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = asked_of_coqc(monkeypatch)
    root = project(
        tmp_path, A=lemmas(3), B="".join(MISTAKEN.replace(" :", f"{n} :") for n in "123")
    )
    found = Told(coq, root)
    assert found.proofs(Verdict.WRONG) == {"wrong1", "wrong2", "wrong3"}
    assert modes == [("-vos",)]
    assert found.notes == []


@pytest.mark.ends
def test_a_missing_name_is_confirmed_by_one_coqc_while_all_mistakes_of_the_proof_are_told(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """coqc -vos cannot tell: what it leaves out might have made that name."""
    modes = asked_of_coqc(monkeypatch)
    proof = "Proof.\n  split.\n  - exact nowhere.\n  - exact I.\nQed.\n"
    root = project(tmp_path, A=f"{lemmas(3)}Lemma wrong : True /\\ 1 = 2.\n{proof}{GOOD}")
    found = Found(coq, root)
    assert found.of(Verdict.WRONG) == {"wrong"}
    assert [line for line, _ in found.errors()] == [16, 17]
    assert modes == [("-vok",)]


@pytest.mark.ends
@pytest.mark.parametrize("tactic", ["exact eq_refl", "exact I"])
def test_the_only_proof_that_is_to_be_run_is_put_to_plain_coqc_while_the_engine_runs_it(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tactic: str
) -> None:
    root = project(tmp_path, A=lemmas(3) + GOOD)
    Told(coq, root)
    project(tmp_path, A=(lemmas(3) + GOOD).replace("reflexivity", tactic, 1))
    modes = asked_of_coqc(monkeypatch)
    found = Told(coq, root)
    is_right = tactic == "exact eq_refl"
    assert found.files["A.v"] is (Verdict.CHECKED if is_right else Verdict.WRONG)
    assert found.proofs(Verdict.WRONG) == (set() if is_right else {"l0"})
    assert modes == [("-vos",)]
    assert workers_of(root) == []
