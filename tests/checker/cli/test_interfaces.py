"""proof-checker interfaces: what make, doit and a user run to have .vos, .vio and .vok files."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import WRONG, Coq, write_project

pytestmark = pytest.mark.ends

A = "Definition a := 0.\nLemma zero : a = 0.\nProof. reflexivity. Qed.\n"
B = "From Top Require Import A.\nLemma one : S a = 1.\nProof. reflexivity. Qed.\n"
C = "From Top Require Import A sub.B.\nLemma two : S (S a) = 2.\nProof. reflexivity. Qed.\n"


def interfaces(coq: Coq, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return coq.run("proof-checker", "interfaces", "-f", "_Project", *words, cwd=root)


def made(coq: Coq, root: Path, *words: str) -> list[str]:
    """What coqc was run for, all being good."""
    done = interfaces(coq, root, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A chain of three files."""
    return write_project(tmp_path / "project", {"A.v": A, "sub/B.v": B, "C.v": C})


def test_what_is_named_is_made_with_what_it_needs_and_nothing_else(coq: Coq, root: Path) -> None:
    assert made(coq, root, "sub/B.vos") == ["COQC -vos A.v", "COQC -vos sub/B.v"]
    assert made(coq, root, "sub/B.vok", "A.vos") == ["COQC -vok sub/B.v"]
    assert made(coq, root, "--vok", "C.v") == ["COQC -vok C.v"]
    assert made(coq, root, "--vos") == ["COQC -vos C.v"]
    assert made(coq, root, "--vos", "--always", "A.v") == ["COQC -vos A.v"]
    kind = "vio" if coq.toolchain.has_vio else "vos"
    assert made(coq, root, f"A.{kind}") == (["COQC -vio A.v"] if kind == "vio" else [])
    assert {path.name for path in root.iterdir() if not path.name.startswith(".")} == {
        *("_Project", "sub", "A.v", "A.vos", "C.v", "C.vok", "C.vos", "C.glob"),
        *(["A.vio"] if kind == "vio" else []),
    }
    refused = interfaces(coq, root, "D.vos")
    assert (refused.returncode, refused.stdout) == (2, "")
    if kind == "vos":
        assert interfaces(coq, root, "A.vio").returncode == 2


def test_what_is_asked_only_makes_nothing(coq: Coq, root: Path) -> None:
    assert made(coq, root, "--vos", "-n") == [
        f"COQC -vos {file}" for file in ("A.v", "sub/B.v", "C.v")
    ]
    assert interfaces(coq, root, "--vos", "-q").returncode == 1
    assert not list(root.rglob("*.vos"))
    made(coq, root, "--vos")
    assert made(coq, root, "--vos", "-n") == made(coq, root, "--vos", "-q") == []


def test_what_is_shown_of_the_commands_makes_the_same_files(
    coq: Coq, root: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    for line in made(coq, root, "--vos", "--verbose"):
        assert coq.run(*shlex.split(line), cwd=copy).returncode == 0
    for name in ("A.vos", "sub/B.vos", "C.vos"):
        assert (root / name).read_bytes() == (copy / name).read_bytes()


def test_a_wrong_file_stops_only_what_needs_it_and_coqc_says_why(coq: Coq, root: Path) -> None:
    (root / "A.v").write_text(f"{A}Definition b : nat := true.\n")
    (root / "sub/B.v").write_text(B.replace("A.", "C.").replace("S a", "1"))
    (root / "C.v").write_text(WRONG)
    done = interfaces(coq, root, "--quick", "-j", "2")
    assert done.returncode == 1
    assert done.stderr.count("Error") == 1
    assert "not tried" not in done.stderr
    assert 'File "./A.v", line 4, characters 22-26:' in done.stderr
    assert sorted(path.name for path in root.rglob("*.vi*")) + sorted(
        path.name for path in root.rglob("*.vos")
    ) == [f"{stem}.{'vio' if coq.toolchain.has_vio else 'vos'}" for stem in "BC"]
    done = interfaces(coq, root, "--vok")
    assert done.returncode == 1
    assert done.stderr.count("Error") == 2  # that of the proof, too
    assert [path.name for path in root.rglob("*.vok")] == ["B.vok"]


def test_other_arguments_make_other_interfaces(coq: Coq, root: Path) -> None:
    assert len(made(coq, root, "--vos")) == 3
    assert len(made(coq, root, "--vos", "--arg=-w", "--arg=none")) == 3
    assert made(coq, root, "--vos", "--arg=-w", "--arg=none") == []
    assert len(made(coq, root, "--vos")) == 3
