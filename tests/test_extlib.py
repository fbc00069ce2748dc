"""A real library, Debian's ext-lib, through quick, vio2vo and checkproofs, good and spoiled."""

import re
import subprocess
from pathlib import Path

from tests.helpers import Coq, library_project, write_files

FLAGS = ("-Q", "theories", "ExtLib")


def make(coq: Coq, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return coq.run("make", *words, cwd=root)


def complete(coq: Coq) -> list[str]:
    """The words for make that leave a .vo of every file; vio2vo needs .vio files so far."""
    return ["vio2vo", "J=2"] if coq.toolchain.has_vio else ["-j2"]


def generate(coq: Coq, root: Path) -> None:
    done = coq.run("proof-makefile", "-f", "_Project", "-o", "Makefile", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")


def test_ext_lib_goes_through_the_main_job(coq: Coq, tmp_path: Path) -> None:
    """Its .vo files load in coqtop, and coqchk accepts one."""
    root = library_project(coq, "ext-lib", tmp_path)
    generate(coq, root)
    for words in (["quick"], complete(coq), ["checkproofs", "J=2"]):
        done = make(coq, root, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    files = sorted(root.glob("theories/**/*.v"))
    assert f"in {len(files)} files checked" in done.stdout.splitlines()[-1]
    assert all(file.with_suffix(".vo").exists() for file in files)
    assert_all_load(coq, root, [logical_name(root, file) for file in files])
    chk = coq.run(*coq.toolchain.coqchk, "-silent", *FLAGS, "ExtLib.Data.Nat", cwd=root)
    assert chk.returncode == 0, chk.stdout + chk.stderr


def logical_name(root: Path, file: Path) -> str:
    parts = file.relative_to(root / "theories").with_suffix("").parts
    return ".".join(("ExtLib", *parts))


def assert_all_load(coq: Coq, root: Path, names: list[str]) -> None:
    """coqtop goes on after an error, so it says at the end what it has loaded."""
    command = [*coq.toolchain.coqtop, "-q", *FLAGS, "-l", "Load.v", "-batch"]
    write_files(root, {"Load.v": "\n".join(f"Require {name}." for name in names) + "\n"})
    done = coq.run(*command, cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Error" not in done.stdout + done.stderr


# Files of ext-lib that need no other, with a lemma each whose proof is spoiled below.
SOUND = ("Core/Any.v", "Relations/Compose.v")
SPOILED = {
    "Tactics/BoolTac.v": ("negb_false", "destruct a; auto."),
    "Data/ListFirstnSkipn.v": ("firstn_0", "intros; subst; auto."),
}


def spoil(file: Path, lemma: str, tactics: str) -> int:
    """Let the proof of the lemma end in a tactic that fails; the line where it stands."""
    text = file.read_text()
    start = text.index(tactics, text.index(f"Lemma {lemma} "))
    spoiled = tactics.replace("auto", "exact I")
    file.write_text(text[:start] + spoiled + text[start + len(tactics) :])
    return text.count("\n", 0, start) + 1


def test_two_wrong_proofs_in_two_files_are_both_reported(coq: Coq, tmp_path: Path) -> None:
    """By name, at coqc's position and in its words; no .vo is left of their files."""
    root = library_project(coq, "ext-lib", tmp_path)
    names = (*SOUND, *SPOILED)
    write_files(root, {"_Project": " ".join((*FLAGS, *(f"theories/{name}" for name in names)))})
    expected = {}
    for name, (lemma, tactics) in SPOILED.items():
        line = spoil(root / "theories" / name, lemma, tactics)
        expected[lemma] = coqc_error(coq, root, f"theories/{name}")
        assert f'File "./theories/{name}", line {line}, characters' in expected[lemma]
    generate(coq, root)
    assert make(coq, root, "quick").returncode == 0
    completing = [["vio2vo", "J=2"]] if coq.toolchain.has_vio else []
    for words in (["checkproofs", "J=2"], *completing):
        done = make(coq, root, *words)
        assert done.returncode != 0
        for lemma, error in expected.items():
            assert error in done.stderr
            assert f"in the proof of {lemma} (wrong)" in done.stderr
        assert ": 2 wrong, 2 files not good" in done.stdout.splitlines()[-1]
    have_vo = {name for name in names if (root / "theories" / name).with_suffix(".vo").exists()}
    assert have_vo == (set(SOUND) if completing else set())


def coqc_error(coq: Coq, root: Path, file: str) -> str:
    """The position and the first line of what a plain coqc says of the file."""
    done = coq.run(*coq.toolchain.coqc, "-q", *FLAGS, file, cwd=root)
    assert done.returncode == 1
    found = re.search(r"^File .*:\nError:.*", done.stderr, re.MULTILINE)
    assert found, done.stderr
    return found[0]
