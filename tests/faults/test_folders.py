"""Wherever a project lies, and however its folder is called: the same verdicts."""

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.faults.fuzzing import SOURCES, see_the_truth
from tests.helpers import Coq, every_coq, workers_of, write_project

COQ = every_coq()[0]
ODD = "a 'b' \"c\" $HOME #d: 100% \\ é\n`e`;&|(*)[?]{~}!<>="
NAMES = (
    *("a b", "it's", 'q"q', "é", "\n", "-lead", "$HOME", "#x", "a:b", "100%", "a;b", "a&b"),
    *("(x)", "*", "[a]", "~", "a\\b", "`id`", "=", "a,b", "\udcff", "tab\tx", "!", "{a}", "<x>"),
    *("|", "x" * 250, "/".join(["y" * 200] * 8), "\u202e"),
)
SLOW = "do 10000000 idtac."  # a second or two
BUILT = {"check": 1, "interfaces": 0, "vio2vo": 1, "make": 2}


def see(coq: Coq, root: Path, command: str = "check") -> str:
    """The command does its work there; what it says."""
    told = root / "told.json"
    words: tuple[str, ...] = ("proof-checker", command, "-f", "_Project", "-j2")
    if command == "make":
        assert (
            coq.run("proof-makefile", "-f", "_Project", "-o", "Makefile", cwd=root).returncode == 0
        )
        words = ("make", "-k")
    elif command != "interfaces":
        words = (*words, "--json", "told.json")
    done = coq.run(*words, cwd=root)
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == BUILT[command], said
    if told.exists():
        see_the_truth(json.loads(told.read_text()), said, is_whole=command == "check")
    return said


@pytest.mark.parametrize("command", ["check", "make"])
def test_a_folder_may_have_any_name(command: str, tmp_path: Path) -> None:
    assert 'The term "one" has type' in see(COQ, write_project(tmp_path / ODD, SOURCES), command)


@pytest.mark.full
@pytest.mark.parametrize("command", BUILT)
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_may_have_each_name(coq: Coq, name: str, command: str, tmp_path: Path) -> None:
    see(coq, write_project(tmp_path / name, SOURCES), command)


def test_a_project_that_was_moved_or_is_reached_by_a_link_keeps_what_is_known(
    tmp_path: Path,
) -> None:
    root = write_project(tmp_path / "before", SOURCES)
    see(COQ, root)
    root = root.rename(tmp_path / "after")
    assert "0 checked now, 4 known" in see(COQ, root)
    (tmp_path / "link").symlink_to(root)
    assert "0 checked now, 4 known" in see(COQ, tmp_path / "link")


def test_who_was_stopped_goes_on(tmp_path: Path) -> None:
    slow = {**SOURCES, "Slow.v": f"Lemma slow : True.\nProof. {SLOW} exact I. Qed.\n"}
    root = write_project(tmp_path / "work", slow)
    words = ("proof-checker", "check", "-f", "_Project", "-j2", "--json", "told.json")
    with subprocess.Popen(words, cwd=root, env=COQ.environ, stdout=-3, stderr=-3) as run:
        was_coqc = False
        while not was_coqc:
            assert run.poll() is None, "it ended before a coqc could be stopped"
            for process in workers_of(root):
                with contextlib.suppress(psutil.NoSuchProcess):
                    was_coqc |= _was_stopped(process) and "coqc" in process.name()
        assert run.wait() == 1
    see_the_truth(json.loads((root / "told.json").read_text()), "", is_whole=True)
    assert not workers_of(root)


def _was_stopped(process: psutil.Process) -> bool:
    """Stop it and have it go on; whether it stood still."""
    process.send_signal(signal.SIGSTOP)
    try:
        while process.status() not in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE):
            pass
        return process.status() == psutil.STATUS_STOPPED
    finally:
        process.send_signal(signal.SIGCONT)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_two_users_check_one_project(tmp_path: Path) -> None:
    from tests.faults.environment import NOBODY, STRANGER  # noqa: PLC0415

    root = write_project(tmp_path / "work", SOURCES)
    see(COQ, root)
    for path in (root, *root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    words = (*STRANGER, "proof-checker", "check", "-f", "_Project", "-j2")
    (root / "Base.v").write_text(SOURCES["Base.v"] + "Lemma two : 2 = 2.\nProof. easy. Qed.\n")
    done = COQ.run(*words, cwd=root)
    assert done.returncode == 1, done.stderr
    assert "proofs.db cannot be written" in done.stderr
    assert "wrong Left.v:5:14 bad: " in done.stdout
    assert len(done.stdout.splitlines()) == 4, done.stdout
    see(COQ, root)
