"""Files that coqdep does not name: no verdict rests on one that did not stand when it was loaded.

The text that Use.v loads requires Base.v in a way that coqdep does not see, and is no source of the
project that it could be asked about in another way.
"""

from pathlib import Path

import pytest

from tests.helpers import Coq, check, write_files

pytestmark = pytest.mark.ends

BASE = "Lemma known : True.\nProof. exact I. Qed.\nLemma slow : True.\nProof. exact I. Qed.\n"
USE = 'Load "./needs".\nLemma use : True.\nProof. exact known. Qed.\n'
ABOVE = "From T Require Import Use.\nLemma above : True.\nProof. exact use. Qed.\n"
OTHER = BASE.replace("known", "unknown")


def write(root: Path, sources: str = "Above.v Use.v Base.v") -> Path:
    files = {"_Project": f"-Q . T\n{sources}\n", "Base.v": BASE, "Use.v": USE, "Above.v": ABOVE}
    return write_files(root, {**files, "needs.v": '(* "(*" *) Require Import T.Base.\n'})


def test_a_file_is_run_after_those_that_it_needs_whoever_names_them(
    coq: Coq, tmp_path: Path
) -> None:
    root = write(tmp_path)
    first = check(coq, root)
    assert first.returncode == 0
    assert "4 proofs in 3 files checked" in first.stderr + first.stdout
    assert "Use.v:" not in first.stderr
    again = check(coq, root, "--explain")
    assert again.returncode == 0
    assert "is run" not in again.stderr + again.stdout


def test_no_verdict_rests_on_an_old_stand_in(coq: Coq, tmp_path: Path) -> None:
    root = write(tmp_path)
    assert check(coq, root).returncode == 0
    for asked in ((), ("Use.v",)):
        write_files(root, {"Base.v": OTHER})
        for _ in range(2):
            changed = check(coq, root, *asked)
            assert changed.returncode == 1
            assert changed.stderr.count("known was not found in the current environment") == 1
        write_files(root, {"Base.v": BASE})
        assert check(coq, root, *asked).returncode == 0


def test_no_verdict_rests_on_what_make_compiled(coq: Coq, tmp_path: Path) -> None:
    root = write(tmp_path)
    for file in ("Base.v", "Use.v", "Above.v"):
        coq.run("coqc", "-Q", ".", "T", file, cwd=root)
    assert check(coq, root).returncode == 0
    write_files(root, {"Base.v": OTHER})
    changed = check(coq, root)
    assert changed.returncode == 1
    assert "known was not found in the current environment" in changed.stderr


def test_what_is_wrong_below_is_told_once(coq: Coq, tmp_path: Path) -> None:
    root = write_files(write(tmp_path), {"Base.v": BASE.replace("exact I", "exact 0", 1)})
    found = check(coq, root)
    assert found.returncode == 1
    assert found.stderr.count("in the proof of known") == 1
    assert "4 proofs in 3 files: 1 wrong, 1 file not good" in found.stderr + found.stdout


def test_a_circle_that_coqdep_does_not_see_is_named(coq: Coq, tmp_path: Path) -> None:
    root = write(tmp_path)
    assert check(coq, root).returncode == 0
    write_files(root, {"Base.v": f"From T Require Import Above.\n{BASE}"})
    found = check(coq, root)
    assert found.returncode == 2
    assert found.stderr.count("these files need each other; break the circle") == 1


def test_what_needs_a_wrong_file_is_not_tried_for_ever(coq: Coq, tmp_path: Path) -> None:
    root = write_files(
        tmp_path,
        {
            "_Project": "-Q . T\nA.v\nC.v\n",
            "A.v": "Check nope.\n",
            "C.v": "Require(*c*)Import T.A.\nLemma d : True.\nProof. exact I. Qed.\n",
        },
    )
    found = check(coq, root)
    assert found.returncode == 1
    assert found.stderr.count("nope was not found") == 1


def test_a_require_that_has_to_fail_is_no_need(coq: Coq, tmp_path: Path) -> None:
    a = "Fail Require T.B.\nLemma d : True.\nProof. exact I. Qed.\n"
    files = {"_Project": "-Q . T\nA.v\nB.v\n", "A.v": a, "B.v": "Require T.A.\n"}
    assert check(coq, write_files(tmp_path, files)).returncode == 0
