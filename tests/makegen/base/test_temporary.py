"""Temporary folders: gone with their maker, or with the next run where that was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from makegen.base.temporary import temporary_folder

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
