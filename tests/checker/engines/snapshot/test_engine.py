"""The snapshot engine on real files: verdicts and places are coqc's, and nothing is left behind."""

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from checker.check import pipeline
from checker.check.engines import EAGER, SNAPSHOT
from checker.engines.engine import Engine
from checker.engines.snapshot.engine import why_not
from checker.knowledge.records import PROOFS
from checker.knowledge.store import Ledger
from checker.report.events import Event, FileDone, ProofDone, WorkerBusy, WorkerIdle
from checker.report.results import FileResult, ProofResult, Verdict
from checker.report.work import Work, Worked
from checker.run.run import Care, Run
from checker.workers.manager.limit import Limit
from makegen.coq.auxfile import read_aux
from makegen.project.project import read_project
from tests.helpers import (
    Coq,
    check,
    check_words,
    library_project,
    workers_of,
    write_files,
    write_project,
)

ALL = Care(blocks=("curly", "par", "indent", "bullet"))


def project(root: Path, **sources: str) -> Path:
    return write_project(root, {f"{name}.v": text for name, text in sources.items()})


class Found:
    """The verdicts of a run in which each proof that can be has a process of its own."""

    def __init__(
        self,
        coq: Coq,
        root: Path,
        workers: int = 3,
        care: Care = ALL,
        engine: Engine = EAGER,
    ) -> None:
        self.busy = self.most_busy = self.begun = self.forks = 0
        self.proofs: list[ProofResult] = []
        self.files: list[FileResult] = []
        sources = read_project(root / "_Project")
        run = Run(
            project=sources,
            toolchain=coq.toolchain,
            files=sources.v_files,
            workers=workers,
            environ=coq.environ,
            ledger=Ledger(root),
            tokens=Limit(workers),
            tell=self._tell,
            care=care,
        )
        asyncio.run(pipeline.check(run, engine, recheck=True))

    def _tell(self, event: Event) -> None:
        if isinstance(event, ProofDone):
            self.proofs.append(event.result)
        elif isinstance(event, FileDone):
            self.files.append(event.result)
        elif isinstance(event, WorkerBusy):
            self.begun += 1
            self.busy += 1
            self.most_busy = max(self.busy, self.most_busy)
        elif isinstance(event, WorkerIdle):
            self.busy -= 1
        elif isinstance(event, Worked):
            self.forks += event.work is Work.FORK

    def of(self, verdict: Verdict) -> set[str]:
        """The proofs with this verdict."""
        return {result.proof for result in self.proofs if result.verdict is verdict}

    def errors(self) -> list[tuple[int, int]]:
        """Where errors are: line and column, in order."""
        results: list[ProofResult | FileResult] = [*self.proofs, *self.files]
        places = [m.position for result in results for m in result.messages]
        return sorted((place.line, place.start) for place in places if place)


def coqc_error(coq: Coq, root: Path, name: str) -> tuple[int, int] | None:
    """Where coqc finds its error."""
    flags = read_project(root / "_Project").coq_flags
    done = coq.run(*coq.toolchain.coqc, "-q", *flags, "-vok", name, cwd=root)
    if done.returncode == 0:
        return None
    found = re.findall(r", line (\d+), characters (-?\d+)-", done.stderr)[-1]
    return int(found[0]), int(found[1])


def lemmas(count: int) -> str:
    return "".join(f"Lemma l{n} : {n} = {n}.\nProof.\n  reflexivity.\nQed.\n" for n in range(count))


def test_it_works_with_every_coq_of_the_matrix(coq: Coq) -> None:
    assert why_not(coq.toolchain) is None


def test_every_proof_is_told_once_and_nothing_is_compiled_beside_the_sources(
    coq: Coq, tmp_path: Path
) -> None:
    root = project(tmp_path, A=lemmas(12), B=lemmas(3) + "Definition d : nat. exact 3. Defined.\n")
    found = Found(coq, root)
    assert found.of(Verdict.CHECKED) == {*(f"l{n}" for n in range(12)), "d"}
    assert len(found.proofs) == 16
    assert {result.verdict for result in found.files} == {Verdict.CHECKED}
    assert {path.name for path in root.iterdir()} <= {
        *("A.v", "A.vok", "B.v", "B.vok", "_Project"),
        ".proof-makefile",
    }


