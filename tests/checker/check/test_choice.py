"""A check of some proofs: -k, --last-failed, -x; nothing counts as checked that was not."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from checker.check.targets import passed_over
from checker.document.reader import read_document
from checker.knowledge.store import Ledger
from tests.helpers import Coq, check, run_of, write_project

pytestmark = pytest.mark.ends

NINE = range(9)
TOP = """\
Lemma plain : 1 = 1. Proof. reflexivity. Qed.
Lemma broken : 1 = 2. Proof. reflexivity. Qed.
Section S.
  Variable n : nat.
  Hypothesis small : n = 1.
  Lemma in_section : n = 1. Proof. exact small. Qed.
  Lemma broken_in_section : n = 2. Proof. exact small. Qed.
End S.
Lemma transparent : 4 = 4. Proof. reflexivity. Defined.
"""
USE = """\
Require Import Top.Top.
Lemma use_plain : 1 = 1. Proof. exact plain. Qed.
Lemma wrong_use : 1 = 3. Proof. exact broken. Qed.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(tmp_path, {"Top.v": TOP, "Use.v": USE})


def listed(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The names of the proofs that are wrong, as they are told."""
    words = "  in the proof of "
    lines = done.stderr.splitlines()
    return [line.removeprefix(words).split()[0] for line in lines if line.startswith(words)]


def summary(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.splitlines()[-1].partition(" in 0.")[0]


def test_a_name_chooses_the_proofs_that_contain_it_and_no_others(coq: Coq, root: Path) -> None:
    done = check(coq, root, "-k", "PLAIN")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.splitlines()[:-1]) == [
        "checked Top.v (1 of 5 proofs)",
        "checked Use.v (1 of 2 proofs)",
    ]
    assert summary(done).startswith("2 proofs in 2 files (2 of 7 proofs asked for) checked")


def test_what_is_passed_over_is_not_known_afterwards(coq: Coq, root: Path) -> None:
    for name in ("plain", "transparent", "in_section"):
        check(coq, root, "-k", name)
    done = check(coq, root)
    assert sorted(listed(done)) == ["broken", "broken_in_section", "wrong_use"]
    # Nor does what is known to be wrong count against what is asked for.
    for name in ("use_plain", "plain", "transparent"):
        again = check(coq, root, "-k", name)
        assert (again.returncode, again.stderr) == (0, ""), name


def test_a_name_may_be_a_pattern_or_several(coq: Coq, root: Path) -> None:
    done = check(coq, root, "-k", "broken*n", "-k", "wrong_?se")
    assert done.returncode == 1
    assert sorted(listed(done)) == ["broken_in_section", "wrong_use"]
    assert "2 of 7 proofs asked for" in done.stdout


@pytest.mark.once
def test_each_of_several_theorems_proved_together_names_their_proof(
    coq: Coq, tmp_path: Path
) -> None:
    together = (
        "Lemma even (n : nat) : n = n with odd (n : nat) : n = n.\nProof. all: reflexivity. Qed.\n"
    )
    root = write_project(tmp_path, {"Top.v": together + "Lemma other : 1 = 2. Proof. Qed.\n"})
    done = check(coq, root, "-k", "odd")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "checked Top.v (1 of 2 proofs)")


def test_a_name_that_no_proof_bears_is_an_error(coq: Coq, root: Path) -> None:
    done = check(coq, root, "-k", "nothing")
    assert done.returncode == 2
    assert done.stderr == "proof-checker: error: -k nothing: none of 7 proofs is meant by that\n"


def test_a_proof_that_an_edit_moves_meanwhile_is_still_the_one_asked_for(
    coq: Coq, root: Path
) -> None:
    """The choice is made when a check begins, a file is read when its turn comes."""
    with Ledger(None) as ledger:
        run = replace(run_of(coq, root / "_Project", ledger), only={"Top.v": frozenset({"broken"})})
        moved = read_document(b"(* more *)\n" + TOP.encode())
        others = passed_over(run, "Top.v", moved)
        (asked,) = (p for p in moved.proofs if p.statement.start not in others)
        assert asked.name == "broken"
        renamed = read_document(TOP.replace("broken ", "other ").encode())
        assert passed_over(run, "Top.v", renamed) == frozenset()


def test_other_engines_check_the_files_that_hold_such_proofs(coq: Coq, root: Path) -> None:
    done = check(coq, root, "-k", "transparent", engine="vok")
    assert done.returncode == 1
    assert "Use.v" not in done.stdout
    assert "(5 of 7 proofs asked for)" in done.stdout


def test_what_failed_last_is_checked_until_it_is_good(coq: Coq, root: Path) -> None:
    check(coq, root)
    done = check(coq, root, "--last-failed")
    assert sorted(listed(done)) == ["broken", "broken_in_section", "wrong_use"]
    assert "(3 of 7 proofs asked for)" in done.stdout
    source = root / "Top.v"
    source.write_text(source.read_text().replace("1 = 2", "2 = 2"))
    assert sorted(listed(check(coq, root, "--last-failed"))) == ["broken_in_section", "wrong_use"]
    done = check(coq, root, "--last-failed")
    assert "(2 of 7 proofs asked for)" in done.stdout
    source.write_text(source.read_text().replace("n = 2", "n = 1"))
    (root / "Use.v").write_text(USE.replace("1 = 3", "2 = 2"))
    assert check(coq, root, "--last-failed").returncode == 0
    done = check(coq, root, "--last-failed")
    assert done.returncode == 0
    assert "nothing is known to have failed" in done.stderr
    assert summary(done).startswith("7 proofs in 2 files, ")


def test_a_file_that_failed_outside_of_its_proofs_is_checked_again_whole(
    coq: Coq, root: Path
) -> None:
    source = root / "Top.v"
    source.write_text("Definition d := nothing.\n" + TOP)
    check(coq, root)
    source.write_text(TOP)
    done = check(coq, root, "--last-failed")
    assert "(7 of 7 proofs asked for)" in done.stdout
    assert sorted(listed(done)) == ["broken", "broken_in_section", "wrong_use"]


def test_x_stops_at_the_first_and_keeps_what_it_has_found(coq: Coq, tmp_path: Path) -> None:
    slow = [
        f"Lemma slow{n} : True. Proof. do 200 (do 1000000 idtac). exact I. Qed.\n" for n in NINE
    ]
    first = "Lemma first : True. Proof. exact I. Qed.\n"
    root = write_project(tmp_path, {"A.v": first, "B.v": TOP, "C.v": "".join(slow)})
    check(coq, root, "A.v")
    done = check(coq, root, "-x")
    assert done.returncode == 1
    assert len(listed(done)) == 1
    said, end = done.stdout.splitlines()[-2:]
    assert said.startswith("wrong B.v:")
    assert end.startswith("stopped at the first (-x), ")
    assert " of 15 proofs kept: 1 wrong, 1 file not good in " in end
    again = check(coq, root, "A.v", "B.v", "--explain").stdout
    found = re.search(r"B.v is run \((\d) of 5 proofs\)", again)
    assert found, again
    in_b = 5 - int(found[1])
    assert f"(-x), {1 + in_b} of 15 proofs kept" in end
