"""Projects with an OCaml plugin: what the checker and doit make of them, with each Coq."""

import subprocess
from pathlib import Path

import pytest

from tests.helpers import WRONG, Coq, generate, write_files
from tests.plugins import ARCHIVED, PACKED, for_coq, ocaml_here

PROOFS = "From Hello Require Import Loader.\nHello.\nLemma a : 0 = 0. Proof. reflexivity. Qed.\n"


@pytest.fixture(params=[PACKED, ARCHIVED], ids=["mlpack", "mllib"])
def root(request: pytest.FixtureRequest, coq: Coq, tmp_path: Path) -> Path:
    """A project whose second file uses a command of the plugin and has a proof."""
    return write_files(tmp_path, {**for_coq(coq, request.param), "theories/Use.v": PROOFS})


def run(coq: Coq, command: str, *words: str, root: Path) -> subprocess.CompletedProcess[str]:
    environ = dict(word.split("=") for word in ocaml_here(coq))
    return coq.run(command, *words, cwd=root, environ=environ)


def test_the_checker_loads_plugins(coq: Coq, root: Path) -> None:
    generate(coq, root, "Makefile", "_CoqProject")
    for goal in ("checkproofs", "vio2vo"):
        done = run(coq, "make", goal, "J=2", *ocaml_here(coq), root=root)
        assert done.returncode == 0, done.stderr
        assert "1 proof in 2 files checked" in done.stdout
    (root / "theories/Use.v").write_text(PROOFS + WRONG.replace("wrong", "b"))
    done = run(coq, "make", "checkproofs", "J=2", *ocaml_here(coq), root=root)
    assert done.returncode == 2
    assert "in the proof of b (wrong)" in done.stderr
    using = coq.run("proof-checker", "using", "-f", "_CoqProject", "theories/Loader.v", cwd=root)
    assert using.returncode == 0, using.stderr


@pytest.mark.ends
def test_doit_builds_plugins_installs_and_cleans(coq: Coq, root: Path) -> None:
    generate(coq, root, "dodo.py", "_CoqProject")
    sources = files(root)
    done = run(coq, "doit", root=root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (root / "theories/Use.vo").exists()
    again = run(coq, "doit", root=root)
    assert "." not in [line.split()[0] for line in again.stdout.splitlines()]
    assert run(coq, "doit", "checkproofs", "J=2", root=root).returncode == 0

    installed = root / "installed"
    assert run(coq, "doit", "install", f"DESTDIR={installed}", root=root).returncode == 0
    assert {path.suffix for path in installed.rglob("*.*")} >= {".vo", ".cmxs", ".cmxa"}
    assert run(coq, "doit", "uninstall", f"DESTDIR={installed}", root=root).returncode == 0
    assert not [path for path in installed.rglob("*") if path.is_file()]

    (root / "src/words.ml").write_text('let word = "good day"\n')
    done = run(coq, "doit", root=root)
    assert "good day" in done.stdout
    assert run(coq, "doit", "clean", root=root).returncode == 0
    assert {name for name in files(root) if not name.startswith(".proof")} == sources


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