def test_an_error_in_what_was_fed_ahead_is_that_of_its_own_proof(coq: Coq, tmp_path: Path) -> None:
    """coqc ends with text unread, and what it said of the proofs before is not lost."""
    proof = "Proof.\n  idtac; {}.\nQed.\n"
    tactics = ["discriminate" if n in (2, 8) else "reflexivity" for n in range(12)]
    parts = (f"Lemma l{n} : n = n.\n{proof.format(tactic)}" for n, tactic in enumerate(tactics))
    uses = "From Top Require Import A.\nLemma uses : n = n.\nProof. exact l3. Qed.\n"
    root = project(tmp_path, A="".join(["Parameter n : nat.\n", *parts]), B=uses)
    for _ in range(3):
        found = Found(coq, root, workers=2, engine=SNAPSHOT)
        assert found.of(Verdict.WRONG) == {"l2", "l8"}
        assert found.of(Verdict.CHECKED) == {f"l{n}" for n in range(12)} - {"l2", "l8"} | {"uses"}


def test_what_files_load_is_made_in_dependency_order_in_a_place_of_its_own(
    coq: Coq, tmp_path: Path
) -> None:
    needs = "From Top Require Import B.\nLemma uses : three = 3.\nProof. reflexivity. Qed.\n"
    root = project(tmp_path, A=needs, B="Definition three := 3.\n")
    found = Found(coq, root)
    assert found.of(Verdict.CHECKED) == {"uses"}
    assert (root / ".proof-makefile/stand-ins/B.vo").exists()
    assert not list(root.glob("*.vo*"))


def test_a_process_that_is_fed_thousands_of_times_lives(coq: Coq, tmp_path: Path) -> None:
    """The kernel may tell it late that there was a message: that is not the end of the driver."""
    text = "".join(f"Lemma l{n} : True.\nProof. exact I. Qed.\n" for n in range(1000))
    found = Found(coq, project(tmp_path, A=text), workers=1, engine=SNAPSHOT)
    assert len(found.of(Verdict.CHECKED)) == 1000
    assert found.begun == 1


WRONG = """Lemma good : 1 = 1.
Proof. reflexivity. Qed.
Lemma wrong : 1 = 2.
Proof.
  reflexivity.
Qed.
Lemma also_good : wrong = wrong.
Proof. reflexivity. Qed.
Lemma at_qed : 1 = 2.
Proof. exact_no_check (eq_refl 1).
Qed.
Lemma unfinished : True /\\ True.
Proof. split. exact I. Qed.
Lemma last : True.
Proof. exact I. Qed.
"""


def test_every_wrong_proof_of_a_file_is_told_at_coqcs_place(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, A=WRONG)
    found = Found(coq, root)
    assert found.of(Verdict.WRONG) == {"wrong", "at_qed", "unfinished"}
    assert found.of(Verdict.CHECKED) == {"good", "also_good", "last"}
    assert found.errors()[0] == coqc_error(coq, root, "A.v")
    assert found.errors() == [(5, 2), (11, 0), (13, 23)]
    assert found.files[0].verdict is Verdict.WRONG


BY_TERM = {
    "First": "Lemma a : True.\nProof I.\nLemma b : True.\nProof. exact a. Qed.\n",
    "Line": "Fact a : unit. Proof(tt). Goal True. Proof I. Definition k : nat. Proof 3.\n",
    "Section": "Section S. Variable n : nat.\nLemma a : n = n.\nProof eq_refl.\n"
    "Lemma b : n = n.\nProof. exact a. Qed.\nEnd S.\n",
    "Saved": "Goal True.\nexact I.\nSave a.\nLemma b : True.\nProof a.\n",
    "Import": lemmas(2) + "Require Import Bool. Lemma a : True. Proof I.\nImport Bool.\n"
    "Lemma Import : True.\nProof I.\nLemma b : True.\nProof I.\n" + "Lemma c : 1 = 1. Proof _ _.\n",
}


def test_a_proof_given_by_a_term_is_checked_before_and_after_the_first_by_tactics(
    coq: Coq, tmp_path: Path
) -> None:
    """No question to coqc comes between a statement and its `Proof term`."""
    root = project(tmp_path, **BY_TERM)
    found = Found(coq, root)
    verdicts = {result.file: result.verdict for result in found.files}
    assert verdicts.pop("Import.v") is Verdict.WRONG
    assert set(verdicts.values()) == {Verdict.CHECKED}
    assert found.of(Verdict.WRONG) == {"c"}
    assert found.errors() == [coqc_error(coq, root, "Import.v")]


KERNEL = {
    "guard": "Fixpoint f (n : nat) {struct n} : False.\nProof. exact (f n).\nQed.\n",
    "universe": "Universes u v.\nConstraint v < u.\nDefinition t := Type@{u}.\n"
    "Lemma a : True.\nProof. assert (Type@{v}); [ exact_no_check t | exact I ].\nQed.\n",
    "using": "Section S.\nVariables (x : nat) (h : x = 1).\nLemma a : x = 1.\n"
    "Proof using x.\nexact h.\nQed.\nEnd S.\n",
}


