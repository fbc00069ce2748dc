"""What people expect of any command: it finds its project, takes folders, knows what was meant."""

import os
import sys
from pathlib import Path

import pytest

from tests.helpers import GOOD, Coq, every_coq, write_files, write_project

pytestmark = pytest.mark.once

ENTERING = "proof-checker: Entering directory '"  # as make says it
SOURCES = {"theories/A.v": GOOD, "theories/sub/B.v": GOOD, "Top.v": GOOD}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of three files, in three folders."""
    return write_files(tmp_path, {**SOURCES, "_CoqProject": f"-Q . T\n{' '.join(SOURCES)}\n"})


def checked(coq: Coq, folder: Path, *words: str) -> set[str]:
    """Which files a command says are checked."""
    done = coq.run("proof-checker", *words, cwd=folder)
    assert (done.returncode, told(done.stderr)) == (0, [])
    return {line[len("checked ") :] for line in done.stdout.splitlines() if "checked " in line[:8]}


def refused(coq: Coq, folder: Path, *words: str) -> list[str]:
    """What a command says on standard error, which ends with 2."""
    done = coq.run("proof-checker", *words, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    return told(done.stderr)


def told(errors: str) -> list[str]:
    """The lines of what a command says on standard error, without that it went to its project."""
    return [line for line in errors.splitlines() if not line.startswith(ENTERING)]


def test_the_project_file_is_found_and_files_are_relative_to_where_one_is(
    coq: Coq, root: Path
) -> None:
    assert checked(coq, root, "check") == set(SOURCES)
    assert checked(coq, root / "theories/sub", "check") == set(SOURCES)
    assert checked(coq, root / "theories", "check", "A.v", "../Top.v") == {"theories/A.v", "Top.v"}
    assert checked(coq, root / "theories", "vio2vo", "A.v") == {"theories/A.v"}
    for command in ("interfaces", "plan", "using", "ledger"):
        done = coq.run("proof-checker", command, cwd=root / "theories")
        assert (done.returncode, told(done.stderr)) == (0, []), command


def test_what_is_told_of_files_is_meant_from_the_folder_that_it_says(coq: Coq, root: Path) -> None:
    (root / "Top.v").write_text("Lemma bad : 1 = 2. Proof. reflexivity. Qed.\n")
    for folder, said in ((root, []), (root / "theories", [f"{ENTERING}{root}'"])):
        first, *_, again = coq.run("proof-checker", "check", cwd=folder).stderr.splitlines()
        assert [line for line in [first] if line.startswith(ENTERING)] == said
        command = again.partition("to see it again: ")[2].split()
        assert "Unable to unify" in coq.run(*command, cwd=root).stderr


def test_minus_c_stands_before_or_after_the_command(coq: Coq, root: Path, tmp_path: Path) -> None:
    for words in (("-C", "theories", "check", "sub"), ("check", "sub", "-C", "theories")):
        assert checked(coq, tmp_path, *words) == {"theories/sub/B.v"}
    assert checked(coq, root, "check", "-C", "theories", "-C", "sub", "B.v") == {"theories/sub/B.v"}
    assert refused(coq, root, "check", "-C", "no")[-1].endswith(
        "check: error: -C no: No such file or directory; name a folder"
    )
    assert coq.run("proof-workmgr", "-C", "/", "--version", cwd=root).returncode == 0


def test_a_folder_stands_for_the_files_below_it(coq: Coq, root: Path) -> None:
    (root / "docs").mkdir()
    assert checked(coq, root, "check", "theories") == {"theories/A.v", "theories/sub/B.v"}
    assert checked(coq, root / "theories", "check", ".") == {"theories/A.v", "theories/sub/B.v"}
    assert checked(coq, root, "check", "theories/sub/", "Top.v") == {"theories/sub/B.v", "Top.v"}
    assert refused(coq, root, "check", "docs") == [
        "proof-checker: error: docs: no .v file of _CoqProject is in this folder; name another"
    ]
    done = coq.run("proof-checker", "interfaces", "--vos", "theories", cwd=root)
    assert done.returncode == 0
    made = {path.name for folder in SOURCES for path in (root / folder).parent.glob("*.vos")}
    assert made == {"A.vos", "B.vos"}


def test_a_file_that_is_not_there_may_be_another_that_was_meant(coq: Coq, root: Path) -> None:
    for folder, name, meant in (
        (root, "A.v", "theories/A.v"),
        (root, "theories/Toop.v", "Top.v"),
        (root / "theories", "B.v", "sub/B.v"),
    ):
        (line,) = refused(coq, folder, "check", name)
        assert line.endswith(f"CoqProject; did you mean {meant}?")
    (line,) = refused(coq, root, "check", "Nothing_like_it.v")
    assert line.endswith("not a .v file of _CoqProject; add it there or name another")
    (line,) = refused(coq, root, "proofs", "theories/a.v")
    assert line.endswith("theories/a.v: no such file; did you mean theories/A.v?")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("chek",), "argument COMMAND: there is no 'chek'; did you mean check?"),
        (("check", "--recheckk"), "unknown option --recheckk; did you mean --recheck?"),
        (("check", "--timeout=3"), "unknown option --timeout; did you mean --proof-timeout?"),
        (("plan", "--kaboom"), "unknown option --kaboom"),
        (("vio2vo", "--engine", "vk"), "argument --engine: there is no 'vk'; did you mean vok?"),
        (("proofs", "A.v", "B.v"), "B.v is one word too many"),
        (("interfaces", "--engine", "vok"), "unknown option --engine"),
        (("plan", "--quiet"), "unknown option --quiet"),
        (("ledger", "--memory=6G"), "unknown option --memory"),
    ],
)
def test_what_is_mistyped_is_told_with_the_usage_of_its_command(
    coq: Coq, root: Path, words: tuple[str, ...], complaint: str
) -> None:
    usage, *_, last = refused(coq, root, *words)
    command = "proof-checker" if words == ("chek",) else f"proof-checker {words[0]}"
    assert usage.startswith(f"usage: {command} [-h]")
    assert last == f"{command}: error: {complaint}"


def test_a_source_that_is_a_pipe_makes_nobody_wait(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.v": ""})
    (tmp_path / "a.v").unlink()
    os.mkfifo(tmp_path / "a.v")
    for command in ("check", "interfaces", "vio2vo", "plan", "using"):
        done = every_coq()[0].run(
            "timeout", "60", "proof-checker", command, "-f", "_Project", cwd=tmp_path
        )
        assert (done.returncode, done.stderr[:33]) == (2, "proof-checker: error: a.v: a pipe")


def test_a_time_may_have_units(coq: Coq, root: Path) -> None:
    assert checked(coq, root, "check", "--proof-timeout", "1h30m") == set(SOURCES)
    for time in ("5x", "m", "", "-1", "1m1h", "inf"):
        line = refused(coq, root, "check", f"--proof-timeout={time}")[-1]
        assert line.endswith(f"{time!r} is not a time; give seconds, or 90s, 5m, 1h30m")


def test_what_an_action_of_the_ledger_would_pass_over_is_refused(coq: Coq, root: Path) -> None:
    for words, complaint in (
        (("show", "A.v"), "ledger show takes no file, such as A.v"),
        (("gc", "--json"), "ledger gc takes no --json; that is for show"),
    ):
        assert refused(coq, root, "ledger", *words) == [f"proof-checker: error: {complaint}"]


def test_the_limit_of_a_work_manager_that_runs_is_not_changed_in_silence(
    coq: Coq, tmp_path: Path
) -> None:
    done = coq.run("proof-workmgr", "--status", "-j", "3", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("proof-workmgr: error: -j is for the start")


@pytest.mark.parametrize("module", ["checker", "makegen", "checker.workers.manager"])
def test_every_command_is_a_module_too(coq: Coq, tmp_path: Path, module: str) -> None:
    done = coq.run(sys.executable, "-m", module, "--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.startswith("proof-")) == (0, True)
