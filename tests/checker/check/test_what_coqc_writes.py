"""Files that a source has coqc write: a check disturbs none, and a copy can use its own."""

import tempfile
from pathlib import Path

from tests.helpers import Coq, check, write_files

APART = ("--delegation-threshold", "0", "-j", "2")
LONG = "Proof. do 50000 idtac."

REDIRECTS = {
    "_Project": "-Q . Top\nA.v\nB.v\n",
    "A.v": "".join(f"Lemma a{i} : True.\n{LONG} exact I. Qed.\n" for i in range(4))
    + 'Redirect "own" Print Assumptions a0.\n',
    "B.v": 'From Top Require Import A.\nRedirect "others" Print Assumptions a1.\n',
}


def test_what_redirect_has_make_write_is_left_as_it_is(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path, REDIRECTS)
    written = dict.fromkeys(("own.out", "others.out"), "Closed under the global context\n")
    write_files(root, written)
    done = check(coq, root, *APART)
    assert done.returncode == 0, done.stderr
    assert "apart" in done.stdout  # where they were run, they are axioms to Print Assumptions
    assert {name: (root / name).read_text() for name in written} == written
    for name in written:
        (root / name).unlink()
    assert check(coq, root, *APART, "--recheck").returncode == 0
    assert not [name for name in written if (root / name).exists()]


def test_what_redirect_cannot_write_is_wrong(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path, REDIRECTS)
    (root / "own.out").mkdir()
    done = check(coq, root, *APART)
    assert done.returncode == 1
    assert "wrong A.v:9:1" in done.stdout


def test_native_code_runs_in_a_copy_and_is_cleared_away(coq: Coq, tmp_path: Path) -> None:
    tactic = "Ltac compute_natively := native_compute.\n"
    proofs = (
        f"Lemma a{i} : length (List.repeat 0 {i}00) = {i}00.\n"
        f"{LONG} compute_natively. reflexivity. Qed.\n"
        for i in range(1, 5)
    )
    project = "-Q . Top\n-native-compiler ondemand\nA.v\n"
    texts = {"_Project": project, "A.v": "Require Import List.\n" + tactic + "".join(proofs)}
    root = write_files(tmp_path, texts)
    left = set(Path(tempfile.gettempdir()).glob("*native*"))
    done = check(coq, root, *APART)
    assert done.returncode == 0
    assert "defect" not in done.stderr
    assert set(Path(tempfile.gettempdir()).glob("*native*")) == left
    assert "0 checked now" in check(coq, root, *APART).stdout