@pytest.mark.parametrize("case", KERNEL)
def test_what_the_kernel_rejects_at_qed_is_wrong(coq: Coq, case: str, tmp_path: Path) -> None:
    root = project(tmp_path, A=lemmas(2) + KERNEL[case] + lemmas(1).replace("l0", "after"))
    found = Found(coq, root)
    assert found.files[0].verdict is Verdict.WRONG
    assert found.errors()[0] == coqc_error(coq, root, "A.v")


BLOCKS = """Lemma four : (1 = 2 /\\ 2 = 2) /\\ (3 = 4 /\\ True).
Proof.
  split.
  - split.
    + reflexivity.
    + reflexivity.
  - split.
    { exact I. } (* one *) { exact 3. }
Qed.
"""


def test_independent_mistakes_in_one_proof_are_all_told(coq: Coq, tmp_path: Path) -> None:
    found = Found(coq, project(tmp_path, A=BLOCKS))
    assert found.errors() == [(5, 6), (8, 12), (8, 35)]
    assert [len(result.messages) for result in found.proofs] == [3]


def test_error_resilience_can_be_off(coq: Coq, tmp_path: Path) -> None:
    found = Found(coq, project(tmp_path, A=BLOCKS), care=Care())
    assert found.errors() == [(5, 6)]


FOLLOW_UPS = """Lemma indented : forall n : nat, n = n /\\ n + 0 = n.
Proof.
  assert (forall m : nat, m = m) as H.
    fail.
    intros m. reflexivity.
  intros n. split.
  - apply H.
  - exact I.
Qed.
Lemma bullet : forall n : nat, n = n /\\ n + 0 = n.
Proof.
  split.
  - fail.
    intros m.
      reflexivity.
    apply m.
  - exact I.
Qed.
Lemma shared : exists n : nat, n = 3 /\\ n + 0 = 3.
Proof.
  eexists. split.
  - fail. reflexivity.
  - reflexivity.
Qed.
Lemma on_one_line : exists n : nat, n = 3 /\\ n + 0 = 3.
Proof. eexists. split. { fail. reflexivity. } { reflexivity. } Qed.
"""


def test_what_may_follow_from_an_error_in_the_same_proof_is_not_told(
    coq: Coq, tmp_path: Path
) -> None:
    found = Found(coq, project(tmp_path, A=FOLLOW_UPS))
    assert found.errors() == [(4, 4), (13, 4), (17, 10), (22, 4), (26, 25)]


def test_places_after_a_byte_order_mark_are_those_of_coqc(coq: Coq, tmp_path: Path) -> None:
    line = "Section S. Variable n : nat. Lemma a : n = n. Proof. exact I. Qed. End T.\n"
    root = project(tmp_path, A="\ufeff" + line)
    first = Found(coq, root).errors()[0]
    assert first == coqc_error(coq, root, "A.v") == (1, line.index("I. Qed"))


COMMANDS = """Definition bad := missing.
Definition fine := 3.
Definition worse := bad.
Lemma good : fine = 3.
Proof. reflexivity. Qed.
"""


def test_after_a_wrong_command_the_rest_is_checked_and_doubts_are_told(
    coq: Coq, tmp_path: Path
) -> None:
    found = Found(coq, project(tmp_path, A=COMMANDS))
    assert found.errors() == [(1, 18), (3, 20)]
    assert [bool(message.note) for message in found.files[0].messages] == [False, True]
    assert found.of(Verdict.CHECKED) == {"good"}


def test_an_error_on_the_line_of_a_proof_whose_variables_were_asked_for_keeps_its_place(
    coq: Coq, tmp_path: Path
) -> None:
    line = "Section A. Variable n : nat. Lemma a : n = n. Proof. reflexivity. Qed. End B.\n"
    root = project(tmp_path, A=lemmas(2) + line)
    assert Found(coq, root).errors() == [coqc_error(coq, root, "A.v")]


def test_proofs_after_a_wrong_command_are_still_run_beside_each_other(
    coq: Coq, tmp_path: Path
) -> None:
    before = "Lemma a : True. Proof. exact I. Qed.\nCheck nothing.\n"
    found = Found(coq, project(tmp_path, A=before + lemmas(4)))
    assert {result.proof for result in found.proofs if result.apart} >= {f"l{n}" for n in range(4)}


STATEMENTS = """Lemma good : 1 = 1.
Proof. reflexivity. Qed.
Lemma bad : 1 = True.
Proof. reflexivity. Qed.
Definition worse : missing.
Proof.
  exact 1.
Defined.
Lemma better : 2 = 2.
Proof. reflexivity. Qed.
"""


