"""`check --explain` says why each file is run, and its proofs."""

import re
from pathlib import Path

import pytest

from tests import helpers
from tests.helpers import Coq, generate

pytestmark = pytest.mark.ends


class Project(helpers.Project):
    """A project that is checked again and again, each time with the reasons."""

    def why(self, *words: str, status: int = 0) -> list[str]:
        """The lines of the reasons."""
        done = self.check("--explain", *words)
        assert done.returncode == status, done.stderr
        *lines, summary = done.stdout.splitlines()
        lines = [
            line for line in lines if not re.match(r"wrong \S+:", line)
        ]  # once more, at the end
        assert re.match(r"[67] proofs in 2 files", summary)
        told = [line for line in lines if re.fullmatch(r"(?:checked|wrong) \S+", line)]
        assert sorted(line.split()[1] for line in told) == ["Base.v", "Leaf.v"], "once each"
        return [line for line in lines if line not in told]


@pytest.fixture
def project(coq: Coq, tmp_path: Path) -> Project:
    return Project(coq, tmp_path)


def test_what_is_new_what_is_known_and_what_is_to_be_done_again(project: Project) -> None:
    new = [
        "Base.v is run (4 of 4 proofs): nothing is kept from a check of it",
        "Leaf.v is run (2 of 2 proofs): nothing is kept from a check of it",
    ]
    assert project.why() == new
    assert project.why() == []
    reason = "--recheck: no verdict is believed"
    assert [line.partition("): ")[2] for line in project.why("--recheck")] == [reason] * 2
    words = ("--arg=-w", "--arg=all")
    reason = "Coq, its arguments, the load path or a variable changed"
    assert [line.partition("): ")[2] for line in project.why(*words)] == [reason] * 2


def test_an_edit_and_the_reason_that_it_gives(project: Project) -> None:
    project.why()
    project.edit("Base.v", "4.\nProof. reflexivity", "4.\nProof. auto")
    assert project.why() == [
        "Base.v is run (1 of 4 proofs): proofs of it changed",
        "  changed: four",
    ]
    project.edit("Base.v", "two := 2.", "two := 1 + 1.")
    project.edit("Leaf.v", "apply (not_zero 1). discriminate", "now apply (not_zero 1)")
    assert project.why() == [
        "Base.v is run (4 of 4 proofs): its text changed",
        "  what stands before it changed: two_is, four, not_zero, itself",
        "Leaf.v is run (2 of 2 proofs): what it loads changed: Base.vo",
        "  changed: at_one",
    ]
    new = "Lemma more : True.\nProof. exact I. Qed.\nLemma at_one"
    project.edit("Leaf.v", "Lemma at_one", new)
    assert project.why() == [
        "Leaf.v is run (2 of 3 proofs): its text changed",
        "  new: more",
        "  what stands before it changed: at_one",
    ]


def test_new_proofs_whose_section_variables_nobody_knows(project: Project) -> None:
    project.why()
    new = "Lemma new : n <> 0.\n  Proof. exact positive. Qed.\n  Lemma itself"
    project.edit("Base.v", "Lemma itself", new)
    assert project.why()[:3] == [
        "Base.v is run (2 of 5 proofs): its text changed",
        "  new: new",
        "  the section variables that new uses are not known: itself",
    ]


def test_proofs_that_were_wrong_are_told_apart(project: Project) -> None:
    """Of `use` the complaint is known; those in a section that do not say what they use are run."""
    project.edit("Leaf.v", "exact four", "exact two_is")
    project.edit("Base.v", "exact positive", "exact two_is")
    project.why(status=1)
    assert project.why(status=1) == [
        "Base.v is run (2 of 4 proofs): not all of it is known to be good",
        "  no verdict on it was kept: not_zero",
        "  the section variables that not_zero uses are not known: itself",
        "Leaf.v is run (0 of 2 proofs): not all of it is known to be good",
    ]


def test_a_stand_in_that_is_gone_is_made_again_and_no_file_is_told_twice(project: Project) -> None:
    project.why()
    stand_in = project.root / ".proof-makefile/stand-ins/Base.vo"
    stand_in.unlink()
    assert project.why()[0] == (
        "Base.v is run (0 of 4 proofs): "
        "files asked for load it, and its stand-in is missing, or of another text"
    )
    stand_in.unlink()
    project.edit("Base.v", "Definition two", "(* The number. *) Definition two")
    assert project.why()[0] == (
        "Base.v is run (0 of 4 proofs): only its stand-in is missing, or of another text"
    )


def test_an_engine_that_keeps_no_verdicts_says_so(project: Project) -> None:
    done = project.check("--explain", engine="vok")
    assert "the engine vok keeps no verdicts: every file is run" in done.stderr


def test_make_hands_the_option_on(coq: Coq, project: Project) -> None:
    generate(coq, project.root)
    done = coq.run("make", "checkproofs", "J=2", "CHECKPROOFSFLAGS=--explain", cwd=project.root)
    assert done.returncode == 0, done.stderr
    assert "Base.v is run (4 of 4 proofs): nothing is kept from a check of it" in done.stdout
