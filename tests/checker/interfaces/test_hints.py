"""`make quick` without `Proof using`: records stand in until a check has confirmed them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from checker.document.reader import read_document
from checker.interfaces.hinted_text import has_room, with_clauses
from checker.interfaces.hints import hints_of
from makegen.coq.interface import digest
from tests import helpers
from tests.helpers import NUMBERS, Coq, generate, write_coqc, write_files

pytestmark = pytest.mark.ends

BASE = NUMBERS
BARE = """\
Section Numbers.
  Variable n : nat.
  Hypothesis positive : n <> 0.
  Lemma not_zero : n <> 0.
  exact positive. Qed.
  Lemma itself : n = n.
  reflexivity. Qed.
End Numbers.
"""
LEAF = """\
Require Import Top.Base.
Lemma at_one : 1 <> 0.
Proof. apply (not_zero 1). discriminate. Qed.
Lemma same : 3 = 3.
Proof. exact (itself 3). Qed.
"""
RIGHT, WRONG = "exact positive", "exact (positive n)"
FEWER, MORE = "reflexivity", "pose positive; reflexivity"


class Project(helpers.Project):
    """A project of two files, worked on with make."""

    def __init__(self, coq: Coq, root: Path, base: str = BASE, leaf: str = LEAF) -> None:
        super().__init__(coq, root, base, leaf)
        generate(coq, root)

    def make(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        words = ("HINTSFLAGS=--least=0", *words)
        return self.coq.run("make", *words, cwd=self.root, environ=environ)

    def make_while(self, script: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs make with a coqc that runs the script first when it is asked for Base.v."""
        write_coqc(self.coq, self.root / "tools", f'case "$*" in *Base.v) {script};; esac')
        return self.make(*words, PATH=f"{self.root / 'tools'}:{self.coq.environ['PATH']}")

    def skips_proofs(self) -> bool:
        """Whether `make quick` leaves a wrong proof alone that a check then finds."""
        self.edit("Base.v", RIGHT, WRONG)
        skipped = self.make("quick").returncode == 0
        check = self.make("checkproofs", "J=2")
        assert check.returncode == 2
        assert "in the proof of not_zero (wrong)" in check.stderr
        self.edit("Base.v", WRONG, RIGHT)
        return skipped

    def agrees_with_coqc(self) -> bool:
        """Whether a check says what coqc says, now and when it is asked again; what that is."""
        fresh = self.root.with_name(f"{self.root.name}-fresh")
        texts = {name: (self.root / name).read_text() for name in ("Base.v", "Leaf.v")}
        coqc = Project(self.coq, fresh, texts["Base.v"], texts["Leaf.v"]).make("all")
        shutil.rmtree(fresh)
        for _ in range(2):
            check = self.make("checkproofs", "J=2")
            assert check.returncode == coqc.returncode, check.stdout + check.stderr + coqc.stderr
        return coqc.returncode == 0


@pytest.fixture
def project(coq: Coq, tmp_path: Path) -> Project:
    """A project that was checked once."""
    made = Project(coq, tmp_path / "project")
    done = made.make("checkproofs", "J=2")
    assert done.returncode == 0, done.stderr
    return made


def test_without_a_record_a_proof_in_a_section_is_run(coq: Coq, tmp_path: Path) -> None:
    assert not Project(coq, tmp_path / "project").skips_proofs()


def test_a_record_that_saves_little_is_no_reason_to_make_another_interface(
    project: Project,
) -> None:
    assert project.coq.run("make", "quick", cwd=project.root).returncode == 0
    project.edit("Base.v", "exact positive", "idtac. exact positive")
    done = project.coq.run("make", "quick", cwd=project.root)
    assert done.returncode == 0
    assert "Base.v" in done.stdout
    assert "Leaf.v" not in done.stdout


def test_with_a_record_it_is_left_to_the_check(project: Project) -> None:
    assert project.skips_proofs()
    assert project.agrees_with_coqc()


