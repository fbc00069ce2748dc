"""The .vok engine, on every Coq: check marks good files, vio2vo makes every .vo."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.helpers import Coq, write_files, write_project

pytestmark = pytest.mark.ends

GOOD = {
    "base.v": "Lemma base : 1 = 1. Proof. reflexivity. Qed.\n",
    "left.v": "From P Require Import base.\nLemma left : 1 = 1. Proof. exact base. Qed.\n",
    "right.v": "From P Require Import base.\nLemma right : 1 = 1. Proof. exact base. Qed.\n",
    "top.v": "From P Require Import left right.\nLemma top : 1 = 1. Proof. exact left. Qed.\n",
}
WRONG = "From P Require Import base.\nLemma left : 1 = 1.\nProof.\n  exact I.\nQed.\n"
WRONG_MESSAGE = (
    'File "./left.v", line 4, characters 8-9:\n'
    'Error: The term "I" has type "True" while it is expected to have type "1 = 1".\n'
    "  in the proof of left (wrong)\n"
)
WRONG_STATEMENT = "From P Require Import base.\nLemma left : 1.\nProof. exact base. Qed.\n"


def project(root: Path, files: dict[str, str]) -> Path:
    return write_project(root, files, "-Q . P")


def checker(coq: Coq, root: Path, command: str, *words: str) -> subprocess.CompletedProcess[str]:
    engine = ("--engine", "vok", "-f", "_Project")
    return coq.run("proof-checker", command, *engine, *words, cwd=root)


def stems(root: Path, suffix: str, *, filled: bool = False) -> list[str]:
    """The files of that kind, by their stems; the filled ones only."""
    found = (path for path in root.glob(f"*{suffix}") if not filled or path.stat().st_size)
    return sorted(path.stem for path in found)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return re.sub(r"[\d.]+ s\b", "T s", done.stdout.splitlines()[-1])


def times(root: Path, suffix: str) -> dict[str, int]:
    return {path.stem: path.stat().st_mtime_ns for path in root.glob(f"*{suffix}")}


ALL = ["base", "left", "right", "top"]
NEEDED = ALL[:-1]  # by others: only these have to have an interface


# check.


def test_check_marks_every_good_file(coq: Coq, tmp_path: Path) -> None:
    done = checker(coq, project(tmp_path, GOOD), "check", "-j", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert last_line(done) == "4 proofs in 4 files checked in T s with 2 workers"
    assert stems(tmp_path, ".vok") == ALL
    assert stems(tmp_path, ".vos", filled=True) == NEEDED
    assert stems(tmp_path, ".vo") == []


def test_a_wrong_proof_stops_no_other_file(coq: Coq, tmp_path: Path) -> None:
    done = checker(coq, project(tmp_path, {**GOOD, "left.v": WRONG}), "check", "-j", "2")
    assert done.returncode == 1
    assert done.stderr.startswith(WRONG_MESSAGE)
    assert last_line(done) == "4 proofs in 4 files: 1 wrong, 1 file not good in T s with 2 workers"
    assert stems(tmp_path, ".vok") == ["base", "right", "top"]


def test_a_limit_that_the_engine_cannot_keep_is_refused(coq: Coq, tmp_path: Path) -> None:
    done = checker(coq, project(tmp_path, GOOD), "check", "--proof-timeout", "1")
    assert done.returncode == 2
    assert done.stderr.startswith("proof-checker: error: --proof-timeout: the engine vok cannot")


def test_a_file_that_became_wrong_loses_its_mark(coq: Coq, tmp_path: Path) -> None:
    checker(coq, project(tmp_path, GOOD), "check")
    write_files(tmp_path, {"left.v": WRONG})
    assert checker(coq, tmp_path, "check").returncode == 1
    assert stems(tmp_path, ".vok") == ["base", "right", "top"]


def test_what_needs_a_wrong_statement_is_named(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, {**GOOD, "left.v": WRONG_STATEMENT})
    done = checker(coq, root, "check", "-j", "2")
    assert done.returncode == 1
    assert done.stderr.count('File "./left.v", line 2, characters 13-14:') == 1
    assert "top.v: not tried, because it needs left.v, which is wrong" in done.stderr
    assert stems(tmp_path, ".vok") == ["base", "right"]


def test_every_wrong_proof_of_a_file_is_reported(coq: Coq, tmp_path: Path) -> None:
    text = (
        "Lemma a : 1 = 2. Proof. reflexivity. Qed.\n"
        "Lemma b : 1 = 1. Proof. reflexivity. Qed.\n"
        "Module M.\n"
        "Lemma c : 1 = 3. reflexivity. Qed. Lemma d : 1 = 4. Proof. reflexivity. Defined.\n"
        "End M.\n"
        "Section S.\n"
        "Variable n : nat.\n"
        "Lemma e : n = n. Proof using n. exact I. Qed.\n"
        "Lemma f : n = n. Proof using n. reflexivity. Qed.\n"
        "End S.\n"
        "Lemma g : forall n : nat, n = n.\n"
        "Proof. exact f. Qed.\n"
        "Lemma h : 1 = 1.\n"
        "Proof. auto.\n"
        "  auto. Qed.\n"
    )
    done = checker(coq, project(tmp_path, {"all.v": text}), "check")
    wrong = re.findall(
        r'"./all.v", line (\d+), characters (\d+)-|in the proof of (.*) \(', done.stderr
    )
    assert ["".join(words) for words in wrong] == [
        *("124", "a"),
        *("417", "M.c"),
        *("459", "M.d"),
        *("838", "e"),
        *("152", "h"),
    ]
    assert last_line(done) == "8 proofs in 1 file: 5 wrong, 1 file not good in T s with 2 workers"


def test_an_error_that_may_follow_from_another_says_so(coq: Coq, tmp_path: Path) -> None:
    text = (
        "Definition two : nat.\nProof. exact (1 = 2). Defined.\n"
        "Lemma even : Nat.even two = true.\nProof. reflexivity. Qed.\n"
    )
    done = checker(coq, project(tmp_path, {"a.v": text}), "check")
    assert done.returncode == 1
    first, second = done.stderr.split("in the proof of two (wrong)")
    assert "perhaps" not in first
    assert "(perhaps only because the proof of two is wrong)" in second


def test_only_the_files_asked_for_are_checked(coq: Coq, tmp_path: Path) -> None:
    done = checker(coq, project(tmp_path, GOOD), "check", "right.v")
    assert last_line(done).startswith("1 proof in 1 file checked")
    assert stems(tmp_path, ".vok") == ["right"]
    assert stems(tmp_path, ".vos", filled=True) == ["base"]


def test_interfaces_that_are_up_to_date_stay(coq: Coq, tmp_path: Path) -> None:
    checker(coq, project(tmp_path, GOOD), "check")
    before = times(tmp_path, ".vos")
    checker(coq, tmp_path, "check")
    assert times(tmp_path, ".vos") == before


@pytest.mark.parametrize("spoil", ["missing", "older", "empty", "another version's"])
def test_an_interface_that_is_not_up_to_date_is_made_again(
    coq: Coq, tmp_path: Path, spoil: str
) -> None:
    checker(coq, project(tmp_path, GOOD), "check")
    before = times(tmp_path, ".vos")
    vos = tmp_path / "left.vos"
    match spoil:
        case "missing":
            vos.unlink()
        case "older":
            os.utime(vos, ns=(1, 1))
        case "empty":
            vos.write_bytes(b"")
        case _:
            vos.write_bytes(b"Coq!\0\0\0\7" + vos.read_bytes()[8:])
    assert checker(coq, tmp_path, "check").returncode == 0
    after = times(tmp_path, ".vos")
    # It tells the same as before, and so does what needs it: that keeps its time.
    assert [stem for stem in NEEDED if after[stem] != before[stem]] == ["left"]


# vio2vo.


def test_vio2vo_makes_every_vo(coq: Coq, tmp_path: Path) -> None:
    done = checker(coq, project(tmp_path, GOOD), "vio2vo", "-j", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert last_line(done) == "4 proofs in 4 files checked in T s with 2 workers"
    load = "From P Require Import top. Check top.\n"
    write_files(tmp_path, {"use/use.v": load})
    assert coq.run("coqc", "-Q", ".", "P", "use/use.v", cwd=tmp_path).returncode == 0
    checked = coq.run(*coq.toolchain.coqchk, "-silent", "-Q", ".", "P", "P.top", cwd=tmp_path)
    assert checked.returncode == 0


def test_only_what_is_out_of_date_is_made_again(coq: Coq, tmp_path: Path) -> None:
    checker(coq, project(tmp_path, GOOD), "vio2vo")
    before = times(tmp_path, ".vo")
    (tmp_path / "right.v").touch()
    done = checker(coq, tmp_path, "vio2vo")
    assert last_line(done).startswith("4 proofs in 4 files checked")
    after = times(tmp_path, ".vo")
    assert [stem for stem in ALL if after[stem] != before[stem]] == ["right", "top"]


@pytest.mark.parametrize(("command", "product"), [("check", ".vos"), ("vio2vo", ".vo")])
def test_what_was_made_with_other_arguments_is_made_again(
    coq: Coq, tmp_path: Path, command: str, product: str
) -> None:
    paradox = {"a.v": "Definition t : Type := Type.\nCheck (t : t).\n"}
    root = project(tmp_path, paradox)
    assert checker(coq, root, command, "--arg=-type-in-type").returncode == 0
    before = times(tmp_path, product)
    assert checker(coq, root, command, "--arg=-type-in-type").returncode == 0
    assert times(tmp_path, product) == before
    done = checker(coq, root, command)
    assert done.returncode == 1
    assert 'The term "t" has type "Type"' in done.stderr


def test_a_vo_is_never_built_on_a_vio(coq: Coq, tmp_path: Path) -> None:
    """coqc loads F.vio where it is newer than F.vo."""
    if not coq.toolchain.has_vio:
        assert coq.toolchain.version >= (8, 20)
        return
    checker(coq, project(tmp_path, GOOD), "vio2vo")
    for stem in ALL:
        assert coq.run("coqc", "-vio", "-Q", ".", "P", f"{stem}.v", cwd=tmp_path).returncode == 0
    (tmp_path / "top.v").touch()
    done = checker(coq, tmp_path, "vio2vo")
    assert (done.returncode, done.stderr) == (0, "")
    vo, vio = times(tmp_path, ".vo"), times(tmp_path, ".vio")
    assert all(vo[stem] > vio[stem] for stem in ALL)


def test_no_vo_is_left_of_a_wrong_file_and_what_needs_it_is_named(coq: Coq, tmp_path: Path) -> None:
    checker(coq, project(tmp_path, GOOD), "vio2vo")
    write_files(tmp_path, {"left.v": WRONG})
    done = checker(coq, tmp_path, "vio2vo", "-j", "2")
    assert done.returncode == 1
    assert done.stderr.startswith(WRONG_MESSAGE)
    assert "top.v: not tried, because it needs left.v, which is wrong" in done.stderr
    assert "left" not in stems(tmp_path, ".vo")
    assert {"base", "right"} <= set(stems(tmp_path, ".vo"))


def test_interfaces_fit_each_other_when_a_vo_was_made(coq: Coq, tmp_path: Path) -> None:
    """An emptied .vos stands for the .vo, which may not fit those that loaded the .vos."""
    universes = {
        "a.v": "Definition S := Type. Definition T := Type.\n"
        "Lemma a : S -> T. Proof. exact (fun x => x). Qed.\n",
        "b.v": "From P Require Import a.\nLemma b : S -> T. Proof. exact a. Qed.\n",
        "c.v": "From P Require Import a b.\nLemma c : S -> T. Proof. exact b. Qed.\n",
    }
    checker(coq, project(tmp_path, universes), "check")
    assert checker(coq, tmp_path, "vio2vo", "a.v").returncode == 0
    assert stems(tmp_path, ".vo") == ["a"]
    assert checker(coq, tmp_path, "check").returncode == 0


def test_interfaces_that_coqc_emptied_by_hand_do_no_harm(coq: Coq, tmp_path: Path) -> None:
    checker(coq, project(tmp_path, GOOD), "check")
    coq.run("coqc", "-Q", ".", "P", "base.v", cwd=tmp_path)
    assert checker(coq, tmp_path, "check").returncode == 0


def test_files_that_need_each_other_are_an_error_of_the_user(coq: Coq, tmp_path: Path) -> None:
    files = {"a.v": "From P Require b.\n", "b.v": "From P Require a.\n"}
    done = checker(coq, project(tmp_path, files), "vio2vo")
    assert done.returncode == 2
    assert re.match(r"proof-checker: error: .* -> .*: these files need each other", done.stderr)


def test_at_most_j_coqcs_run_at_once(coq: Coq, tmp_path: Path) -> None:
    """A coqc of ours counts how many of it are alive."""
    shim = tmp_path / "bin" / "coqc"
    alive = tmp_path / "alive"
    alive.mkdir()
    write_files(
        tmp_path,
        {
            "bin/coqc": f'#!/bin/sh\ntouch "{alive}/$$"\nls "{alive}" | wc -l >>"{tmp_path}/most"\n'
            f'"{coq.folder}/coqc" "$@"\ncode=$?\nrm "{alive}/$$"\nexit $code\n',
            "bin/coqdep": f'#!/bin/sh\nexec "{coq.folder}/coqdep" "$@"\n',
        },
    )
    shim.chmod(0o755)
    (tmp_path / "bin/coqdep").chmod(0o755)
    leaves = {f"leaf{n}.v": "Lemma a : True. Proof. exact I. Qed.\n" for n in range(6)}
    root = project(tmp_path / "project", leaves)
    for jobs, most in (("1", {1}), ("3", {2, 3})):
        (tmp_path / "most").write_text("")
        done = coq.run(
            *("proof-checker", "vio2vo", "--engine", "vok", "-f", "_Project", "-j", jobs),
            cwd=root,
            environ={"COQBIN": str(shim.parent)},
        )
        assert done.returncode == 0
        assert max(map(int, (tmp_path / "most").read_text().split())) in most
        for vo in root.glob("*.vo"):
            vo.unlink()


@pytest.mark.parametrize(("command", "product"), [("check", ".vok"), ("vio2vo", ".vo")])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_leaves_nothing_half_made(
    coq: Coq, tmp_path: Path, command: str, product: str, number: signal.Signals
) -> None:
    for_ever = "do 99 do 99 do 99 do 99 do 99 do 99 idtac"
    slow = dict.fromkeys(("a.v", "b.v"), f"Lemma slow : True.\nProof. {for_ever}. exact I. Qed.\n")
    root = project(tmp_path, slow)
    for name in slow:
        assert coq.run("coqc", "-vos", "-Q", ".", "P", name, cwd=root).returncode == 0
    words = ["proof-checker", command, "--engine", "vok", "-f", "_Project", "-j", "2"]
    running = subprocess.Popen(
        words, cwd=root, env=coq.environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        workers = two_coqcs(running)
        running.send_signal(number)
        assert running.wait(timeout=30) == 128 + number
        gone, alive = psutil.wait_procs(workers, timeout=20)
        assert (len(gone), alive) == (2, [])
    finally:
        running.kill()  # its workers go with it
        running.wait()
    assert stems(root, product) == []
    assert stems(root, ".vos", filled=True) == ["a", "b"]
    assert [path.name for path in root.iterdir() if "tmp" in path.name or "vos." in path.name] == []


def two_coqcs(checker: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The two coqc at work on a.v and b.v, once they are there."""
    while checker.poll() is None:
        children = psutil.Process(checker.pid).children(recursive=True)
        busy = [child for child in children if last_word(child) in ("a.v", "b.v")]
        if len(busy) == 2:
            return busy
        time.sleep(0.05)
    raise AssertionError("the check has ended")


def last_word(process: psutil.Process) -> str:
    try:
        return process.cmdline()[-1]
    except (psutil.Error, IndexError):  # it has just ended
        return ""
