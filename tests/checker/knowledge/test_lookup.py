"""A verdict is not believed when `Require` would find other files now."""

import subprocess
from pathlib import Path

import pytest

from tests.helpers import Coq, check, write_files

pytestmark = pytest.mark.ends

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
        return check(self.coq, self.root / "p", "-j", "1", **environ)

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


def test_an_interface_beside_the_file_that_was_loaded_is_not_loaded(project: Project) -> None:
    project.compile("lib/L.v", OTHER, "-vos")
    assert project.is_known()
    project.compile("lib/L.v", OTHER)
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


def test_a_file_that_comes_before_one_that_a_loaded_file_needs(coq: Coq, tmp_path: Path) -> None:
    """It has the full name of that one; nothing in the project requires it."""
    project = Project(coq, tmp_path)
    deep = write_files(tmp_path, {"first/.keep": "", "second/.keep": ""})
    for name, text in (("Deep", GOOD), ("Mid", "From D Require Export Deep.\n")):
        write_files(tmp_path, {f"first/{name}.v": text})
        done = coq.run("coqc", "-Q", "first", "D", f"first/{name}.v", cwd=deep)
        assert done.returncode == 0, done.stderr
    write_files(
        tmp_path,
        {
            "p/_Project": "-Q . P\n-Q ../first D\n-Q ../second D\nUse.v\n",
            "p/Use.v": USE.replace("From Lib Require Import L", "From D Require Import Mid"),
        },
    )
    assert not project.is_known()
    assert project.is_known()
    project.compile("second/Deep.v", OTHER, logical="D")
    assert "0 checked now" not in project.check().stdout


MORE = {
    "p/_Project": "-Q . P\n-Q ../lib Lib\nUse.v\nsub/Two.v\nMain.v\n",
    "p/sub/Two.v": "Lemma two : 2 = 2.\nProof. reflexivity. Qed.\n",
    "p/Main.v": "From P Require Import Two.\nLemma main : 2 = 2.\nProof. exact two. Qed.\n",
}
NEW = "Lemma new : True.\nProof. exact I. Qed.\n"


def test_files_that_nothing_requires_come_and_go_and_nothing_is_checked(
    coq: Coq, tmp_path: Path
) -> None:
    """A new one, one with another name, a project of fewer, a file of no source, a needed name."""
    project = Project(coq, tmp_path)
    write_files(tmp_path, MORE)
    assert project.check().returncode == 0

    def counts(sources: str) -> str:
        (tmp_path / "p/_Project").write_text(f"-Q . P\n-Q ../lib Lib\n{sources}\n")
        done = project.check()
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1].partition(":")[0]

    write_files(tmp_path, {"p/sub/New.v": NEW})
    assert counts("Use.v Main.v sub/Two.v sub/New.v").endswith("1 checked now, 3 known")
    (tmp_path / "p/sub/New.v").rename(tmp_path / "p/Other.v")
    assert counts("Use.v Main.v Other.v sub/Two.v").endswith("1 checked now, 3 known")
    assert counts("Main.v sub/Two.v").endswith("0 checked now, 2 known")
    project.compile("lib/Foreign.v", NEW)
    assert counts("Use.v Main.v sub/Two.v").endswith("0 checked now, 3 known")
    # `From P Require Import Two` may now mean another file
    write_files(tmp_path, {"p/Two.v": MORE["p/sub/Two.v"].replace("2 = 2", "3 = 3")})
    (tmp_path / "p/_Project").write_text("-Q . P\n-Q ../lib Lib\nUse.v Main.v Two.v sub/Two.v\n")
    done = project.check()
    assert done.returncode == 1
    assert "in the proof of main (wrong)" in done.stderr


def test_the_same_text_under_another_name_is_another_file(coq: Coq, tmp_path: Path) -> None:
    """A file can name itself."""
    text = "Definition x := I.\nLemma l : True.\nProof. exact A.x. Qed.\n"
    project = Project(coq, tmp_path)
    write_files(tmp_path, {"p/A.v": text, "p/_Project": "-Q . P\nA.v\n"})
    assert not project.is_known()
    write_files(tmp_path, {"p/B.v": text, "p/_Project": "-Q . P\nA.v B.v\n"})
    done = project.check()
    assert done.returncode == 1
    assert 'File "./B.v", line 3' in done.stderr