@pytest.mark.ends
def test_make_with_a_record_says_nothing_of_its_workers(project: Project) -> None:
    """The record is asked for where make does not hand its jobserver down."""
    project.edit("Base.v", RIGHT, f"idtac. {RIGHT}")
    for goal in ("checkproofs", "vos"):
        done = project.make(goal, "J=2")
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.ends
def test_a_source_that_joins_the_project_after_a_check_is_made(project: Project) -> None:
    """The records are looked after in the same run of make that writes the project's list anew."""
    new = "Require Import Top.Leaf.\nLemma new : 1 <> 0.\nProof. exact at_one. Qed.\n"
    names = "-Q . Top\nNew.v\nBase.v\nLeaf.v\n"
    write_files(project.root, {"New.v": new, "_Project": names})
    done = project.make("checkproofs", "J=2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 checked now, 4 known" in done.stdout
    assert "New.v" in project.make("quick").stdout


def test_changes_elsewhere_and_a_move_leave_the_record_good(project: Project) -> None:
    project.edit("Base.v", "Section", "(* é *) Definition two := 2.\n\nSection")
    assert project.skips_proofs()
    assert project.agrees_with_coqc()
    project.root = project.root.rename(project.root.with_name("moved"))
    assert project.skips_proofs()
    assert project.agrees_with_coqc()


def test_compiled_files_that_are_gone_are_made_with_the_record(project: Project) -> None:
    project.edit("Base.v", RIGHT, WRONG)
    assert project.make("clean").returncode == 0
    assert project.make("quick").returncode == 0
    project.edit("Base.v", WRONG, RIGHT)
    assert project.agrees_with_coqc()


def test_what_a_record_gives_is_what_a_clause_gives(project: Project, tmp_path: Path) -> None:
    spaces = " " * len(" using positive")
    wide = BASE.replace("Proof. exact", f"Proof.{spaces} exact").replace(
        "Proof. reflexivity", "Proof.       reflexivity"
    )
    project.edit("Base.v", BASE, wide)
    assert project.make("quick").returncode == 0
    clauses = wide.replace(f"Proof.{spaces} exact", "Proof using positive. exact")
    clauses = clauses.replace("Proof.       reflexivity", "Proof using. reflexivity")
    annotated = Project(project.coq, tmp_path / "annotated", clauses)
    assert annotated.make("quick").returncode == 0
    name = "Base.vio" if project.coq.toolchain.has_vio else "Base.vos"
    ours, coqs = (digest(root / name) for root in (project.root, annotated.root))
    assert ours == coqs


@pytest.fixture
def bare(coq: Coq, tmp_path: Path) -> Project:
    """A project without any sentence `Proof`, that was checked once."""
    made = Project(coq, tmp_path / "project", BARE)
    assert made.make("checkproofs", "J=2").returncode == 0
    return made


def test_a_proof_without_the_sentence_proof_is_left_to_the_check(bare: Project) -> None:
    assert bare.skips_proofs()
    assert bare.agrees_with_coqc()
    assert not list(bare.root.glob(".*.hinted"))


def test_what_a_record_gives_without_the_sentence_is_what_a_clause_gives(
    bare: Project, tmp_path: Path
) -> None:
    bare.edit("Base.v", "Section", "Section ")
    assert bare.make("quick").returncode == 0
    clauses = BARE.replace("<> 0.\n  exact", "<> 0. Proof using positive.\n  exact")
    clauses = clauses.replace("n = n.\n  reflexivity", "n = n. Proof using.\n  reflexivity")
    annotated = Project(bare.coq, tmp_path / "annotated", clauses)
    assert annotated.make("quick").returncode == 0
    name = "Base.vio" if bare.coq.toolchain.has_vio else "Base.vos"
    ours, coqs = (digest(root / name) for root in (bare.root, annotated.root))
    assert ours == coqs


def test_places_are_those_of_the_source(bare: Project) -> None:
    bare.edit("Base.v", RIGHT, WRONG)
    assert bare.make("quick").returncode == 0
    found = bare.make("checkproofs", "J=2").stderr
    assert 'File "./Base.v", line 5, characters ' in found
    coqc = bare.coq.run(*bare.coq.toolchain.coqc, "-q", "-Q", ".", "Top", "Base.v", cwd=bare.root)
    assert coqc.stderr.splitlines()[0] in found


def test_a_stale_record_of_such_a_proof_is_noticed(bare: Project) -> None:
    bare.edit("Base.v", FEWER, MORE)
    assert bare.make("quick").returncode == 0
    assert not bare.agrees_with_coqc()
    bare.edit("Leaf.v", "(itself 3)", "(itself 3 (fun e => O_S 2 (eq_sym e)))")
    assert bare.agrees_with_coqc()


EDIT = f"[ -e edited ] || {{ sed -i 's/{FEWER}/{MORE}/' Base.v; touch edited; }}"


def test_a_text_for_another_source_is_not_read(bare: Project) -> None:
    bare.edit("Base.v", "Section", "(* *) Section")
    quick = bare.make_while(EDIT, "quick")
    assert (quick.returncode, quick.stderr) == (0, "")
    assert quick.stdout.count("Base.v") == 2
    assert not bare.agrees_with_coqc()


def test_a_text_that_nobody_took_is_no_interface(bare: Project) -> None:
    """As where the library cannot be loaded into coqc."""
    bare.edit("Base.v", RIGHT, WRONG)
    quick = bare.make_while("unset LD_PRELOAD", "quick")
    assert quick.returncode == 2
    assert quick.stderr.count('File "./Base.v", line 5, characters ') == 1
    bare.edit("Base.v", WRONG, RIGHT)
    assert bare.agrees_with_coqc()


def test_a_proof_that_uses_one_more_variable_is_noticed(project: Project) -> None:
    project.edit("Base.v", FEWER, MORE)
    assert project.make("quick").returncode == 0
    assert not project.agrees_with_coqc()  # Leaf.same lacks an argument
    project.edit("Leaf.v", "(itself 3)", "(itself 3 (fun e => O_S 2 (eq_sym e)))")
    assert project.agrees_with_coqc()


def test_a_proof_that_uses_one_variable_less_is_noticed(coq: Coq, tmp_path: Path) -> None:
    more = BASE.replace(FEWER, MORE)
    right = LEAF.replace("(itself 3)", "(itself 3 (fun e => O_S 2 (eq_sym e)))")
    project = Project(coq, tmp_path / "project", more, right)
    assert project.make("checkproofs", "J=2").returncode == 0
    project.edit("Base.v", MORE, FEWER)
    assert not project.agrees_with_coqc()
    project.edit("Leaf.v", "(itself 3 (fun e => O_S 2 (eq_sym e)))", "(itself 3)")
    assert project.agrees_with_coqc()


def test_a_statement_that_a_stale_record_breaks_is_made_without_it(project: Project) -> None:
    project.edit("Base.v", FEWER, MORE)
    argument = "Definition use := itself 3 (fun e => O_S 2 (eq_sym e)).\nLemma same"
    project.edit("Leaf.v", "(itself 3)", "use")
    project.edit("Leaf.v", "Lemma same", argument)
    quick = project.make("quick")
    assert quick.returncode == 0, quick.stderr
    assert quick.stderr == ""
    assert project.agrees_with_coqc()


def test_other_goals_are_not_made_with_what_nobody_confirmed(project: Project) -> None:
    project.edit("Base.v", FEWER, MORE)
    assert project.make("quick").returncode == 0
    assert project.make("vok").returncode == 2
    project.edit("Base.v", "Section", "(* touched *) Section")
    assert project.make("quick").returncode == 0
    assert project.make("vio2vo", "J=2").returncode == 2


def test_doit_makes_its_own(project: Project) -> None:
    project.edit("Base.v", FEWER, MORE)
    assert project.make("quick").returncode == 0
    generate(project.coq, project.root, "dodo.py")
    assert project.coq.run("doit", "vok", cwd=project.root).returncode == 1


def test_hints_for_another_text_are_not_believed(project: Project) -> None:
    """As when a source is saved between the moments that make and coqc read it."""
    project.edit("Base.v", "Section", "(* *) Section")
    assert project.make_while(EDIT, "quick").returncode == 0
    assert not project.agrees_with_coqc()


def test_a_ledger_that_is_lost_leaves_no_false_verdict(project: Project) -> None:
    project.edit("Base.v", FEWER, MORE)
    assert project.make("quick").returncode == 0
    for file in project.root.glob(".proof-makefile/proofs.db*"):
        file.unlink()
    assert project.make("vok").returncode == 2
    assert not project.agrees_with_coqc()


def test_deleted_proofs_and_variables_and_new_clauses_do_no_harm(project: Project) -> None:
    project.edit("Base.v", "  Lemma itself : n = n.\n  Proof. reflexivity. Qed.\n", "")
    assert not project.agrees_with_coqc()
    project.edit("Leaf.v", "exact (itself 3)", "reflexivity")
    assert project.agrees_with_coqc()
    project.edit("Base.v", "Hypothesis positive", "Hypothesis p")
    project.edit("Base.v", RIGHT, "exact p")
    assert project.agrees_with_coqc()
    project.edit("Base.v", "Proof. exact p", "Proof using p. exact p")
    assert project.agrees_with_coqc()


def test_another_engine_believes_no_record(project: Project) -> None:
    project.edit("Base.v", FEWER, MORE)
    assert project.make("quick").returncode == 0
    assert project.check(engine="vok").returncode == 1


def test_what_coqc_recorded_of_times_stays(project: Project) -> None:
    flags = ("-q", "-Q", ".", "Top")
    project.coq.run(*project.coq.toolchain.coqc, *flags, "Base.v", cwd=project.root)
    before = (project.root / ".Base.aux").read_bytes()
    project.edit("Base.v", RIGHT, WRONG)
    assert project.make("quick").returncode == 0
    assert (project.root / ".Base.aux").read_bytes() == before


def hinted(text: str, **words: str) -> dict[str, str]:
    """The hints for a text, by name of the proof."""
    document = read_document(text.encode())
    return {proof.name: names for proof, names in hints_of(document, words).items()}


def test_hints_are_names_of_section_variables_in_scope() -> None:
    using = "Proof using {} . Admitted."
    assert hinted(BASE, not_zero=using.format("positive n")) == {"not_zero": "n positive"}
    assert hinted(BASE, itself="Proof using . Admitted.") == {"itself": ""}
    assert hinted(BASE, itself=using.format("other")) == {}
    assert hinted(BASE, itself="Proof. Admitted.") == {}
    assert hinted(BASE, elsewhere=using.format("n")) == {}
    assert hinted("Collection n := n.\n" + BASE, itself=using.format("n")) == {}
    assert hinted(BASE.replace("Qed", "Defined"), itself=using.format("n")) == {}
    together = BASE.replace("itself : n = n", "itself : n = n with b : n = n")
    assert hinted(together, itself=using.format("n")) == {}
    assert hinted(BASE.replace("Proof. r", "r"), itself=using.format("n")) == {"itself": "n"}


def test_clauses_are_written_where_nothing_else_moves_on_the_line() -> None:
    text = (
        b"Section S. Variable n : nat.\nLemma a : 0 = 0.\nauto. Qed.\nLemma b : 1 = 1. auto. Qed.\n"
        b"Lemma c : n = n.\nProof.\nauto. Qed.\nLemma d : n = n. Proof. auto. Qed.\n"
        b"Lemma e : n = n.\nProof with auto.\nauto. Qed.\nEnd S.\n"
    )
    document = read_document(text)
    clauses = {p: "n" if p.name == "c" else "" for p in document.proofs if has_room(document, p)}
    assert [proof.name for proof in clauses] == ["a", "c"]
    assert with_clauses(document, clauses) == text.replace(
        b"0 = 0.\n", b"0 = 0. Proof using.\n"
    ).replace(b"Proof.\na", b"Proof using n.\na")
