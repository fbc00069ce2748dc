"""Whatever fails, a command says it in one line, and only a wrong proof or file is exit code 1."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from makegen.base.errors import MachineError, UserError
from makegen.base.guard import guarded
from tests.helpers import Coq, write_files

Output = pytest.CaptureFixture[str]
SOURCE = "Lemma one : 1 = 1. Proof. reflexivity. Qed.\nLemma two : 2 = 2. Proof. auto. Qed.\n"
WRONG = SOURCE + "Lemma three : 3 = 4. Proof. reflexivity. Qed.\n"


def failing(error: Exception) -> int:
    raise error


def shell(script: str, folder: Path, environ: Mapping[str, str] = os.environ) -> tuple[int, str]:
    """Runs a script in which OURS is `python -m`; its exit code, and what is on stderr."""
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**environ, "OURS": f"{sys.executable} -P -m"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_defect_is_one_line_and_what_to_report(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert guarded("ours", lambda: failing(ZeroDivisionError("two\nlines"))) == 3
    (saved,) = tmp_path.iterdir()
    line = f"ZeroDivisionError: two lines; this is a defect of ours: please report it with {saved}"
    assert capsys.readouterr().err == f"ours: error: {line}\n"
    assert "in failing" in saved.read_text()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert guarded("ours", lambda: failing(ZeroDivisionError())) == 3
    assert "its place test_guard.py:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UserError("F.v: no"), 2, "F.v: no"),
        (OSError(28, "No space left", "F.v"), 3, "F.v: No space left"),
        (OSError(28, "No space left"), 3, "No space left"),
        (MemoryError(), 3, "no memory is left"),
        (ExceptionGroup("", [ValueError(), ExceptionGroup("", [MachineError("no")])]), 3, "no"),
    ],
)
def test_other_failures_are_one_line(
    error: Exception, code: int, line: str, capsys: Output
) -> None:
    assert guarded("ours", lambda: failing(error)) == code
    assert capsys.readouterr().err == f"ours: error: {line}\n"


def test_what_cannot_be_printed_is_the_machines_failure(tmp_path: Path) -> None:
    write_files(tmp_path, {"F.v": SOURCE, "_P": "-Q . T\nF.v\n"})
    for command in ("checker sentences F.v", "makegen -f _P -sources-of", "checker ledger -f _P"):
        full = shell(f"$OURS {command} > /dev/full", tmp_path)
        assert full[0] == 3
        assert full[1].endswith(": error: No space left on device\n")
        assert shell(f"$OURS {command} >&- 2>&- <&-", tmp_path) == (0, "")
        assert shell(f"$OURS {command} 2> /dev/full", tmp_path) == (0, "")
        gone = shell(f"{{ sleep 1; $OURS {command}; echo $? >&2; }} | true", tmp_path)
        assert gone == (0, "3\n")


def test_any_name_is_printed_in_any_locale(tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    name = "no-\udcff-é-∀"
    code, said = shell(f"$OURS checker sentences {name}.v", tmp_path, environ)
    assert code == 2
    assert "no such file" in said
    write_files(tmp_path, {"F.v": "Definition é := 1.\n"})
    assert shell("$OURS checker sentences F.v", tmp_path, environ) == (0, "")


@pytest.mark.ends
def test_a_verdict_stands_where_it_cannot_be_kept(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path, {"F.v": WRONG, "G.v": SOURCE, "_P": "-Q . T\nF.v G.v\n"})
    (root / ".proof-makefile/proofs.db").mkdir(parents=True)
    (root / "F.vok").mkdir()
    done = coq.run("proof-checker", "check", "-f", "_P", cwd=root)
    assert done.returncode == 1
    assert "wrong F.v\nchecked G.v" in done.stdout or "checked G.v\nwrong F.v" in done.stdout
    warnings = [line for line in done.stderr.splitlines() if "warning" in line]
    assert [line.split(" (")[0] for line in warnings] == [
        f"proof-checker: warning: {root}/.proof-makefile/proofs.db cannot be written",
        "proof-checker: warning: no .vok can be written or removed",
    ]


@pytest.mark.ends
def test_an_interface_that_cannot_be_written_is_the_machines_failure(
    coq: Coq, tmp_path: Path
) -> None:
    files = {"F.v": SOURCE, "G.v": "From T Require F.\n" + SOURCE, "_P": "-Q . T\nF.v G.v\n"}
    root = write_files(tmp_path, {**files, "F.vos/inside": ""})
    done = coq.run("proof-checker", "check", "--engine", "vok", "-f", "_P", cwd=root)
    assert done.returncode == 3
    assert done.stdout in ("", "checked F.v\n")  # which is so, if it was found out before
    assert done.stderr == "proof-checker: error: F.vos: Is a directory\n"
    script = "proof-checker check -f _P | true; exit ${PIPESTATUS[0]}"
    (root / "F.vos/inside").unlink()
    (root / "F.vos").rmdir()
    assert shell(script, root, coq.environ) == (3, "")


@pytest.mark.ends
def test_a_coqc_that_cannot_write_says_nothing_of_the_proofs(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path, {"F.v": SOURCE, "_P": "-Q . T\nF.v\n", "F.glob/inside": ""})
    done = coq.run("proof-checker", "vio2vo", "--engine", "vok", "-f", "_P", cwd=root)
    assert done.returncode == 3
    assert "Is a directory" in done.stderr


def test_an_absent_source_is_named(coq: Coq, tmp_path: Path) -> None:
    files = {"F.v": SOURCE, "_P": "-Q . T\nF.v G.v\n", "Makefile.local": "G.v: ; touch G.v\n"}
    root = write_files(tmp_path, files)
    for command in ("check", "interfaces", "vio2vo", "using", "plan"):
        done = coq.run("proof-checker", command, "-f", "_P", cwd=root)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("proof-checker: error: G.v: no such file; make it")
        assert done.stderr.count("\n") == 1
