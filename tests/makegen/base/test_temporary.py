"""Temporary folders: gone with their maker, or with the next run where that was killed."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from makegen.base.temporary import place, temporary_folder

MAKE = """
import os, signal, sys
from makegen.base.temporary import temporary_folder
with temporary_folder() as folder:
    (folder / "inside").write_text("")
    print(folder, flush=True)
    sys.stdin.read()
"""


def maker(base: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that has made a folder and keeps it until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKE],
        env={**os.environ, "TMPDIR": str(base)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_gone_afterwards(tmp_path: Path) -> None:
    with temporary_folder(str(tmp_path)) as folder:
        (folder / "inside").mkdir()
        assert [*tmp_path.iterdir()] == [folder]
        assert folder.stat().st_mode & 0o777 == 0o700
    assert [*tmp_path.iterdir()] == []


def test_what_a_killed_process_left_goes_with_the_next_one(tmp_path: Path) -> None:
    killed, left = maker(tmp_path)
    living, kept = maker(tmp_path)
    with killed, living:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert left.exists()
        third, made = maker(tmp_path)
        with third:
            assert {*tmp_path.iterdir()} == {kept, made}
            assert (kept / "inside").exists()
    assert [*tmp_path.iterdir()] == []


def test_what_others_put_there_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    base = tmp_path / "base"
    base.mkdir()
    (base / "proof-private-link").symlink_to(elsewhere)
    (base / "proof-private-file").write_text("")
    (base / "other").mkdir()
    with temporary_folder(str(base)):
        pass
    assert {path.name for path in base.iterdir()} == {
        "proof-private-link",
        "proof-private-file",
        "other",
    }
    assert elsewhere.exists()


@pytest.fixture
def usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system calls the folder for temporary files."""
    folder = tmp_path / "usual"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize(("mode", "is_taken"), [(0o700, True), (0o1777, True), (0o777, False)])
def test_a_folder_in_which_others_may_rename_is_passed_over(
    mode: int, is_taken: bool, usual: Path
) -> None:
    usual.chmod(mode)
    assert (place() == str(usual)) is is_taken


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_the_temporary_folder_of_another_user_is_passed_over(usual: Path) -> None:
    os.chown(usual, 65533, 65533)
    assert place() != str(usual)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_folders_of_other_users_are_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "proof-private-theirs"
    theirs.mkdir()
    os.chown(theirs, 65533, 65533)
    with temporary_folder(str(tmp_path)):
        pass
    assert theirs.exists()
