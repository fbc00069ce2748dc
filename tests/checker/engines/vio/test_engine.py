"""The .vio engine on real files: every wrong proof is found, named, placed; no .vo of a wrong file.

Only a Coq before 8.20 has .vio files; on the others the engine says so.
"""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from checker.document.reader import read_document
from checker.engines.vio.engine import pieces
from checker.engines.vio.files import proofs_of_tasks
from checker.schedule.schedule import Task, Visit
from tests import helpers
from tests.helpers import Coq, write_files, write_project

GOOD = """\
Section Numbers.
  Variable n : nat.
  Lemma same : n = n.
  Proof using n. reflexivity. Qed.
  Lemma unannotated : n = n.
  Proof. reflexivity. Qed.
End Numbers.
Lemma outside : 1 = 1.
Proof. reflexivity. Qed.
"""
WRONG = """\
Lemma fine : 1 = 1.
Proof. reflexivity. Qed.
Lemma two : 1 = 2.
Proof.
  simpl; reflexivity.
Qed.
Lemma again : 2 = 3 /\\ True.
Proof. split; [ reflexivity | exact I ]. Qed.
"""


def test_a_long_visit_is_cut_into_halves_that_idle_workers_can_take() -> None:
    tasks = tuple(Task("F.v", n, 10.0) for n in range(16))
    parts = pieces(Visit("F.v", 0.5, tasks))
    assert [len(part.tasks) for part in parts] == [8, 4, 2, 1, 1]
    assert [task for part in parts for task in part.tasks] == list(tasks)


def test_a_short_visit_stays_whole() -> None:
    short = Visit("F.v", 0.5, (Task("F.v", 0, 1.0), Task("F.v", 1, 1.0)))
    assert pieces(short) == [short]


@pytest.fixture
def vio_coq(coq: Coq) -> Coq:
    """A Coq with .vio files."""
    if not coq.toolchain.has_vio:
        pytest.skip("this Coq has no .vio files: see test_vok")
    return coq


def make_project(coq: Coq, root: Path, **sources: str) -> Path:
    """A project of these sources, with their .vio files."""
    names = [f"{name}.v" for name in sources]
    write_project(root, dict(zip(names, sources.values(), strict=True)))
    for name in names:
        done = coq.run(*coq.toolchain.coqc, "-q", "-Q", ".", "Top", "-vio", name, cwd=root)
        assert done.returncode == 0, done.stderr
    return root


