"""What files load in a check: it says all that coqc's own .vo would say, or it is not loaded."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from checker.check.targets import sees
from tests.helpers import Coq, write_files

pytestmark = pytest.mark.ends

SLOW = "do 100000 idtac."
BASE = f"Lemma l : True.\nProof. {SLOW} exact I. Qed.\n"
ABOVE = "From T Require Import Base.\n{}\nLemma m : True.\nProof. exact l. Qed.\n"


def check(coq: Coq, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A check that puts off whatever can be put off."""
    command = ("proof-checker", "check", "-f", "_Project", "-j", "2")
    return coq.run(*command, "--delegation-threshold", "0", *words, cwd=root)


OWN = f"Lemma own : True.\nProof. {SLOW} exact I. Qed.\n"


@pytest.mark.parametrize(
    ("command", "is_right"),
    [
        ("", True),
        ("Transparent l.", False),
        ("#[local]Transparent l.", False),
        ("(* now *)Strategy 10 [l].", False),
        ("Load extra.", False),
        (f"{OWN}Transparent own.", False),
        (f"{OWN}Load mine.", False),
        ("Fail Transparent l.", True),
    ],
)
def test_a_file_that_can_see_that_a_proof_was_put_off_does_not_load_it_so(
    coq: Coq, tmp_path: Path, command: str, is_right: bool
) -> None:
    files = {"_Project": "-Q . T\nBase.v Above.v\n", "Base.v": BASE, "Above.v": ABOVE.format("")}
    root = write_files(
        tmp_path, {**files, "extra.v": "Transparent l.\n", "mine.v": "Transparent own.\n"}
    )
    assert check(coq, root).returncode == 0
    write_files(root, {"Above.v": ABOVE.format(command)})
    for _ in range(2):
        assert check(coq, root).returncode == (0 if is_right else 1)


@pytest.mark.parametrize(
    ("text", "is_seeing"),
    [
        (b"Transparent l.", True),
        (b'Definition s := "(*". Transparent l. (* *)', True),
        (b"Recursive Extraction l.", True),
        (b"(* Load (* nested *) Strategy *) Lemma m : True.", False),
        (b"(** Extraction of mantissa *) Hint Transparent l.", False),
    ],
)
def test_what_comments_say_has_no_file_run_in_place(text: bytes, is_seeing: bool) -> None:
    assert sees(text) is is_seeing


SHORT = "".join(f"Lemma short{k} : n = n.\nProof. reflexivity. Qed.\n" for k in range(12))
OUTSIDE = "exact (above 1 (hidden 1 (not_eq_sym (O_S 0))))."
SECTION = f"""Section S.
Variable n : nat.
Hypothesis positive : n <> 0.
{SHORT}Lemma itself : n = n.
Proof. {SLOW} reflexivity. Qed.
Lemma hidden : n <> 0.
Proof. {SLOW} exact positive. Qed.
Lemma above : n <> 0.
Proof. {SLOW} exact hidden. Qed.
End S.
Lemma outside : 1 <> 0.
Proof. {OUTSIDE} Qed.
"""
USES = f"From T Require Import Base.\nLemma use : 1 <> 0.\nProof. {OUTSIDE} Qed.\n"


def test_no_file_rests_on_a_guess_of_section_variables(coq: Coq, tmp_path: Path) -> None:
    files = {"_Project": "-Q . T\nBase.v Above.v\n", "Base.v": SECTION, "Above.v": USES}
    root = write_files(tmp_path, files)
    for words in ((), ("--recheck",), ()):
        done = check(coq, root, *words)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].startswith("17 proofs in 2 files")


def test_what_make_has_compiled_is_checked_until_the_project_file_changes(
    coq: Coq, tmp_path: Path
) -> None:
    files = {"_Project": "-Q . T\nBase.v Above.v\n", "Base.v": BASE, "Above.v": ABOVE.format("")}
    root = write_files(tmp_path, files)
    assert coq.run("proof-makefile", "-f", "_Project", "-o", "Makefile", cwd=root).returncode == 0
    assert coq.run("make", cwd=root).returncode == 0
    assert "0 checked now, 2 known" in check(coq, root).stdout
    assert "2 proofs in 2 files checked" in check(coq, root, "--arg=-w", "--arg=none").stdout
    later = time.time() + 1
    os.utime(root / "_Project", (later, later))
    assert "2 proofs in 2 files checked" in check(coq, root).stdout


def test_only_what_coqc_would_find_is_found(coq: Coq, tmp_path: Path) -> None:
    """A compiled file of another project in the same folder is; a source that left is not."""
    files = {"_Project": "-Q . T\nBase.v Above.v\n", "Base.v": BASE, "Above.v": ABOVE.format("")}
    root = write_files(tmp_path, files)
    assert check(coq, root).returncode == 0
    (root / "Base.v").rename(root / "Base.aside")
    write_files(root, {"_Project": "-Q . T\nAbove.v\n"})
    assert check(coq, root).returncode == 1
    (root / "Base.aside").rename(root / "Base.v")
    compiled = coq.run(*coq.toolchain.coqc, "-q", "-Q", ".", "T", "Base.v", cwd=root)
    assert compiled.returncode == 0
    assert check(coq, root).returncode == 0
