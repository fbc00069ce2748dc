"""Universe constraints of proofs that were run apart: check --universes, and vio2vo at its end."""

from pathlib import Path

import pytest

from tests.helpers import Coq, write_project

BASE = "Monomorphic Universes u v.\n"
BELOW = "From Top Require Import Base.\nMonomorphic Constraint u < v.\n"
ABOVE = "From Top Require Import Base.\nMonomorphic Constraint v < u.\n"
# Each proof adds a constraint; together they are inconsistent, and coqc rejects the second.
PROOFS = """Monomorphic Universes u v.
Lemma below : Type. Proof. exact (let T : Type@{v} := Type@{u} in nat). Qed.
Lemma above : Type. Proof. exact (let T : Type@{u} := Type@{v} in nat). Qed.
"""
TOGETHER = "cannot be loaded together: Universe inconsistency"


def check(coq: Coq, root: Path, *words: str) -> tuple[int, str]:
    done = coq.run("proof-checker", *words, "-f", "_Project", "-j", "2", cwd=root)
    return done.returncode, done.stderr + done.stdout


def test_constraints_that_hold_together_are_said_to(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, {"Base.v": BASE, "A.v": BELOW, "B.v": BELOW})
    for _ in ("first", "known"):
        code, said = check(coq, tmp_path, "check", "--universes")
        assert code == 0
        assert "the universe constraints of 3 files hold together" in said


def test_files_whose_constraints_exclude_each_other_are_not_good_together(
    coq: Coq, tmp_path: Path
) -> None:
    write_project(tmp_path, {"Base.v": BASE, "A.v": BELOW, "B.v": ABOVE})
    assert check(coq, tmp_path, "check")[0] == 0  # as make says: no file loads both
    code, said = check(coq, tmp_path, "check", "--universes")
    assert code == 1
    assert TOGETHER in said
    assert "in 3 files: cannot be loaded together in " in said.splitlines()[-1]


def test_vio2vo_warns_of_them_and_accepts_each_as_coqc_does(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, {"Base.v": BASE, "A.v": BELOW, "B.v": ABOVE})
    code, said = check(coq, tmp_path, "vio2vo")
    assert code == 0
    assert f"warning: the .vo of 3 files {TOGETHER}" in said
    assert TOGETHER not in check(coq, tmp_path, "vio2vo")[1]  # nothing was made


def test_proofs_that_are_good_one_by_one_only_are_found_wrong(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, {"A.v": PROOFS})
    eager = ("check", "--delegation-threshold", "0")
    check(coq, tmp_path, *eager)  # may miss it: see README.md
    code, said = check(coq, tmp_path, *eager, "--universes")
    assert code == 1
    assert "in the proof of above" in said
    assert "Universe inconsistency" in said or "universe" in said
    assert said.splitlines()[-1].startswith("2 proofs in 1 file: 1 wrong, ")


def test_vio2vo_finds_such_proofs_wrong(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, {"A.v": PROOFS})
    code, said = check(coq, tmp_path, "vio2vo")
    assert code == 1
    assert "in the proof of above" in said
    assert not (tmp_path / "A.vo").exists()


def test_a_file_that_nothing_can_load_is_left_out(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, {"A.v": BASE, "0ex/B.v": BASE})
    code, said = check(coq, tmp_path, "check", "--universes")
    assert code == 0
    assert "the universe constraints of 1 file hold together" in said


@pytest.mark.parametrize("engine", ["snapshot", "vok"])
def test_of_files_that_are_wrong_no_universes_are_told(
    coq: Coq, tmp_path: Path, engine: str
) -> None:
    write_project(tmp_path, {"A.v": "Lemma l : False. Proof. exact I. Qed.\n"})
    code, said = check(coq, tmp_path, "check", "--universes", "--engine", engine)
    assert code == 1
    assert "universe" not in said


def test_the_summary_tells_how_many_proofs_were_run_apart(coq: Coq, tmp_path: Path) -> None:
    proofs = ["reflexivity", "reflexivity", "reflexivity"]

    def summary(*words: str) -> str:
        lemmas = (f"Lemma l{n} : {n} = {n}. Proof. {t}. Qed.\n" for n, t in enumerate(proofs))
        write_project(tmp_path, {"A.v": "".join(lemmas)})
        return check(coq, tmp_path, "check", *words)[1].rstrip()

    assert summary().endswith("with 2 workers")
    proofs[1] = "exact eq_refl"
    assert summary().endswith("with 2 workers (1 apart)")
    assert summary("--recheck", "--universes").endswith("with 2 workers")
