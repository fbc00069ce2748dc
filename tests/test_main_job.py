"""The main job on a real library, Debian's ext-lib of each Coq's own release."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.helpers import Coq, generate, library_project

PLANTED = "Lemma planted :\n  1 = 2.\nProof.\n  reflexivity.\nQed.\n"
VICTIMS = ("theories/Data/Monads/ContMonad.v", "theories/Tactics/Hide.v")  # nothing needs them


def make(coq: Coq, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return coq.run("make", "--no-print-directory", *words, cwd=root)


@pytest.mark.once
def test_the_main_job_and_wrong_proofs_in_a_real_library(coq: Coq, tmp_path: Path) -> None:
    """One test, since compiling the library takes most of the time."""
    ext_lib = compiled(coq, tmp_path / "ext-lib")
    assert_every_file_has_its_vo(ext_lib)
    assert_the_vo_files_load_and_coqchk_accepts_them(coq, ext_lib, tmp_path)
    assert_wrong_proofs_are_reported(coq, ext_lib.rename(tmp_path / "moved"))


def compiled(coq: Coq, root: Path) -> Path:
    """ext-lib with its Makefile, after quick, vio2vo and checkproofs."""
    library_project(coq, "ext-lib", root)
    generate(coq, root)
    for words in (("quick", "-j2"), ("vio2vo", "J=2"), ("checkproofs", "J=2")):
        done = make(coq, root, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    # The last of them, the check, says so of all; what coqc compiled just now is not run again.
    said = r"^\d{3} proofs in 11\d files(?:, 0 checked now, \d{3} known: all good| checked) in "
    assert re.search(said, done.stdout, re.M)
    return root


def assert_every_file_has_its_vo(ext_lib: Path) -> None:
    sources = {path.with_suffix("") for path in ext_lib.rglob("*.v")}
    assert {path.with_suffix("") for path in (ext_lib / "theories").rglob("*.vo")} == sources
    assert len(sources) > 100


def assert_the_vo_files_load_and_coqchk_accepts_them(
    coq: Coq, ext_lib: Path, tmp_path: Path
) -> None:
    load_path = ("-Q", str(ext_lib / "theories"), "ExtLib")
    (tmp_path / "use.v").write_text(
        "Require Import ExtLib.ExtLib ExtLib.Data.Option.\nCheck eq_option_eq.\n"
    )
    used = coq.run(*coq.toolchain.coqc, *load_path, "use.v", cwd=tmp_path)
    assert used.returncode == 0, used.stderr
    checked = coq.run(*coq.toolchain.coqchk, "-silent", *load_path, "ExtLib.Data.Nat", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr


def assert_wrong_proofs_are_reported(coq: Coq, root: Path) -> None:
    """The same, in the same words, by every Coq."""
    expected = []
    for name in VICTIMS:
        text = (root / name).read_text()
        (root / name).write_text(f"{text}\n{PLANTED}")
        line = text.count("\n") + 5
        expected.append(
            f'File "./{name}", line {line}, characters 2-13:\n'
            'Error: Unable to unify "2" with "1".\n'
            "  in the proof of planted (wrong)\n"
        )
    assert make(coq, root, "quick", "-j2").returncode == 0
    for goal in ("checkproofs", "vio2vo"):
        done = make(coq, root, goal, "J=2")
        assert done.returncode == 2  # make's; that of the checker is in its last line
        assert re.search(r"make: \*\*\* .*\bError 1$", done.stderr, re.M)
        for block in expected:
            assert block in done.stderr
        assert done.stderr.count("Error:") == len(expected)
        assert ": 2 wrong, 2 files not good in " in done.stdout
    for name in VICTIMS:
        assert not (root / name).with_suffix(".vo").exists()
    assert (root / "theories/ExtLib.vo").exists()
