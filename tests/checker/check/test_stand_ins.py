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
        (b"Require Import Extraction. Extraction(* of *)l.", True),
        (b"Show Extraction.", True),
        (b"Check Type@{l.u0}.", True),
        (b"Parametricity Recursive l.", True),
        (b"MetaCoq Quote Recursively Definition q := l.", True),
        (b"From MetaCoq Require Import All. Import MetaCoq.Utils.", False),
        (b"elpi {{ (* }}. Extraction l.", True),
        (b"From Stdlib Require Import Extraction List. Extraction Inline l.", False),
        (b"Set Extraction Optimize. Extraction Language OCaml.", False),
        (b"(* Load (* nested *) Strategy *) Lemma m : True.", False),
        (b"(** Extraction of mantissa *) Hint Transparent l.", False),
    ],
)
def test_files_run_in_place_for_what_commands_say_and_not_comments(
    text: bytes, is_seeing: bool
) -> None:
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


DEFAULT = f"""Section S.
Variables (n : nat) (positive : n <> 0).
Lemma own : n = n.
Proof. {SLOW} reflexivity. Qed.
Lemma second : n = n.
Proof. {SLOW} reflexivity. Qed.
End S.
Definition use : 1 = 1 := second 1.
"""


@pytest.mark.parametrize(("flag", "apart"), [("Set", 2), ("#[export] Set", 1)])
def test_a_proof_that_takes_a_default_is_put_off_in_a_first_check(
    coq: Coq, tmp_path: Path, flag: str, apart: int
) -> None:
    """That an import sets one is known once coqc has told of the first proof."""
    options = f'{flag} Default Proof Using "Type".\n'
    text = f"From T Require Import Options.\n{'' if 'export' in flag else options}{DEFAULT}"
    files = {"_Project": "-Q . T\nOptions.v A.v\n", "Options.v": options, "A.v": text}
    done = check(coq, write_files(tmp_path, files))
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith(f"with 2 workers ({apart} apart)")


# By the time of the second section the default is gone, which only coqc can see.
GONE = f"""From T Require Import On.
{DEFAULT}From T Require Import Off.
Section T.
Variables (n : nat) (positive : n <> 0).
Lemma hidden : n <> 0.
Proof. {SLOW} exact positive. Qed.
Lemma alone : n = n.
Proof. {SLOW} reflexivity. Qed.
End T.
Definition gone : 1 <> 0 := hidden 1 (not_eq_sym (O_S 0)).
Definition fewer : 1 = 1 := alone 1.
"""


def test_a_default_that_is_gone_unseen_is_a_guess_that_is_refuted(coq: Coq, tmp_path: Path) -> None:
    files = {
        "_Project": "-Q . T\nOn.v Off.v A.v B.v\n",
        "On.v": '#[export] Set Default Proof Using "Type".\n',
        "Off.v": "#[export] Unset Default Proof Using.\n",
        "A.v": GONE,
        "B.v": "From T Require Import A.\nDefinition b : 1 = 1 := alone 1.\n",
    }
    root = write_files(tmp_path, files)
    for words in ((), ("--recheck",), ()):
        done = check(coq, root, *words)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].startswith("4 proofs in 4 files")


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


def test_what_one_file_loads_is_kept_also_where_nobody_asked_for_its_proofs(
    coq: Coq, tmp_path: Path
) -> None:
    """coqc tells of section variables in a pass over it, too."""
    base = "Section S.\nVariable n : nat.\nLemma a : n = n.\nProof.\n  reflexivity.\nQed.\nEnd S.\n"
    user = "From P Require Import A.\nLemma b : 1 = 1.\nProof. exact (a 1). Qed.\n"
    more = "Lemma c : 2 = 2.\nProof. exact (a 2). Qed.\n"
    write_files(tmp_path, {"_Project": "-Q . P\nA.v\nB.v\n", "A.v": base, "B.v": user})
    check = ("proof-checker", "check", "-f", "_Project", "-j", "1", "--explain", "B.v")
    assert coq.run(*check, cwd=tmp_path).returncode == 0
    (tmp_path / "B.v").write_text(user + more)
    again = coq.run(*check, cwd=tmp_path)
    assert "A.v is run" not in again.stdout
    assert "2 proofs in 1 file, 1 checked now, 1 known" in again.stdout


def test_a_library_that_fits_no_stand_in_makes_nothing_wrong(coq: Coq, tmp_path: Path) -> None:
    """It stands beside the project, and was compiled over the project's own .vo."""
    files = {
        "project/_Project": "-Q . T\n-Q ../beside L\nBase.v Above.v\n",
        "project/Base.v": BASE,
        "project/Above.v": ABOVE.format("From L Require Import M.").replace("exact l", "exact k"),
        "beside/M.v": "From T Require Import Base.\nDefinition k := l.\n",
    }
    root = write_files(tmp_path, files) / "project"
    base, above = root / "Base.v", tmp_path / "beside/M.v"
    load_path = ("-q", "-Q", str(root), "T", "-Q", str(above.parent), "L")
    for file in (base, above):
        assert coq.run(*coq.toolchain.coqc, *load_path, str(file), cwd=root).returncode == 0
    base.with_suffix(".vo").unlink()
    done = check(coq, root)
    assert done.returncode == 3, done.stderr
    assert "makes inconsistent assumptions" in done.stderr
    assert "no verdict: it was compiled over another file" in done.stderr
    assert coq.run(*coq.toolchain.coqc, *load_path, str(base), cwd=root).returncode == 0
    assert check(coq, root).returncode == 0
