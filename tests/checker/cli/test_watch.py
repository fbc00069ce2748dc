"""`proof-checker check --watch`: again whenever a source changes."""

import signal
import sys
from pathlib import Path

import pytest

from tests.helpers import Coq

pytestmark = pytest.mark.once


def test_a_check_is_made_again_when_a_source_changes(coq: Coq, tmp_path: Path) -> None:
    (tmp_path / "_CoqProject").write_text("-Q . W\na.v\n")
    (tmp_path / "a.v").write_text("Lemma a : 1 = 1. Proof. reflexivity. Qed.\n")
    check = coq.start("proof-checker", "check", "-f", "_CoqProject", "--watch", cwd=tmp_path)
    assert check.stdout
    told: list[str] = []

    def until(words: str) -> None:
        assert check.stdout
        while words not in "".join(told[-2:]):
            line = check.stdout.readline()
            assert line, "".join(told)
            told.append(line)

    try:
        until("1 proof in 1 file checked")
        (tmp_path / "a.v").write_text("Lemma a : 1 = 2. Proof. reflexivity. Qed.\n")
        until("1 file not good")
        (tmp_path / "_CoqProject").write_text("-Q . W\nb.v\n")
        until("b.v: no such file")
        (tmp_path / "_CoqProject").write_text("-Q . W\na.v\n")
        until("1 file not good")
        check.send_signal(signal.SIGINT)
        assert check.wait() == 128 + signal.SIGINT
    finally:
        check.kill()
        check.stdout.close()


def test_without_watchfiles_it_says_what_to_install(coq: Coq, tmp_path: Path) -> None:
    (tmp_path / "watchfiles.py").write_text("raise ImportError('no module named watchfiles')\n")
    (tmp_path / "_CoqProject").write_text("-Q . W\n")
    words = (sys.executable, "-m", "checker", "check", "-f", "_CoqProject", "--watch")
    done = coq.run(*words, cwd=tmp_path, environ={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert "pip install 'proof-makefile[watch]'" in done.stderr
