"""The tools that tests/matrix.sh prepares behave as if they were installed here."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.helpers import Coq, write_files

ENDLESS = """\
Fixpoint f n := match n with 0 => 0 | S n => f n + f n end.
Goal True. let x := eval cbv in (f 40) in idtac.
"""


def endless(coq: Coq, folder: Path) -> subprocess.Popen[bytes]:
    """A coqc at work on a file that it will not end, in a process group of its own."""
    write_files(folder, {"a.v": ENDLESS})
    command = ["coqc", "-dump-glob", "started", "a.v"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=coq.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    while process.poll() is None and not (folder / "started").exists():
        time.sleep(0.01)
    return process


def test_a_signal_to_the_process_ends_coqc_itself(coq: Coq, tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        process = endless(coq, tmp_path)
        process.send_signal(number)
        assert process.wait(10) == -number
        (tmp_path / "started").unlink()


def test_there_is_one_process_in_the_group(coq: Coq, tmp_path: Path) -> None:
    process = endless(coq, tmp_path)
    everything = (path.name for path in Path("/proc").iterdir())
    members = [pid for pid in everything if pid.isdigit() and group(pid) == process.pid]
    process.kill()
    process.wait(10)
    assert members == [str(process.pid)]


def group(pid: str) -> int | None:
    try:
        return os.getpgid(int(pid))
    except ProcessLookupError:
        return None


def test_exit_codes_and_output_pass(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.v": "Check I.\nCheck no.\n"})
    done = coq.run("coqc", "a.v", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "I\n     : True\n"
    assert 'File "./a.v", line 2, characters 6-8:' in done.stderr


def test_the_environment_passes(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"lib/x/y.v": "", "a.v": "Require x.y.\n"})
    assert coq.run("coqc", "-R", ".", "", "x/y.v", cwd=tmp_path / "lib").returncode == 0
    found = coq.run("coqc", "a.v", cwd=tmp_path, environ={"COQPATH": str(tmp_path / "lib")})
    assert found.returncode == 0, found.stderr
    verbose = coq.run("coqc", "a.v", cwd=tmp_path, environ={"OCAMLRUNPARAM": "v=0x400"})
    assert "heap_words" in verbose.stderr


def test_a_preloaded_library_is_loaded_by_coqc_alone(coq: Coq, tmp_path: Path) -> None:
    library = """\
        #include <stdio.h>
        #include <unistd.h>
        __attribute__((constructor)) static void begin(void)
        {
            FILE *file = fopen("loaded", "a");
            fprintf(file, "%d\\n", getpid());
            fclose(file);
        }
    """
    write_files(tmp_path, {"shim.c": library, "a.v": ""})
    build = ("gcc", "-shared", "-fPIC", "-o", "shim.so", "shim.c")
    subprocess.run(build, cwd=tmp_path, check=True)
    shim = {"LD_PRELOAD": str(tmp_path / "shim.so")}
    assert coq.run("coqc", "a.v", cwd=tmp_path, environ=shim).returncode == 0
    pids = (tmp_path / "loaded").read_text().split()
    assert len(set(pids)) == 1  # Rocq's coqc loads it once more when it becomes rocqworker