def test_a_wrong_statement_is_left_out_with_its_proof(coq: Coq, tmp_path: Path) -> None:
    found = Found(coq, project(tmp_path, A=STATEMENTS))
    assert found.errors() == [(3, 16), (5, 19)]
    assert found.of(Verdict.CHECKED) == {"good", "better"}
    assert found.of(Verdict.SKIPPED) == {"bad", "worse"}


def test_command_error_resilience_can_be_off(coq: Coq, tmp_path: Path) -> None:
    found = Found(coq, project(tmp_path, A=COMMANDS), care=Care(commands=False))
    assert found.errors() == [(1, 18)]
    assert found.of(Verdict.CHECKED) == set()


def test_a_section_that_is_not_closed_is_wrong(coq: Coq, tmp_path: Path) -> None:
    found = Found(coq, project(tmp_path, A="Section S.\n" + lemmas(4)))
    assert found.files[0].verdict is Verdict.WRONG
    done = coq.run(*coq.toolchain.coqc, "-q", "-Q", ".", "Top", "A.v", cwd=tmp_path)
    assert done.returncode == 1  # though coqc -vok accepts it


SECTION = """Section S.
Variables (x y : nat) (h : x = y).
Lemma uses : x = y.
Proof. exact h. Qed.
Lemma none : x = x.
Proof. reflexivity. Qed.
End S.
Lemma outside : 1 = 2 -> 1 = 2.
Proof. exact (fun e => uses 1 2 e). Qed.
Lemma outside2 : 1 = 1.
Proof. exact (none 1). Qed.
"""


FAST_AND_SLOW = """Lemma fast : 1 = 1.
Proof. reflexivity. Qed.
Lemma slow : True.
Proof. do 400 (pose proof I). exact I. Qed.
"""


def test_before_the_first_check_times_are_those_that_coqc_left(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, A=FAST_AND_SLOW)
    assert coq.run(*coq.toolchain.coqc, "-q", "-Q", ".", "Top", "A.v", cwd=root).returncode == 0
    aux = read_aux(root / "A.v")
    assert aux is not None
    left = sum(aux.proof_times.values())
    assert left == pytest.approx(planned(coq, root), abs=0.01)
    (root / "A.v").write_text(FAST_AND_SLOW + "(* changed *)")
    by_name = sum(aux.seconds(name)[(0, 0)] for name in ("fast", "slow"))
    assert by_name == pytest.approx(planned(coq, root), abs=0.01)


def planned(coq: Coq, root: Path) -> float:
    """Seconds that the proofs of A.v are expected to take."""
    words = ("plan", "--engine", "snapshot", "-f", "_Project", "-j", "1", "--json")
    done = coq.run("proof-checker", *words, cwd=root)
    (only,) = json.loads(done.stdout)["workers"][0]
    return sum(float(proof["seconds"]) for proof in only["proofs"])


def test_proofs_in_sections_are_cut_off_once_their_variables_are_known(
    coq: Coq, tmp_path: Path
) -> None:
    root = project(tmp_path, A=SECTION)
    for _ in range(2):
        found = Found(coq, root)
        assert found.of(Verdict.CHECKED) == {"uses", "none", "outside", "outside2"}


def test_stale_section_variables_are_noticed(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, A=SECTION)
    Found(coq, root)
    changed = SECTION.replace("Proof. exact h.", "Proof. rewrite h.").replace("x = y)", "x = y)")
    changed = changed.replace("Proof. reflexivity.", "Proof. pose h. reflexivity.")
    changed = changed.replace("(none 1)", "(none 1 1 eq_refl)").replace("rewrite h.", "exact h.")
    (root / "A.v").write_text(changed)
    found = Found(coq, root)
    assert found.of(Verdict.CHECKED) == {"uses", "none", "outside", "outside2"}
    assert coqc_error(coq, root, "A.v") is None


SLOWLY = "do 150000 idtac."

CONTAGION = f"""Section S.
Variables (x y : nat) (h : x = y).
Lemma l0 : x = x. Proof. {SLOWLY} reflexivity. Qed.
Lemma l1 : x = x. Proof. {" ".join([SLOWLY] * 6)} pose h. reflexivity. Qed.
Lemma l2 : x = x. Proof. {SLOWLY} exact l1. Qed.
Lemma l3 : x = x. Proof. {SLOWLY} exact l2. Qed.
End S.
Lemma m2 : 1 = 1. Proof. {SLOWLY} exact (l2 1 1 eq_refl). Qed.
Lemma m3 : 1 = 1. Proof. {SLOWLY} exact (l3 1 1 eq_refl). Qed.
"""


