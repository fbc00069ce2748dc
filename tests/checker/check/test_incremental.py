"""Only what is not known is checked, and what is known is what a full check would say."""

import re
from pathlib import Path

import pytest

from tests import helpers
from tests.helpers import BASE, LEAF, NUMBERS, Coq, write_files


class Project(helpers.Project):
    """A project of which each check tells how much it ran."""

    def checked_now(self, *words: str) -> int:
        """How many proofs a check that finds nothing wrong runs."""
        done = self.check(*words)
        assert done.returncode == 0, done.stderr
        summary = done.stdout.splitlines()[-1]
        assert summary.startswith("6 proofs in 2 files")
        found = re.search(r"(\d+) checked now", summary)
        return int(found[1]) if found else 6


@pytest.fixture
def project(coq: Coq, tmp_path: Path) -> Project:
    """A project that was checked once."""
    made = Project(coq, tmp_path)
    assert made.checked_now() == 6
    return made


def test_nothing_is_run_when_nothing_changed(project: Project) -> None:
    assert project.checked_now() == 0
    assert project.check().stdout.endswith(" with 2 workers\n")


def test_a_section_without_variables_leaves_nothing_to_do(coq: Coq, tmp_path: Path) -> None:
    project = Project(coq, tmp_path)
    section = "Section Empty.\nLemma one : 1 = 1.\nProof. reflexivity. Qed.\nEnd Empty.\n"
    (tmp_path / "Base.v").write_text(section + BASE)
    assert project.check().returncode == 0
    assert "0 checked now, 7 known" in project.check().stdout


def test_recheck_believes_no_verdict(project: Project) -> None:
    assert project.checked_now("--recheck") == 6


def test_a_changed_proof_is_the_only_one_that_is_run(project: Project) -> None:
    project.edit("Base.v", "two = 2.\nProof. reflexivity.", "two = 2.\nProof. trivial    .")
    assert project.checked_now() == 1
    assert project.checked_now() == 0


def test_a_run_that_ends_before_a_file_is_loaded_does_not_forget_it(
    coq: Coq, tmp_path: Path
) -> None:
    first = (
        "Lemma zero : 0 = 0.\nProof. reflexivity. Qed.\nLemma nil : 0 = 0.\nProof. trivial. Qed.\n"
    )
    project = Project(coq, tmp_path, leaf=f"{first}{LEAF}")
    assert project.check().returncode == 0
    for old, new in (("reflexivity", "idtac. reflexivity"), ("idtac.", "simpl.")):
        project.edit("Leaf.v", f"0 = 0.\nProof. {old}", f"0 = 0.\nProof. {new}")
        assert ", 1 checked now, " in project.check().stdout


def test_a_known_proof_may_stand_above_what_forbids_to_leave_out_proofs(
    coq: Coq, tmp_path: Path
) -> None:
    """Flags are asked after an import; what was left out before it stays left out."""
    above = "Lemma above : 0 = 0.\nProof. reflexivity. Qed.\nSet Universe Polymorphism.\n"
    below = "Unset Universe Polymorphism.\nLemma below : 2 = 2.\nProof. reflexivity. Qed.\n"
    project = Project(coq, tmp_path, leaf=f"{above}{LEAF}{below}")
    assert project.check().returncode == 0
    project.edit("Leaf.v", "2 = 2", "3 = 3")
    done = project.check()
    assert done.returncode == 0, done.stderr
    assert ", 3 checked now, 5 known" in done.stdout


def test_comments_and_blanks_change_nothing(project: Project) -> None:
    project.edit("Leaf.v", "Lemma use", "(* The use *)\n\nLemma  use")
    assert project.checked_now() == 0


def test_a_comment_in_a_base_file_leaves_its_dependents_alone(project: Project) -> None:
    """Although Rocq 9 writes into the .vos where each definition stands."""
    project.edit("Base.v", "Definition two", "(* The number *)\n\nDefinition  two")
    assert project.checked_now() == 0


def test_a_changed_definition_runs_all_that_can_see_it(project: Project) -> None:
    project.edit("Base.v", "two := 2.", "two := 1 + 1.")
    assert project.checked_now() == 6


def test_a_renamed_lemma_keeps_its_own_verdict_and_those_before(project: Project) -> None:
    project.edit("Leaf.v", "at_one", "at_1")
    assert project.checked_now() == 0
    project.edit("Leaf.v", "Lemma use ", "Lemma used ")
    assert project.checked_now() == 1


def test_reordered_lemmas_keep_the_verdicts_after_them(project: Project) -> None:
    first = "Lemma two_is : two = 2.\nProof. reflexivity. Qed.\n"
    second = "Lemma four : two + two = 4.\nProof. reflexivity. Qed.\n"
    project.edit("Base.v", first + second, second + first)
    assert project.checked_now() == 2


def test_a_project_that_moved_keeps_its_verdicts(project: Project, tmp_path: Path) -> None:
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    project.root = project.root.rename(moved)
    assert project.checked_now() == 0


def test_a_mistake_is_found_and_shown_again_without_a_run(project: Project) -> None:
    project.edit("Leaf.v", "exact four", "exact two_is")
    first = project.check()
    assert first.returncode == 1
    assert 'File "./Leaf.v", line 3, characters' in first.stderr
    again = project.check()
    assert (again.returncode, again.stderr) == (1, first.stderr.replace("-vok ", ""))
    project.edit("Leaf.v", "Lemma use", "\n\nLemma use")
    assert 'File "./Leaf.v", line 5, characters' in project.check().stderr


