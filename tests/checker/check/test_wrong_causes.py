"""One wrong file hides nothing that is wrong elsewhere, and is named as the cause of the rest."""

from pathlib import Path

import pytest

from tests.helpers import Coq, check, generate, write_project

pytestmark = pytest.mark.ends

# The statement of A is wrong, so B and C cannot be tried; the proof of D is wrong, so E can.
FILES = {
    "A.v": "Definition n := 1.\nLemma a : n = 1 /\\ absent.\nProof. reflexivity. Qed.\n",
    "B.v": "From Top Require Import A.\nLemma b : n = 1.\nProof. reflexivity. Qed.\n",
    "C.v": "From Top Require Import B.\nLemma c : 1 = 1.\nProof. reflexivity. Qed.\n",
    "D.v": "Lemma d : 1 = 2.\nProof. reflexivity. Qed.\n",
    "E.v": "From Top Require Import D.\nLemma e : 1 = 3.\nProof. exact d. Qed.\n",
}
PLACE_IN_A = 'File "./A.v", line 2, characters 19-25:'
ENGINES = ("snapshot", "vio", "vok")


@pytest.fixture
def root(coq: Coq, tmp_path: Path) -> Path:
    root = write_project(tmp_path, FILES)
    for target in ("Makefile", "dodo.py"):
        generate(coq, root, target)
    return root


def engines(coq: Coq) -> list[str]:
    return [name for name in ENGINES if name != "vio" or coq.name == "8.16"]


def is_complete(output: str) -> bool:
    """Whether it tells all that is wrong, each in coqc's words and once."""
    places = (PLACE_IN_A, 'File "./D.v", line 2,', 'File "./E.v", line 3,')
    return all(output.count(place) == 1 for place in places)


def test_files_that_are_not_tried_are_one_line_that_names_the_wrong_one(
    coq: Coq, root: Path
) -> None:
    for engine in engines(coq):
        done = check(coq, root, engine=engine)
        assert done.returncode == 1, engine
        assert is_complete(done.stderr), done.stderr
        assert done.stderr.count("not tried") == 1
        assert "2 files not tried, because A.v is wrong\n" in done.stderr
        assert "skipped" not in done.stdout.rpartition("\n5 proofs")[0]


def test_the_wrong_file_below_the_one_asked_for_is_told(coq: Coq, root: Path) -> None:
    for engine in engines(coq):
        done = check(coq, root, "C.v", engine=engine)
        assert done.returncode == 1, engine
        assert done.stderr.count(PLACE_IN_A) == 1
        assert "C.v: not tried, because it needs A.v, which is wrong\n" in done.stderr


def test_a_wrong_statement_stops_neither_make_nor_doit_checkproofs(coq: Coq, root: Path) -> None:
    for tool in ("make", "doit"):
        done = coq.run(tool, "checkproofs", "J=2", cwd=root)
        output = done.stdout + done.stderr
        assert done.returncode != 0
        assert is_complete(output), output
        assert "5 files not good" in output
        assert "2 wrong" in output


def test_thousands_of_files_above_a_wrong_one_are_planned_and_not_tried(
    coq: Coq, tmp_path: Path
) -> None:
    """It would take minutes, if the time grew with the square of their number."""
    if coq.name != "8.16":
        pytest.skip("no coqc is run but for one file")
    last = 999
    above = {f"F{n}.v": f"From Top Require F{n - 1}.\n" for n in range(1, last + 1)}
    root = write_project(tmp_path, {"F0.v": "Lemma wrong : absent.\n", **above})
    for engine in ("snapshot", "vok"):
        done = check(coq, root, engine=engine)
        assert done.returncode == 1
        assert done.stderr.count("Error") == 1
        assert done.stderr.endswith(f"{last} files not tried, because F0.v is wrong\n")
