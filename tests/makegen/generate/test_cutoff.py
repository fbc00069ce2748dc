"""What make and doit run again after a change, with each Coq; seen by the commands they print."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers import Coq, generate, write_coqc, write_files

pytestmark = pytest.mark.ends

BASE = """\
Lemma zero : 0 = 0.
Proof. reflexivity. Qed.
Ltac close := match goal with |- ?a = ?b => reflexivity | _ => fail 1 "no" end.
Definition two := 2.
Section S.
  Variable n : nat.
  Lemma same : n = n. Proof using n. reflexivity. Qed.
End S.
"""
MIDDLE = "From Top Require Import Base.\nLemma middle : two = 2.\nProof. close. Qed.\n"
LEAF = "From Top Require Import Middle.\nLemma leaf : 2 = 2.\nProof. exact middle. Qed.\n"
PROJECT = {
    "_CoqProject": "-Q . Top\nBase.v sub/Middle.v Leaf.v\n",
    "Base.v": BASE,
    "sub/Middle.v": MIDDLE,
    "Leaf.v": LEAF,
}
ALL = ["Base", "sub/Middle", "Leaf"]
BODY = BASE.replace("reflexivity. Qed", "\n  simpl.\n  reflexivity. Qed", 1)
COMMENT = "(* Numbers,\n   two of them *)\n" + BASE.replace("two :=", "two (* a number *) :=")
STATEMENT = BASE.replace("0 = 0", "1 = 1")
DEFINITION = BASE.replace("two := 2", "two := 1 + 1")


@dataclass(frozen=True)
class Project:
    """The files above, and the Makefile or dodo.py of a user."""

    coq: Coq
    root: Path

    def __post_init__(self) -> None:
        write_files(self.root, PROJECT)
        for name in ("Makefile", "dodo.py"):
            generate(self.coq, self.root, name, "_CoqProject")

    @property
    def kind(self) -> str:
        """What `quick` makes: vio or vos."""
        return "vio" if self.coq.toolchain.has_vio else "vos"

    def edit(self, text: str, name: str = "Base") -> None:
        """Gives the source this text, at a time that is later than all other times."""
        path = self.root / f"{name}.v"
        time.sleep(0.02)
        path.write_text(text)

    def run(self, *words: str, fails: bool = False) -> str:
        """What a command prints."""
        done = self.coq.run(*words, cwd=self.root)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout

    def make(self, goal: str, *words: str, fails: bool = False) -> list[str]:
        """For which files coqc ran, in the mode of the goal; others with their mode."""
        return self.made(self.run("make", goal, *words, fails=fails), goal)

    def made(self, said: str, goal: str) -> list[str]:
        """For which files coqc ran, by what was said."""
        mode = f"-{self.kind if goal == 'quick' else goal} "
        lines = said.splitlines()
        runs = [line.removeprefix("COQC ") for line in lines if line.startswith("COQC ")]
        return [run.removeprefix(mode).removesuffix(".v") for run in runs]

    def coqc(self, script: str) -> dict[str, str]:
        """The environment with a coqc that runs this script first."""
        tools = self.root / "tools"
        write_coqc(self.coq, tools, script)
        return {"PATH": f"{tools}:{self.coq.environ['PATH']}"}


@pytest.fixture
def project(coq: Coq, tmp_path: Path) -> Project:
    return Project(coq, tmp_path)


@pytest.mark.parametrize("goal", ["quick", "vos"])
def test_make_goes_on_only_where_a_file_tells_something_new(goal: str, project: Project) -> None:
    if goal == project.kind:
        pytest.skip("with this Coq make quick makes the .vos")
    assert project.make(goal) == ALL
    assert project.make(goal) == []
    edits = {
        ("touched", BASE): ["Base"],
        ("comment", COMMENT): ["Base"],
        ("proof", BODY): ["Base"],
        ("statement", STATEMENT): ALL,
        ("definition", DEFINITION): ALL,
        ("and back", BASE): ALL,
    }
    for (edit, text), again in edits.items():
        project.edit(text)
        assert project.make(goal) == again, edit
        assert project.make(goal) == [], edit


def test_make_says_beforehand_whether_there_is_something_to_do(project: Project) -> None:
    project.make("quick")
    for text in (BODY, STATEMENT):
        project.edit(text)
        project.run("make", "-q", "quick", fails=True)
        assert "\nCOQC" in project.run("make", "-n", "quick")
        project.make("quick")
        project.run("make", "-q", "quick")
        assert "COQC" not in project.run("make", "-n", "quick")


def test_a_changed_proof_leaves_the_vok_of_other_files_alone(project: Project) -> None:
    assert sorted(project.make("vok")) == ["-vos Base", "-vos sub/Middle", *sorted(ALL)]
    project.edit(BODY)
    assert sorted(project.make("vok")) == ["-vos Base", "Base"]
    assert project.make("vok") == []
    project.edit(STATEMENT)
    assert len(project.make("vok")) == 5


@pytest.mark.parametrize("goal", ["quick", "vos"])
def test_a_product_that_is_deleted_is_made_again(goal: str, project: Project) -> None:
    project.make(goal)
    kind = project.kind if goal == "quick" else "vos"
    product = project.root / f"Base.{kind}"
    product.unlink()
    assert project.make(goal) == ["Base", "sub/Middle"]  # Middle is newer now, but tells the same
    assert product.stat().st_size
    assert project.make(goal) == []


@pytest.mark.parametrize("goal", ["quick", "vos"])
def test_a_mistake_that_is_mended_costs_no_more_than_the_file(goal: str, project: Project) -> None:
    project.make(goal)
    project.edit(BASE.replace("0 = 0", "0 = "))
    assert project.make(goal, fails=True) == ["Base"]
    assert project.make(goal, fails=True) == ["Base"]
    project.edit(BODY)
    assert project.make(goal) == ["Base"]
    assert project.make(goal) == []


@pytest.mark.parametrize("goal", ["quick", "vos"])
def test_what_was_cut_off_is_made_again(goal: str, project: Project) -> None:
    project.make(goal)
    kind = project.kind if goal == "quick" else "vos"
    project.edit(BODY)
    before = (project.root / f"Base.{kind}").read_bytes()
    slow = project.coqc('case "$*" in *Base.v) touch begun; exec sleep 60;; esac')
    make = project.coq.start("make", goal, cwd=project.root, environ=slow)
    while not (project.root / "begun").exists():
        time.sleep(0.01)
    os.killpg(make.pid, signal.SIGINT)
    assert make.wait(timeout=60)
    assert (project.root / f"Base.{kind}").read_bytes() == before
    assert not [*project.root.glob(".proof-makefile/proof-private-*")]
    assert project.make(goal) == ["Base"]
    assert project.make(goal) == []


def test_every_file_is_made_again_where_that_is_asked_for(project: Project) -> None:
    project.make("vos")
    assert project.make("vos", "-B") == ALL


def test_a_source_that_is_edited_while_coqc_runs_is_compiled_again(project: Project) -> None:
    late = "sleep 0.1; printf '\\nDefinition late := 0.\\n' >> Base.v; touch late"
    edits = project.coqc(f'case "$*" in *Base.v) [ -e late ] || {{ {late}; }};; esac')
    assert project.coq.run("make", "vos", cwd=project.root, environ=edits).returncode == 0
    assert project.make("vos") == ["Base"]  # whoever read the end of it, or not
    assert project.make("vos") == []


@pytest.mark.parametrize("change", [BODY, COMMENT, STATEMENT])
def test_a_check_leaves_what_make_has_compiled_alone(change: str, project: Project) -> None:
    assert project.make("vos") == ALL
    compiled = sorted(project.root.rglob("*.vos"))

    def times() -> list[int]:
        return [path.stat().st_mtime_ns for path in compiled]

    before = times()
    project.edit(change)
    project.run("proof-checker", "check", "-f", "_CoqProject", "-j", "2")
    assert times() == before


def test_an_old_vos_is_not_loaded_instead_of_a_new_vio(project: Project) -> None:
    """As coqc -vok does: it takes a .vos first, however old it is."""
    project.make("vos")
    project.run("make", "checkproofs", "J=2")
    project.edit(BASE.replace("two := 2", "two := 3"))
    assert "wrong sub/Middle.v" in project.run("make", "checkproofs", "J=2", fails=True)
    project.edit(BASE)
    project.run("make", "checkproofs", "J=2")


def test_verdicts_hold_for_vos_and_vio_alike(project: Project) -> None:
    project.run("make", "checkproofs", "J=2")
    project.make("vos")
    said = project.run("make", "checkproofs", "J=2")
    assert "0 checked now, 4 known" in said


def test_a_changed_proof_checks_that_proof_alone(project: Project) -> None:
    assert "4 proofs" in project.run("make", "checkproofs", "J=2")
    project.edit(BODY)
    said = project.run("make", "checkproofs", "J=2")
    assert "1 checked now, 3 known" in said
    assert "0 checked now, 4 known" in project.run("make", "checkproofs", "J=2")


def test_doit_and_make_go_by_the_same_knowledge(project: Project) -> None:
    assert project.made(project.run("doit", "vos"), "vos") == ALL
    assert project.make("vos") == []
    project.edit(BODY)
    assert project.make("vos") == ["Base"]
    assert project.made(project.run("doit", "vos"), "vos") == []
    project.edit(STATEMENT)
    assert project.made(project.run("doit", "vos"), "vos") == ALL


def test_doit_checks_a_changed_proof_alone(project: Project) -> None:
    assert "4 proofs" in project.run("doit", "checkproofs", "J=2")
    project.edit(BODY)
    said = project.run("doit", "checkproofs", "J=2")
    ran = [line for line in said.splitlines() if line.startswith(".  ")]
    assert ran == [".  checkproofs"]
    assert "1 checked now, 3 known" in said


def test_vio2vo_completes_the_new_proofs_of_a_file_that_kept_its_time(project: Project) -> None:
    project.make("quick")
    project.edit(BODY)
    project.make("quick")
    project.run("make", "vio2vo", "J=2")
    assert project.make("all") == []
    project.edit(BASE.replace("reflexivity. Qed", "exact I. Qed", 1))
    assert project.run("make", "vio2vo", "J=2", fails=True)
    assert not (project.root / "Base.vo").exists()