def test_what_coqc_says_of_variables_after_a_wrong_record_counts_for_nothing(
    coq: Coq, tmp_path: Path
) -> None:
    root = project(tmp_path, A=CONTAGION)
    Found(coq, root)
    (root / "A.v").write_text(CONTAGION.replace("pose h.", ""))
    found = Found(coq, root)
    assert found.of(Verdict.CHECKED) == {"l0", "l1", "l2", "l3"}
    assert found.of(Verdict.WRONG) == {"m2", "m3"}


@pytest.mark.ends
@pytest.mark.parametrize(
    "end",
    [
        "",
        "Check (l3 1 1 eq_refl).\n",
        "Check (l3 1).\n",
        "Fail Check (l3 1 : 1 = 1).\n",
        "Lemma w : 1 = 2. Proof. exact (l3 1). Qed.\nLemma v : True. Proof. exact I. Qed.\n",
        "Definition d := l3 1 : 1 = 1.\nLemma v : d = d. Proof. reflexivity. Qed.\n",
        "Section T.\nVariable z : nat.\nLemma t : z = z. Proof. exact (l3 z z eq_refl). Qed.\n"
        f"Lemma u : z = z. Proof. {SLOWLY} exact t. Qed.\nEnd T.\nCheck (u 1).\n",
    ],
)
@pytest.mark.parametrize("workers", [1, 3])
def test_a_section_that_was_left_with_a_wrong_guess_is_passed_again(
    coq: Coq, tmp_path: Path, end: str, workers: int
) -> None:
    """Of l1 that it needs h is found out last: what rests on it fails before, or is wrong."""
    root = project(tmp_path, A=CONTAGION + end)
    found = Found(coq, root, workers)
    place = coqc_error(coq, root, "A.v")
    good = set(re.findall(r"Lemma (\w+)", CONTAGION + end)) - {"w"}
    if place is None:
        assert found.of(Verdict.CHECKED) == good
        assert [result.verdict for result in found.files] == [Verdict.CHECKED]
    else:
        assert found.errors()[0] == place
        assert {f"l{n}" for n in range(4)} | {"m2", "m3"} <= found.of(Verdict.CHECKED)


def test_a_proof_that_ran_out_of_time_is_run_again_alone_though_a_pass_waits_for_it(
    coq: Coq, tmp_path: Path
) -> None:
    """The pass takes its section variables for granted: by a guess, and then by the ledger."""
    root = project(
        tmp_path,
        A=f"""Section S.
Variable x : nat.
Lemma l0 : x = x. Proof. {SLOWLY} reflexivity. Qed.
Lemma l1 : x = x. Proof. timeout 1 do 400000000 idtac. reflexivity. Qed.
Lemma l2 : x = x. Proof. {SLOWLY} reflexivity. Qed.
End S.
Lemma m : 1 = 1. Proof. {SLOWLY} exact (l2 1). Qed.
""",
    )
    for _ in range(2):
        found = Found(coq, root)
        assert found.of(Verdict.LOST) == {"l1"}
        assert found.of(Verdict.CHECKED) == {"l0", "l2", "m"}


LET = f"""Section S.
Variables (x : nat) (h : x = x).
Let h2 : h = h := eq_refl.
Lemma l0 : x = x. Proof. {SLOWLY} pose h. reflexivity. Qed.
Lemma l1 : x = x. Proof. {SLOWLY} exact l0. Qed.
Lemma l2 : x = x. Proof. {SLOWLY} exact l1. Qed.
Lemma l3 : x = x. Proof. {SLOWLY} exact l2. Qed.
End S.
Lemma m : 1 = 1. Proof. {SLOWLY} exact (l3 1 eq_refl). Qed.
"""


def test_section_variables_that_say_the_same_in_other_words_are_no_mismatch(
    coq: Coq, tmp_path: Path
) -> None:
    root = project(tmp_path, A=LET)
    Found(coq, root)
    before = PROOFS.recall(Ledger(root), "A.v")
    found = Found(coq, root)  # after a stand-in for l2 with h, coqc suggests h2 for l3
    assert found.of(Verdict.CHECKED) == {"l0", "l1", "l2", "l3", "m"}
    after = PROOFS.recall(Ledger(root), "A.v")
    assert before
    assert after
    words = {f"Proof using {name} . Admitted." for name in ("h", "h2")}
    assert set(before.variables.values()) <= words
    assert after.variables == before.variables


def test_what_coqc_takes_beside_the_source_is_remembered(coq: Coq, tmp_path: Path) -> None:
    """To come up, and to write what it made: a plan needs to know, where there are many files."""
    root = project(tmp_path, A="Lemma l : 1 = 1.\nProof. reflexivity. Qed.\n")
    Found(coq, root)
    kept = PROOFS.recall(Ledger(root), "A.v")
    assert kept
    assert kept.start
    assert kept.end


