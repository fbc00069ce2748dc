"""proof-checker plan: what a check from scratch will do, and how long that takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from checker.cli.main import main
from checker.engines.snapshot.steps.costs import OWN
from checker.knowledge.records import PROOFS, ProofRecords
from checker.knowledge.store import Ledger
from tests.helpers import Coq, write_project

BASE = """Lemma slow : True. Proof. exact I. Qed.
Lemma quick : True. Proof. exact I. Qed.
"""
SECTION = """From Top Require Import A.
Section S.
Variable x : nat.
Lemma guessed : x = x. Proof. reflexivity. Qed.
End S.
"""
SECONDS = {"A.v": {"quick": 0.01, "slow": 8.0}, "B.v": {"guessed": 2.0}, "C.v": {"other": 3.0}}


def project(root: Path) -> Path:
    """A file, one that loads it, and one more; the times of their proofs are known."""
    other = "Lemma other : True. Proof. exact I. Qed.\n"
    write_project(root, {"A.v": BASE, "B.v": SECTION, "C.v": other})
    with Ledger(root) as ledger:
        records = {file: ProofRecords(seconds=seconds) for file, seconds in SECONDS.items()}
        PROOFS.remember(ledger, records.items())
    return root


def planned(coq: Coq, root: Path, *words: str) -> Any:
    done = coq.run("proof-checker", "plan", "-f", "_Project", "--json", *words, cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.ends
def test_a_plan_is_what_the_scheduler_will_do_from_known_times(coq: Coq, tmp_path: Path) -> None:
    plan = planned(coq, project(tmp_path), "-j", "2", "--simulate", "1,2,64")
    ran = {
        (piece["file"], proof["name"]): (piece["is_pass"], proof["seconds"])
        for pieces in plan["workers"]
        for piece in pieces
        for proof in piece["proofs"]
    }
    assert ran[("A.v", "quick")] == (True, 0.01)
    assert ran[("A.v", "slow")] == (False, 8.0)  # B.v waits for its file
    assert set(ran) == {(file, name) for file, known in SECONDS.items() for name in known}
    assert plan["forks"] >= 1
    assert 8.0 < plan["makespan"] < 12.0
    one, two, many = plan["simulated"]
    steps = (one["makespan"] - one["make"]) / OWN  # make has nobody who waits for them
    assert steps == pytest.approx(round(steps))
    assert 5 < steps < 20
    assert one["make"] == pytest.approx(one["lower_bound"])
    assert two["makespan"] == plan["makespan"]
    assert 8.0 < many["makespan"] < 9.0  # the longest proof, while the others run
    assert two["make"] == pytest.approx(10.3, abs=0.5)  # A.v, then B.v


@pytest.mark.ends
def test_a_plan_is_a_table_with_its_figures_below(coq: Coq, tmp_path: Path) -> None:
    words = ("plan", "-f", "_Project", "-j", "2", "--simulate", "4")
    done = coq.run("proof-checker", *words, cwd=project(tmp_path))
    assert done.returncode == 0
    cells = [[cell.strip() for cell in line.split("│")] for line in done.stdout.splitlines()]
    rows = [row[-4:-1] for row in cells if len(row) == 8]
    assert ["A.v", "pass", "1 of 2"] in rows
    assert ["A.v", "fork", "1 of 2"] in rows
    assert "lower bound" in done.stdout
    assert "make -jJ" in done.stdout
    assert not (tmp_path / "A.vo").exists()


@pytest.mark.parametrize("value", ["0", "2,", "two", "2,-1", ""])
def test_simulate_wants_numbers_of_workers(
    value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["plan", "-f", str(tmp_path / "_Project"), "--simulate", value])
    assert ended.value.code == 2
    assert (
        capsys.readouterr()
        .err.splitlines()[-1]
        .endswith("is not a number of workers; give 1 or more")
    )


def test_engines_that_make_no_passes_cannot_be_simulated(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["-f", str(project(tmp_path) / "_Project"), "--engine", "vok", "--simulate", "2"]
    assert main(["plan", *words]) == 2
    assert capsys.readouterr().err == (
        "proof-checker: error: --simulate: the engine vok cannot; use --engine snapshot\n"
    )