def check(coq: Coq, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return helpers.check(coq, root, *words, engine="vio")


def test_a_project_whose_proofs_are_good_is_checked(vio_coq: Coq, tmp_path: Path) -> None:
    done = check(vio_coq, make_project(vio_coq, tmp_path, A=GOOD, B=GOOD), "-j", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "6 proofs in 2 files checked" in done.stdout.splitlines()[-1]


def test_every_wrong_proof_is_reported_in_the_words_and_at_the_place_of_coqc(
    vio_coq: Coq, tmp_path: Path
) -> None:
    root = make_project(vio_coq, tmp_path, A=WRONG, B=GOOD, C=WRONG)
    done = check(vio_coq, root, "-j", "2")
    assert done.returncode == 1
    for file in ("A", "C"):
        block = f'File "./{file}.v", line 5, characters 9-20:\nError: Unable to unify "2" with "1".'
        assert block in done.stderr
        assert f'File "./{file}.v", line 8, characters 16-27:\nError:' in done.stderr
    assert done.stderr.count("in the proof of two (wrong)") == 2
    assert done.stderr.count("in the proof of again (wrong)") == 2
    assert "9 proofs in 3 files: 4 wrong, 2 files not good" in done.stdout.splitlines()[-1]


def test_the_place_is_that_of_a_plain_coqc(vio_coq: Coq, tmp_path: Path) -> None:
    root = make_project(vio_coq, tmp_path, A=WRONG)
    plain = vio_coq.run(*vio_coq.toolchain.coqc, "-q", "-Q", ".", "Top", "A.v", cwd=root)
    assert plain.stderr.strip() in check(vio_coq, root).stderr


# What coqc finds only at the end of a proof. `good` stands before them, `tactic` after them.
AT_QED = {
    "unfinished": "Lemma unfinished : forall n : nat, n = n.\nProof. intro n. Qed.\n",
    "unguarded": "Lemma unguarded : forall n : nat, n = n.\nProof. fix IH 1. exact IH. Qed.\n",
    "given_up": "Lemma given_up : 1 = 2.\nProof. admit. Qed.\n",
    "undeclared": "Section S.\nVariable n : nat.\nHypothesis one : n = 1.\n"
    "Lemma undeclared : n = 1.\nProof using. exact one. Qed.\nEnd S.\n",
    "ill_typed": "Lemma ill_typed : 1 = 2.\nProof. exact_no_check (eq_refl 1). Qed.\n",
}
GOOD_ONE = "Lemma good : 1 = 1.\nProof. reflexivity. Qed.\n"
TACTIC = "Lemma tactic : 1 = 2.\nProof. reflexivity. Qed.\n"


def test_what_coqc_finds_at_qed_is_wrong_in_its_words_and_every_such_proof_is_told(
    vio_coq: Coq, tmp_path: Path
) -> None:
    texts = {name.capitalize(): text for name, text in AT_QED.items()}
    root = make_project(
        vio_coq, tmp_path, **texts, All=GOOD_ONE + "".join(AT_QED.values()) + TACTIC
    )
    vio2vo = vio_coq.run("proof-checker", "vio2vo", "-f", "_Project", cwd=root)
    for done in (check(vio_coq, root, "-j", "2"), vio2vo):
        assert done.returncode == 1
        assert not any(line.startswith("checked") for line in done.stdout.splitlines())
        for name in AT_QED:
            assert done.stderr.count(f"in the proof of {name} (wrong)") == 2
            file = f"{name.capitalize()}.v"
            plain = vio_coq.run(*vio_coq.toolchain.coqc, "-q", "-Q", ".", "Top", file, cwd=root)
            assert " ".join(plain.stderr.split()) in " ".join(done.stderr.split())
        assert done.stderr.count("in the proof of tactic (wrong)") == 1
        assert "12 proofs in 6 files: 11 wrong, 6 files not good" in done.stdout.splitlines()[-1]
    assert not list(root.glob("*.vo"))


def test_each_of_several_wrong_lemmas_is_told_at_its_own_place(
    vio_coq: Coq, tmp_path: Path
) -> None:
    wrong = [f"Lemma s{n} : {n} = {n + 5}. Proof. reflexivity. Qed.\n" for n in range(1, 5)]
    root = make_project(vio_coq, tmp_path, A="".join(wrong))
    done = check(vio_coq, root, "-j", "2")
    for n in range(1, 5):
        block = f'File "./A.v", line {n}, characters 25-36:\nError: Unable to unify "{n + 5}"'
        assert block in done.stderr
        assert f"in the proof of s{n} (wrong)" in done.stderr


def test_commands_that_coqc_passes_over_in_a_vio_are_run(vio_coq: Coq, tmp_path: Path) -> None:
    wrong = GOOD_ONE + "Print Assumptions good.\nPrint Assumptions absent.\n"
    root = make_project(
        vio_coq, tmp_path, A=wrong, B=GOOD_ONE + "Print good.\n", C="Print absent.\n"
    )
    vio2vo = vio_coq.run("proof-checker", "vio2vo", "-f", "_Project", cwd=root)
    for done in (check(vio_coq, root), vio2vo):
        assert done.returncode == 1
        assert 'File "./A.v", line 4, characters 18-24:\nError:' in done.stderr
        assert 'File "./C.v", line 1, characters 6-12:\nError:' in done.stderr
        assert "2 proofs in 3 files: 2 files not good" in done.stdout.splitlines()[-1]
    assert [path.name for path in root.glob("*.vo")] == ["B.vo"]


def test_a_default_for_proof_using_makes_no_task_of_a_proof_without_a_proof_sentence(
    vio_coq: Coq, tmp_path: Path
) -> None:
    section = "Section S.\nVariable A : Prop.\nLemma x : A -> A.\nexact (fun a => a).\nQed.\n"
    text = f'Set Default Proof Using "Type".\n{section}End S.\n'
    root = make_project(vio_coq, tmp_path, A=text)
    vio2vo = vio_coq.run("proof-checker", "vio2vo", "-f", "_Project", cwd=root)
    for done in (check(vio_coq, root), vio2vo):
        assert (done.returncode, done.stderr) == (0, "")
        assert "1 proof in 1 file checked" in done.stdout


def test_vio2vo_makes_every_vo_but_none_of_a_wrong_file(vio_coq: Coq, tmp_path: Path) -> None:
    root = make_project(vio_coq, tmp_path, A=GOOD, B=WRONG)
    (root / "B.vo").write_text("left from before")
    os.utime(root / "B.vo", (1, 1))
    done = vio_coq.run("proof-checker", "vio2vo", "-f", "_Project", "-j", "2", cwd=root)
    assert done.returncode == 1
    assert (root / "A.vo").exists()
    assert not (root / "B.vo").exists()
    assert "in the proof of two (wrong)" in done.stderr
    assert "in the proof of again (wrong)" in done.stderr


def test_vio2vo_starts_no_coqc_when_nothing_is_to_be_done(vio_coq: Coq, tmp_path: Path) -> None:
    root = make_project(vio_coq, tmp_path, A=GOOD)
    command = ["proof-checker", "vio2vo", "-f", "_Project"]
    assert vio_coq.run(*command, cwd=root).returncode == 0
    before = (root / "A.vo").stat().st_mtime_ns
    assert vio_coq.run(*command, cwd=root).returncode == 0
    assert (root / "A.vo").stat().st_mtime_ns == before


def test_a_vio_that_is_missing_or_stale_is_made(vio_coq: Coq, tmp_path: Path) -> None:
    root = make_project(vio_coq, tmp_path, A=GOOD, B="From Top Require A.\n" + GOOD, C=GOOD)
    with (root / "A.v").open("a") as source:
        source.write("Lemma late : 1 = 2.\nProof. reflexivity. Qed.\n")
    later = time.time() + 10
    os.utime(root / "A.v", (later, later))
    (root / "C.vio").unlink()
    untouched = (root / "B.vos").exists(), (root / "C.vos").read_bytes()
    done = check(vio_coq, root, "-j", "2")
    assert done.returncode == 1
    assert "in the proof of late (wrong)" in done.stderr
    assert "10 proofs in 3 files: 1 wrong" in done.stdout.splitlines()[-1]
    assert all((root / f"{name}.vio").exists() for name in "ABC")
    assert untouched == ((root / "B.vos").exists(), (root / "C.vos").read_bytes())


def test_a_file_of_which_no_vio_can_be_made_is_wrong_and_so_is_what_needs_it(
    vio_coq: Coq, tmp_path: Path
) -> None:
    root = make_project(vio_coq, tmp_path, A=GOOD, B="From Top Require A.\n", C=GOOD)
    bad = "Lemma first : 1 = 2.\nProof. reflexivity. Qed.\nCheck absent.\n"
    write_files(root, {"A.v": bad})
    for name in "ABC":
        (root / f"{name}.vio").unlink()
    vio2vo = vio_coq.run("proof-checker", "vio2vo", "-f", "_Project", cwd=root)
    for done in (check(vio_coq, root), vio2vo):
        assert done.returncode == 1
        assert "in the proof of first (wrong)" in done.stderr
        assert "B.v: not tried, because it needs A.v, which is wrong" in done.stdout + done.stderr
    assert [path.name for path in root.glob("*.vio")] == ["C.vio"]
    assert [path.name for path in root.glob("*.vo")] == ["C.vo"]


def test_only_the_files_asked_for_are_checked(vio_coq: Coq, tmp_path: Path) -> None:
    root = make_project(vio_coq, tmp_path, A=WRONG, B=GOOD)
    assert check(vio_coq, root, "B.v").returncode == 0
    assert "C.v: not a .v file of _Project" in check(vio_coq, root, "C.v").stderr


def test_plan_prints_the_schedule_and_its_ratio_to_the_lower_bound(
    vio_coq: Coq, tmp_path: Path
) -> None:
    root = make_project(vio_coq, tmp_path, A=GOOD, B=GOOD)
    command = ["proof-checker", "plan", "-f", "_Project", "-j", "2", "--engine", "vio"]
    plan = json.loads(vio_coq.run(*command, "--json", cwd=root).stdout)
    assert plan["makespan"] / plan["lower_bound"] == plan["ratio"] >= 1
    files = [visit["file"] for visits in plan["workers"] for visit in visits]
    assert sorted(files) == ["A.v", "B.v"]
    assert "ratio 1." in vio_coq.run(*command, cwd=root).stdout


def test_a_coqc_that_is_killed_is_no_wrong_proof(vio_coq: Coq, tmp_path: Path) -> None:
    """The machine failed: exit code 3, and nothing is called checked."""
    root = make_project(vio_coq, tmp_path, A=GOOD)
    bin_folder = write_files(tmp_path / "bin", {"coqc": "#!/bin/sh\nkill -KILL $$\n"})
    (bin_folder / "coqc").chmod(0o755)
    # find_toolchain has to accept it first
    done = helpers.check(vio_coq, root, engine="auto", COQBIN=str(bin_folder))
    assert done.returncode == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_its_workers(
    vio_coq: Coq, tmp_path: Path, number: signal.Signals
) -> None:
    for_ever = "do 99 do 99 do 99 do 99 do 99 do 99 idtac"
    slow = f"Lemma slow : True.\nProof. {for_ever}. exact I. Qed.\n"
    root = make_project(vio_coq, tmp_path, A=slow, B=slow)
    command = helpers.check_words(engine="vio")
    running = subprocess.Popen(
        command, cwd=root, env=vio_coq.environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        workers = _workers(running.pid)
        running.send_signal(number)
        assert running.wait(timeout=20) == 128 + number
        gone, alive = psutil.wait_procs(workers, timeout=20)
        assert (len(gone), alive) == (2, [])
    finally:
        running.kill()  # its workers go with it
        running.wait()


def _workers(pid: int) -> list[psutil.Process]:
    """The two coqc at work on tasks, once they are there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children = psutil.Process(pid).children(recursive=True)
        busy = [c for c in children if "-check-vio-tasks" in _words(c)]
        if len(busy) == 2:
            return busy
        time.sleep(0.05)
    raise AssertionError("no two workers")


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


def test_warnings_as_errors_do_not_mind_a_vio_beside_a_vo(vio_coq: Coq, tmp_path: Path) -> None:
    """As `make; make quick` leaves them; what coqc says of that is about us."""
    use = "From Top Require Import A.\nLemma b : 1 = 1.\nProof. exact outside. Qed.\n"
    root = make_project(vio_coq, tmp_path, A=GOOD, B=use)
    with (root / "_Project").open("a") as project:
        project.write("\n-arg -w -arg +default\n")
    for words in (("A.v",), ("B.v",), ("-vio", "A.v"), ("-vio", "B.v")):
        done = vio_coq.run(*vio_coq.toolchain.coqc, "-q", "-Q", ".", "Top", *words, cwd=root)
        assert done.returncode == 0, done.stderr
    (root / "A.vos").unlink()
    commands = [("check", "--engine", engine) for engine in ("snapshot", "vio", "vok")]
    for command in (*commands, ("vio2vo",)):
        done = vio_coq.run("proof-checker", *command, "-f", "_Project", "-j", "1", cwd=root)
        assert (done.returncode, done.stderr) == (0, ""), command


def test_theorems_that_are_proved_together_are_no_task(vio_coq: Coq, tmp_path: Path) -> None:
    together = "Lemma a (n : nat) : n = n with b (n : nat) : n = n.\nProof.\nall: {}.\nQed.\n"
    text = "Fixpoint c (n : nat) : True.\nProof.\nexact I.\nQed.\n" + together
    of_tasks = proofs_of_tasks(read_document(text.encode()), 1) or ()
    assert [proof.name for proof in of_tasks] == ["c"]
    root = make_project(vio_coq, tmp_path, A=text.format("reflexivity"))
    done = check(vio_coq, root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 proofs in 1 file checked" in done.stdout
    write_files(root, {"A.v": text.format("(apply b || apply a)")})
    done = check(vio_coq, root)
    assert done.returncode == 1
    assert "line 8, characters 0-4" in done.stderr