def test_an_error_after_a_section_proof_on_its_line_is_told_at_its_place(
    coq: Coq, tmp_path: Path
) -> None:
    line = (
        "Lemma a : x = x. Proof. reflexivity. Qed. Lemma b : x = x. Proof. exact I. Qed. "
        "Definition c := missing.\n"
    )
    root = project(tmp_path, A=f"Section S. Variable x : nat.\n{line}End S.\n")
    found = Found(coq, root)
    assert found.errors()[0] == coqc_error(coq, root, "A.v")
    assert found.errors()[:2] == [(2, 72), (2, 96)]  # more may follow from these


POLYMORPHIC = f"""From Outside Require Import Flags.
Lemma up@{{u v +}} : Type@{{u}} -> Type@{{v}}.
Proof. {" ".join([SLOWLY] * 3)} exact (fun A => A). Qed.
Definition down@{{u v | v < u}} : Type@{{u}} -> Type@{{v}} := up@{{u v}}.
Lemma another : True.
Proof. {SLOWLY} exact I. Qed.
"""


def test_under_a_flag_that_a_library_sets_nothing_is_left_out(coq: Coq, tmp_path: Path) -> None:
    outside = write_files(
        tmp_path / "outside", {"Flags.v": "#[export] Set Universe Polymorphism.\n"}
    )
    made = coq.run(*coq.toolchain.coqc, "-q", "-Q", ".", "Outside", "Flags.v", cwd=outside)
    assert made.returncode == 0, made.stderr
    root = project(tmp_path / "inside", A=POLYMORPHIC)
    text = (root / "_Project").read_text()
    (root / "_Project").write_text(f"-Q ../outside Outside\n{text}")
    found = Found(coq, root)
    assert found.files[0].verdict is Verdict.WRONG
    assert found.errors() == [coqc_error(coq, root, "A.v")]
    assert all(result.after_error for result in found.proofs)


DEFAULTS = f"""Section S.
Variables (x y : nat) (h : x = y).
Set Default Proof Using "Type".
Lemma l0 : x = x. Proof. {SLOWLY} reflexivity. Qed.
Lemma l1 : x = x. Proof. {SLOWLY} reflexivity. Qed.
Unset Default Proof Using.
Import Nat.
Lemma l2 : x = x. Proof. {SLOWLY} pose h. reflexivity. Qed.
Set Default Proof Using "All".
Lemma l3 : x = x. Proof. {SLOWLY} reflexivity. Qed.
Lemma l4 : x = x. {SLOWLY} reflexivity. Qed.
End S.
Lemma m : 1 = 1. Proof. {SLOWLY} pose (l4 1). exact (l3 1 1 eq_refl). Qed.
"""


def test_defaults_for_proof_using_are_asked_for_where_they_hold(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, A=DEFAULTS)
    found = Found(coq, root)
    assert found.files[0].verdict is Verdict.CHECKED
    assert coqc_error(coq, root, "A.v") is None