@pytest.mark.ends
@pytest.mark.parametrize("engine", ["snapshot", "vio", "vok"])
def test_the_number_of_proofs_is_the_same_whatever_is_wrong(
    coq: Coq, tmp_path: Path, engine: str
) -> None:
    if engine == "vio" and not coq.toolchain.has_vio:
        return
    project = Project(coq, tmp_path)
    more = "Definition six : nat.\nProof. exact 6. Defined.\nLemma given : True.\nAdmitted.\n"
    project.edit("Base.v", "Definition two", more + "Definition two")
    wrong = (
        ("Leaf.v", "exact four", "exact two_is"),
        ("Base.v", "two + two = 4.\nProof. ", "two + two = 4.\nProof. exact I."),
        ("Base.v", "Lemma two_is : two", "Lemma two_is : missing"),
    )
    for step in range(len(wrong) + 1):
        done = project.check(engine=engine)
        assert done.stdout.splitlines()[-1].startswith("8 proofs in 2 files"), (step, done)
        assert done.returncode == (1 if step else 0), done.stderr
        if step < len(wrong):
            project.edit(*wrong[step])


def test_a_mistake_is_not_forgotten_when_another_proof_of_the_file_changes(
    project: Project,
) -> None:
    project.edit("Base.v", "two + two = 4.\nProof. reflexivity", "two + two = 4.\nProof. exact I")
    assert project.check().returncode == 1
    project.edit("Base.v", "two = 2.\nProof. reflexivity", "two = 2.\nProof. auto")
    for _ in range(3):
        done = project.check()
        assert done.returncode == 1
        assert "in the proof of four (wrong)" in done.stderr
        assert "wrong Base.v" in done.stdout
        assert not (project.root / "Base.vok").exists()


def test_a_proof_that_uses_another_section_variable_is_noticed(project: Project) -> None:
    """`itself` then has one hypothesis more outside the section; who uses it, is run again."""
    project.edit(
        "Leaf.v", "Lemma use", "Lemma same : 3 = 3.\nProof. exact (itself 3). Qed.\nLemma use"
    )
    assert project.check().returncode == 0
    project.edit(
        "Base.v", "n = n.\n  Proof. reflexivity", "n = n.\n  Proof. pose positive; reflexivity"
    )
    done = project.check()
    assert done.returncode == 1
    assert "in the proof of same (wrong)" in done.stderr


def test_a_mistake_that_followed_from_section_variables_goes_with_them(project: Project) -> None:
    """`again` was wrong while `itself` used more; whether it still does is not known yet."""
    again = "  Lemma again : n = n.\n  Proof using n. exact itself. Qed.\nEnd"
    project.edit("Base.v", "End", again)
    project.edit("Base.v", "n = n.\n  Proof. reflexivity", "n = n.\n  Proof. pose positive; auto")
    project.edit("Base.v", "Definition two", "Definition more := 0.\nDefinition two")
    assert "in the proof of again (wrong)" in project.check().stderr
    project.edit("Base.v", "pose positive; auto", "trivial")
    done = project.check()
    assert done.returncode == 0, done.stderr


OLD = """\
#[deprecated(note="no more", since="1")] Notation old := I.
Section S.
Variable n : nat.
Lemma first : n = n /\\ True.
Proof. split. reflexivity. exact old. Qed. Lemma second : True. Proof. exact old. Qed.
End S.
"""
LAST = "Lemma last : 1 = 1.\nProof. reflexivity. Qed.\n"


def test_what_coqc_warns_of_in_a_proof_is_shown_once_where_it_is_run(
    coq: Coq, tmp_path: Path
) -> None:
    """That a proof is run shows by that: nothing known is, when a lemma after it is deleted."""
    project = Project(coq, tmp_path)
    write_files(tmp_path, {"Base.v": OLD + LAST, "_Project": "-Q . Top\nBase.v\n"})
    done = project.check()
    assert done.returncode == 0, done.stderr
    for place in ("33-36", "77-80"):
        assert done.stderr.count(f'File "./Base.v", line 5, characters {place}:\nWarning:') == 1
    assert done.stderr.count("Notation old is deprecated since 1. no more") == 2
    assert project.check().stderr == ""
    project.edit("Base.v", LAST, "")
    done = project.check()
    assert "0 checked now, 2 known" in done.stdout
    assert "Notation old is deprecated" not in done.stderr


def test_files_that_are_looked_up_twice_depend_on_what_each_of_them_loads(
    coq: Coq, tmp_path: Path
) -> None:
    """In both, a proof uses another section variable than before, while one after it was known."""
    project = Project(coq, tmp_path)
    last = "Lemma last : 1 = 1.\nProof. reflexivity. Qed.\n"
    files = {"Dep.v": "Definition one := 1.\n", "A.v": "Require Import Top.Dep.\n", "B.v": ""}
    files |= {name: files[name] + NUMBERS + last for name in ("A.v", "B.v")}
    write_files(tmp_path, files | {"_Project": "-Q . Top\nDep.v A.v B.v\n"})
    assert project.check().returncode == 0
    for file in ("A.v", "B.v"):
        project.edit(file, "n = n.\n  Proof. reflexivity", "n = n.\n  Proof. pose positive; auto")
    assert project.check().returncode == 0
    project.edit("Dep.v", "1", "S 0")
    assert project.check("B.v").stdout.splitlines()[-1].startswith("3 proofs in 1 file, 0 checked")


def test_other_arguments_are_another_story(project: Project) -> None:
    assert project.checked_now("--arg=-w", "--arg=all") == 6
    assert project.checked_now() == 0
