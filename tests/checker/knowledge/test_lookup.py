"""A verdict is not believed when `Require` would find other files now."""

import subprocess
from pathlib import Path

import pytest

from tests.helpers import Coq, write_files

GOOD = "Lemma fact : 1 = 1.\nProof. reflexivity. Qed.\n"
OTHER = "Lemma fact : 2 = 2.\nProof. reflexivity. Qed.\n"
USE = "From Lib Require Import L.\nLemma use : 1 = 1.\nProof. exact fact. Qed.\n"


class Project:
    """A project of one file, which requires a file of another one that was compiled."""

    def __init__(self, coq: Coq, root: Path) -> None:
        self.coq = coq
        self.root = write_files(
            root, {"p/Use.v": USE, "p/_Project": "-Q . P\n-Q ../lib Lib\nUse.v\n"}
        )
        self.compile("lib/L.v", GOOD)

    def compile(self, name: str, text: str, *words: str, logical: str = "Lib") -> None:
        write_files(self.root, {name: text})
        folder = str(Path(name).parent)
        done = self.coq.run("coqc", *words, "-Q", folder, logical, name, cwd=self.root)
        assert done.returncode == 0, done.stderr

    def check(self, **environ: str) -> subprocess.CompletedProcess[str]:
        words = ("proof-checker", "check", "--engine", "snapshot", "-f", "_Project", "-j", "1")
        return self.coq.run(*words, cwd=self.root / "p", environ=environ)

    def is_known(self, **environ: str) -> bool:
        """Whether a check that finds nothing wrong had nothing to run."""
        done = self.check(**environ)
        assert done.returncode == 0, done.stderr
        return "0 checked now, 1 known" in done.stdout


@pytest.fixture
def project(coq: Coq, tmp_path: Path) -> Project:
    """A project that was checked once."""
    made = Project(coq, tmp_path)
    assert not made.is_known()
    assert made.is_known()
    return made


def test_another_file_of_that_name_in_the_load_path(project: Project) -> None:
    """The short name is then ambiguous, or the other file comes first."""
    project.compile("lib/deeper/L.v", OTHER, logical="Lib.deeper")
    assert not project.is_known()


def test_an_interface_that_comes_before_the_file_that_was_loaded(project: Project) -> None:
    project.compile("lib/L.v", OTHER, "-vos")
    done = project.check()
    assert done.returncode == 1
    assert "in the proof of use (wrong)" in done.stderr


def test_another_folder_in_the_environment(coq: Coq, tmp_path: Path) -> None:
    project = Project(coq, tmp_path)
    (tmp_path / "p/_Project").write_text("-Q . P\nUse.v\n")
    (tmp_path / "lib").rename(tmp_path / "Lib")
    project.compile("other/Lib/L.v", OTHER, logical="Lib")
    first, second = {"COQPATH": str(tmp_path)}, {"COQPATH": str(tmp_path / "other")}
    assert not project.is_known(**first)
    assert project.is_known(**first)
    done = project.check(**second)
    assert done.returncode == 1
    assert "in the proof of use (wrong)" in done.stderr
