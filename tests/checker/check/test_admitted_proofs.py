"""Proofs that end in Admitted, and axioms, are told apart; with --no-admitted they are errors."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from checker.knowledge.store import PLACE
from tests.helpers import GOOD, Coq, check, write_project

pytestmark = pytest.mark.ends

OPEN = """\
Axiom small : nat.
Lemma good : 1 = 1.
Proof. reflexivity. Qed.
  Lemma open : 1 = 1.
Proof. Admitted.
"""
COUNTED = "3 proofs in 2 files (1 admitted, 1 axiom)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(tmp_path, {"A.v": GOOD, "B.v": OPEN})


@pytest.mark.parametrize("engine", ["snapshot", "vok"])
def test_they_are_counted_whether_the_file_is_run_or_known(
    coq: Coq, root: Path, engine: str
) -> None:
    for _ in range(2):
        done = check(coq, root, engine=engine)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[-1].startswith(COUNTED)


def test_they_are_counted_in_files_that_an_older_release_has_checked(coq: Coq, root: Path) -> None:
    check(coq, root)
    with closing(sqlite3.connect(root / PLACE)) as db, db:
        for key, value in db.execute("SELECT key, value FROM memo WHERE topic = 'sources'"):
            kept = json.loads(value)
            old = json.dumps({"loading": kept["loading"], "proofs": kept["proofs"]})
            db.execute("UPDATE memo SET value = ? WHERE key = ?", (old, key))
    done = check(coq, root)
    assert done.stdout.splitlines()[-1].startswith(f"{COUNTED}, 0 checked now, 3 known: all good")


def test_they_are_counted_in_files_that_make_has_compiled(coq: Coq, root: Path) -> None:
    assert coq.run("proof-checker", "vio2vo", "-f", "_Project", cwd=root).returncode == 0
    assert COUNTED in check(coq, root).stdout


def test_where_none_may_be_each_is_an_error_at_its_place(coq: Coq, root: Path) -> None:
    for _ in range(2):
        done = check(coq, root, "--no-admitted")
        assert done.returncode == 1
        assert done.stderr.splitlines() == [
            'File "./B.v", line 4, characters 2-21:',
            "Error: open is admitted (--no-admitted)",
        ]
        listed, summary = done.stdout.splitlines()[-2:]
        assert listed == "admitted B.v:4:3 open"
        assert summary.startswith(COUNTED)
        assert "1 admitted proof refused" in summary
    assert check(coq, root, "--no-admitted", "A.v").returncode == 0
