"""Short proofs that go to a copy together have the verdicts that each would have alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from checker.check.engines import SNAPSHOT
from checker.knowledge.records import PROOFS, ProofRecords
from checker.knowledge.store import Ledger
from checker.report.results import Verdict
from tests.checker.engines.snapshot.test_engine import Found, coqc_error
from tests.helpers import Coq, write_files, write_project

pytestmark = pytest.mark.ends

NAMES = [f"l{number}" for number in range(12)]
LEMMAS = [f"Lemma {name} : n = n.\nProof.\n  idtac; reflexivity.\nQed.\n" for name in NAMES]
SECTION = "Section S.\nVariable n : nat.\nHypothesis p : n <> 0.\n"
USES = "From Top Require Import A.\nLemma uses : 1 = 1.\nProof. exact (l3 1). Qed.\n"


def checked(coq: Coq, root: Path, lemmas: list[str], *, top: str = "Parameter n : nat.\n") -> Found:
    """What is found of A.v, whose proofs are known to be short, and of B.v, which loads it."""
    end = "End S.\n" if "Section" in top else ""
    uses = USES if end else USES.replace("exact (l3 1)", "exact (f_equal (fun _ => 1) l3)")
    write_project(root, {"A.v": "".join([top, *lemmas, end]), "B.v": uses})
    with Ledger(root) as ledger:
        full = [f"S.{name}" for name in NAMES] + NAMES
        seconds = dict.fromkeys(full, 0.024)
        PROOFS.remember(ledger, [("A.v", ProofRecords(seconds=seconds))])
    return Found(coq, root, workers=2, engine=SNAPSHOT)


@pytest.mark.parametrize("top", ["Parameter n : nat.\n", SECTION])
def test_a_run_of_short_proofs_is_checked_in_a_copy(coq: Coq, tmp_path: Path, top: str) -> None:
    lemmas = list(LEMMAS)
    if top == SECTION:  # the guess of its section variables is wrong
        lemmas[7] = lemmas[7].replace("reflexivity", "pose p; reflexivity")
    found = checked(coq, tmp_path, lemmas, top=top)
    assert found.of(Verdict.CHECKED) == {*NAMES, "uses"}
    assert len(found.proofs) == 13
    assert found.forks >= 2  # runs of five


def test_a_wrong_proof_in_a_run_does_not_hide_the_others(coq: Coq, tmp_path: Path) -> None:
    lemmas = list(LEMMAS)
    for number in (2, 8):
        lemmas[number] = lemmas[number].replace("reflexivity", "discriminate")
    found = checked(coq, tmp_path, lemmas)
    assert found.of(Verdict.WRONG) == {"l2", "l8"}
    assert found.of(Verdict.CHECKED) == {*NAMES, "uses"} - {"l2", "l8"}
    assert coqc_error(coq, tmp_path, "A.v") == found.errors()[0]


def test_a_wrong_command_in_a_run_is_told_once(coq: Coq, tmp_path: Path) -> None:
    lemmas = [*LEMMAS[:3], "Check (0 = true).\n", *LEMMAS[3:]]
    found = checked(coq, tmp_path, lemmas)
    assert found.errors() == [coqc_error(coq, tmp_path, "A.v")]
    assert {*NAMES} <= found.of(Verdict.CHECKED)
    assert [result.verdict for result in found.files if result.file == "A.v"] == [Verdict.WRONG]


def sections(**tactics: str) -> list[str]:
    """Three sections of four lemmas, each after a proof that says what it is."""
    parts = []
    for number, name in enumerate(NAMES):
        kind, end = ("Definition", "Defined") if number % 4 == 1 else ("Lemma", "Qed")
        tactic = tactics.get(name, "pose p; reflexivity" if number == 6 else "reflexivity")
        proof = f"{kind} {name} : n = n.\nProof.\n  idtac; {tactic}.\n{end}.\n"
        begins = SECTION.replace(" S", f" S{number}") if number % 4 == 0 else ""
        parts.append(begins + proof + (f"End S{number - 3}.\n" if number % 4 == 3 else ""))
    return parts


def checked_sections(coq: Coq, root: Path, **tactics: str) -> Found:
    """What is found once the section variables are known, and the proofs known to be short."""
    uses = "From Top Require Import A.\nLemma uses : 1 = 1.\nProof. exact (l7 1). Qed.\n"
    write_project(root, {"A.v": "".join(sections()), "B.v": uses})
    assert Found(coq, root, workers=1, engine=SNAPSHOT).of(Verdict.CHECKED) == {*NAMES, "uses"}
    (root / ".proof-makefile/stand-ins/A.vo").unlink()
    with Ledger(root) as ledger:
        kept = PROOFS.recall(ledger, "A.v")
        assert kept
        short = replace(kept, seconds=dict.fromkeys(kept.seconds, 0.024))
        PROOFS.remember(ledger, [("A.v", short)])
    write_files(root, {"A.v": "".join(sections(**tactics))})
    return Found(coq, root, workers=2, engine=SNAPSHOT)


def test_a_run_goes_past_the_end_of_a_section_and_proofs_that_stay(
    coq: Coq, tmp_path: Path
) -> None:
    found = checked_sections(coq, tmp_path)
    assert found.of(Verdict.CHECKED) == {*NAMES, "uses"}
    assert len(found.proofs) == 13
    assert found.forks >= 1


@pytest.mark.parametrize("wrong", ["l1", "l3", "l5", "l6", "l9"])
def test_what_is_wrong_in_such_a_run_is_told_once(coq: Coq, tmp_path: Path, wrong: str) -> None:
    """Also what both the pass and the copy come by, and what a section variable depends on."""
    found = checked_sections(coq, tmp_path, **{wrong: "discriminate"})
    assert found.of(Verdict.WRONG) == {wrong}
    assert found.errors() == [coqc_error(coq, tmp_path, "A.v")]
    assert found.of(Verdict.CHECKED) == {*NAMES, "uses"} - {wrong}
    assert len(found.proofs) <= 13