def test_folders_with_blanks_and_long_names_do_no_harm(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a folder: with blanks" / ("long " * 20).strip()
    folder.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    found = Found(coq, project(folder, A=lemmas(3) + WRONG))
    assert found.of(Verdict.WRONG) == {"wrong", "at_qed", "unfinished"}
    assert not list(folder.glob("*.vo*"))


SLOW = """Lemma slow : False.
Proof. do 1000000000 idtac. exact I. Qed.
Lemma quick : True.
Proof. exact I. Qed.
"""


def test_a_proof_over_its_time_is_stopped_and_named(coq: Coq, tmp_path: Path) -> None:
    found = Found(coq, project(tmp_path, A=SLOW), care=Care(proof_timeout=2.0))
    assert found.of(Verdict.TIMEOUT) == {"slow"}
    assert found.of(Verdict.CHECKED) == {"quick"}


def test_a_slow_proof_among_quick_ones_is_the_one_that_is_named(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, A=lemmas(40) + SLOW)
    found = Found(coq, root, workers=1, care=Care(proof_timeout=2.0))
    assert found.of(Verdict.TIMEOUT) == {"slow"}
    assert len(found.of(Verdict.CHECKED)) == 41


ENDLESS = f"""Definition endless : True.
Proof. do 1000000000 idtac. exact I. Defined.
Lemma a : True. Proof. {SLOWLY} exact I. Qed.
Lemma b : True. Proof. {SLOWLY} exact I. Qed.
"""


def test_a_proof_over_its_time_that_nobody_can_skip_is_stopped_in_every_worker(
    coq: Coq, tmp_path: Path
) -> None:
    found = Found(coq, project(tmp_path, A=ENDLESS), care=Care(proof_timeout=2.0))
    assert "endless" in found.of(Verdict.TIMEOUT)  # or the run does not end


def test_an_overflow_of_the_stack_is_a_failure_of_the_machine(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = (
        "Fixpoint f (n : nat) := match n with 0 => 0 | S m => S (f m) end.\n"
        "Lemma deep : True.\nProof. let x := eval lazy in (f (Nat.pow 2 17)) in idtac. exact I.\n"
        "Qed.\n"
    )
    root = project(tmp_path, A=deep + lemmas(1))
    monkeypatch.setenv("OCAMLRUNPARAM", "l=500k")  # of OCaml 5; words
    found = Found(coq, root)
    done = coq.run(
        *(*coq.toolchain.coqc, "-q", "-vok", "A.v"),
        cwd=root,
        environ={"OCAMLRUNPARAM": "l=500k"},
    )
    if done.returncode == 0:
        assert found.of(Verdict.CHECKED) == {"deep", "l0"}
    else:
        assert "Stack overflow" in done.stderr
        assert found.of(Verdict.LOST) == {"deep"}
        assert found.of(Verdict.CHECKED) == {"l0"}


OVERFLOW = """Ltac deeper := idtac; deeper.
Lemma deep : True.
Proof. deeper. Qed.
Lemma deep_workers : True /\\ True.
Proof. split. par: deeper. Qed.
Lemma fine : True.
Proof. exact I. Qed.
"""


@pytest.mark.ends
def test_with_every_engine_a_proof_that_overflows_the_stack_is_lost(
    coq: Coq, tmp_path: Path
) -> None:
    root = project(tmp_path, A=OVERFLOW)
    for engine in ("snapshot", "vok", *(["vio"] if coq.toolchain.has_vio else [])):
        small = ("sh", "-c", 'ulimit -s 1024; exec "$@"', "sh")  # of OCaml 4
        done = coq.run(
            *small, *check_words(engine=engine), cwd=root, environ={"OCAMLRUNPARAM": "s=1M,l=100k"}
        )
        assert done.returncode == 3, (engine, done.stderr)
        assert "in the proof of deep (lost)" in done.stderr
        assert "in the proof of deep_workers (lost)" in done.stderr
        lines = re.findall(r"line (\d+), characters", done.stderr)
        assert lines == ["3", "5"] or engine == "vio"
        assert "ulimit -s" in done.stderr
        assert "3 proofs in 1 file: 2 lost, 1 file not good" in done.stdout


TIMED = """Ltac endless := do 2000000000 idtac.
Lemma tactic : True.
Proof. timeout 1 endless. exact I. Qed.
Lemma command : True.
Proof. Timeout 1 endless. exact I. Qed.
Lemma hidden : True.
Proof. first [ timeout 1 endless | fail "no" ]. exact I. Qed.
"""


def test_what_time_decides_is_asked_for_again_alone_and_not_kept_as_wrong(
    coq: Coq, tmp_path: Path
) -> None:
    found = Found(coq, project(tmp_path, A=TIMED))
    assert found.of(Verdict.LOST) == {"tactic", "command"}
    assert found.of(Verdict.WRONG) == {"hidden"}
    assert found.begun >= 4  # each of the three once more
    assert [r.after_error for r in found.proofs if r.verdict is Verdict.WRONG] == [True]


AGAIN = """Lemma first : 1 = 2.
Proof. reflexivity. Qed.
Lemma second : 1 = 3.
Proof. reflexivity. Qed.
Lemma slow : True.
Proof. do 2000000000 idtac. exact I. Qed.
Lemma wrong_statement : 1 = True.
Proof. reflexivity. Qed.
Lemma a-dash : 1 = 1.
Proof. reflexivity. Qed.
"""


@pytest.mark.ends
def test_what_is_said_to_show_an_error_again_shows_it_and_ends(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, A=AGAIN)
    done = check(coq, root, "-j", "1", "--proof-timeout", "2")
    assert done.returncode == 1
    assert "A.v: the proof of wrong_statement was not run: its statement is wrong" in done.stderr
    assert "skipped" not in done.stderr
    slow = 'File "./A.v", line 5, characters 0-18:\nError: The proof takes longer than 2 s'
    assert slow in done.stderr
    blocks = re.findall(r"^(File .*?)to see it again: (.*?)$", done.stderr, re.M | re.S)
    assert ["coqc" in again for _, again in blocks] == [True, False, False, False]
    seen = {again: coq.run(*again.split(), cwd=root).stderr for _, again in blocks}
    for told, again in blocks:
        place, words, *_ = told.splitlines()
        assert place in seen[again]
        assert words.removeprefix("Error: ") in seen[again]


def test_where_memory_is_short_one_worker_does_it_all(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, A=lemmas(12), B=lemmas(6))
    assert Found(coq, root).most_busy > 1
    found = Found(coq, root, care=Care(memory=1))
    assert found.most_busy == 1
    assert found.of(Verdict.CHECKED) == {f"l{n}" for n in range(12)}


# Killed at random.

BUSY = "".join(
    f"Lemma b{n} : True.\nProof. do 300000 idtac. exact I. Qed.\n"
    f"Lemma w{n} : 1 = 2.\nProof. do 100000 idtac. reflexivity. Qed.\n"
    for n in range(6)
)


def start(coq: Coq, root: Path, **environ: str) -> subprocess.Popen[str]:
    return coq.start(*check_words("-j", "3"), cwd=root, environ=environ)


def kill_one(coq: Coq, root: Path, seed: int) -> None:
    """Kills a process of a run at a random moment; says if what is left is not as it must be."""
    dice = random.Random(seed)
    project(root, A=BUSY)
    with start(coq, root) as run:
        time.sleep(dice.uniform(0.3, 3.0))
        if victims := workers_of(root):
            dice.choice(victims).kill()
        output, _ = run.communicate(timeout=240)
    if run.returncode != -signal.SIGKILL:
        assert run.returncode == 1, output
        assert "12 proofs in 1 file: 6 wrong, 1 file not good" in output
    wait_for_none(root)


def wait_for_none(root: Path) -> None:
    deadline = time.monotonic() + 20
    while workers_of(root) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers_of(root) == []


@pytest.mark.parametrize("seed", range(3))
def test_killing_any_process_leaves_no_orphan_and_no_false_verdict(
    coq: Coq, tmp_path: Path, seed: int
) -> None:
    kill_one(coq, tmp_path, seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(3, 50))
def test_killing_any_process_fifty_times(coq: Coq, tmp_path: Path, seed: int) -> None:
    kill_one(coq, tmp_path, seed)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_killing_the_run_leaves_no_process_and_no_folder(
    coq: Coq, tmp_path: Path, how: int
) -> None:
    root = project(tmp_path, A=BUSY.replace("300000", "100000000"))
    with tempfile.TemporaryDirectory() as base:  # its name is short enough for sockets
        with start(coq, root, TMPDIR=base) as run:
            deadline = time.monotonic() + 60
            while len(workers_of(root)) < 2 and time.monotonic() < deadline:
                time.sleep(0.05)
            os.kill(run.pid, how)
            run.communicate(timeout=60)
        wait_for_none(tmp_path)
        assert any(Path(base).iterdir()) == (how == signal.SIGKILL)
        (root / "A.v").write_text(lemmas(2))
        with start(coq, root, TMPDIR=base) as run:
            assert "2 proofs in 1 file" in run.communicate(timeout=60)[0]
        assert not any(Path(base).iterdir())


@pytest.mark.full
@pytest.mark.parametrize("package", ["ext-lib", "stdpp"])
def test_a_real_library_is_checked(coq: Coq, tmp_path: Path, package: str) -> None:
    found = Found(coq, library_project(coq, package, tmp_path))
    assert {result.verdict for result in found.files} == {Verdict.CHECKED}
    assert {result.verdict for result in found.proofs} == {Verdict.CHECKED}


@pytest.mark.ends
def test_only_proofs_past_the_threshold_get_a_process_of_their_own(
    coq: Coq, tmp_path: Path
) -> None:
    root = project(tmp_path, A=lemmas(6), B="From Top Require Import A.\n" + lemmas(2))
    begun = []
    for threshold in (0.0, 60.0):
        care = replace(ALL, threshold=threshold)
        found = Found(coq, root, care=care, engine=SNAPSHOT)
        assert found.of(Verdict.CHECKED) == {f"l{n}" for n in range(6)}
        begun.append(found.begun)
    assert begun[0] > begun[1] == 2


def test_a_default_of_section_variables_that_an_import_takes_back_leads_to_no_endless_run(
    coq: Coq, tmp_path: Path
) -> None:
    """The file itself sets it, so a pass relies on it; coqc says of the proof that it is not so."""
    section = """From Top Require Import A.
Section S.
Variable x : nat.
Hypothesis h : x = 0.
Lemma one : 1 = 1.
Proof. pose proof h. reflexivity. Qed.
Lemma two : 2 = 2.
pose proof h. reflexivity. Qed.
End S.
Check one : forall x : nat, x = 0 -> 1 = 1.
"""
    sets = 'Set Default Proof Using "Type".\n'
    root = project(tmp_path, A="#[export] Unset Default Proof Using.\n", B=sets + section)
    found = Found(coq, root)
    assert found.of(Verdict.CHECKED) == {"one", "two"}
    assert {result.verdict for result in found.files} == {Verdict.CHECKED}
