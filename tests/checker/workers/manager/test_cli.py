"""The command proof-workmgr, as a shell and as Coq itself use it."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.helpers import Coq, every_coq, write_files
from tests.managers import OURS, Session, eventually, manager, pid_of

COQWORKMGR = ("coqworkmgr",)


class Shell:
    """A shell whose environment we keep, for one Coq."""

    def __init__(self, coq: Coq, folder: Path) -> None:
        self.coq = coq
        self.folder = folder
        self.environ: dict[str, str] = {}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self.coq.run(*command, cwd=self.folder, environ=self.environ)

    def export(self, *command: str) -> str:
        """export $(command); the name of the variable."""
        variable, value = self.run(*command).stdout.strip().split("=")
        self.environ[variable] = value
        return variable

    @property
    def port(self) -> int:
        [value] = self.environ.values()
        return int(value.rpartition(":")[2])


@pytest.fixture
def shell(coq: Coq, tmp_path: Path) -> Iterator[Shell]:
    """A shell for each Coq, whose work manager is stopped at the end."""
    shell = Shell(coq, tmp_path)
    yield shell
    if shell.environ:
        shell.run(*OURS, "--stop")


@pytest.fixture
def one_shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell for the first Coq."""
    shell = Shell(every_coq()[0], tmp_path)
    yield shell
    if shell.environ:
        shell.run(*OURS, "--stop")


def test_it_prints_the_variable_that_the_coqc_at_hand_reads(shell: Shell) -> None:
    variable = shell.export(*OURS, "-j", "4")
    assert variable == ("ROCQWORKMGR_SOCK" if shell.coq.name == "9.2" else "COQWORKMGR_SOCK")
    assert re.fullmatch(r"127\.0\.0\.1:\d+", shell.environ[variable])


def test_coqc_asks_it_for_a_token_and_gives_it_back(shell: Shell) -> None:
    shell.export(*OURS, "-j", "1")
    write_files(shell.folder, {"a.v": "Definition a := Type.\n"})
    with Session(shell.port, "HELLO LOW", "GET 1") as holder:
        assert holder.line() == "TOKENS 1"
        command = ["coqc", "a.v"]
        environ = {**shell.coq.environ, **shell.environ}
        with subprocess.Popen(command, cwd=shell.folder, env=environ) as coqc:
            with pytest.raises(subprocess.TimeoutExpired):
                coqc.wait(2)
            holder.send("GIVEBACK 1")
            assert coqc.wait(60) == 0
        holder.send("TRYGET 1")
        assert holder.line() == "TOKENS 1"


def test_coqs_own_command_finds_ours(shell: Shell) -> None:
    shell.export(*OURS, "-j", "4")
    done = shell.run(*COQWORKMGR)
    assert "already up and running" in done.stderr
    assert "j=0/4" in done.stderr


def test_ours_finds_and_stops_coqs_own(shell: Shell) -> None:
    with manager(shell.coq, 3, COQWORKMGR) as theirs:
        shell.environ = theirs.environ
        assert shell.run(*OURS).stdout.strip() == theirs.assignment
        status = shell.run(*OURS, "--status").stdout
        assert re.search(r"^127\.0\.0\.1:\d+: 0 of 3 tokens out, pid \d+$", status), status
        assert shell.run(*OURS, "--stop").returncode == 0
        assert eventually(lambda: theirs.process.poll() is not None)


def test_the_search_for_coq_waits_for_no_token(shell: Shell) -> None:
    """coqc would ask for one, and wait, even to tell what it can do."""
    shell.export(*OURS, "-j", "1")
    with Session(shell.port, "HELLO HIGH", "GET 1") as holder:
        assert holder.line() == "TOKENS 1"
        code = "from makegen.coq.toolchain import find_toolchain; print(find_toolchain().version)"
        done = shell.run("python", "-c", code)
        assert done.returncode == 0, done.stderr


def test_export_of_a_substitution_does_not_hang_and_leaves_one_process(one_shell: Shell) -> None:
    code = "export $(proof-workmgr -j 4) && proof-workmgr --status && proof-workmgr --stop"
    done = one_shell.run("bash", "-c", code)
    assert done.stderr == ""
    assert re.fullmatch(r"127\.0\.0\.1:\d+: 0 of 4 tokens out, pid \d+\n", done.stdout)
    assert not _lives(pid_of(done.stdout))


def test_a_second_start_finds_the_running_one(one_shell: Shell) -> None:
    variable = one_shell.export(*OURS, "-j", "4")
    second = one_shell.run(*OURS, "-j", "9")
    assert second.stdout == f"{variable}={one_shell.environ[variable]}\n"
    assert re.search(r"already running at 127\.0\.0\.1:\d+: 0 of 4 tokens out", second.stderr)


@pytest.mark.parametrize("variable", ["ROCQWORKMGR_SOCK", "COQWORKMGR_SOCK", "COQWORKMGR_SOCKET"])
def test_all_three_names_and_localhost_are_understood(one_shell: Shell, variable: str) -> None:
    one_shell.export(*OURS)
    port = one_shell.port
    one_shell.environ = {variable: f"localhost:{port}"}
    assert f"127.0.0.1:{port}: 0 of 2 tokens" in one_shell.run(*OURS, "--status").stdout


def test_a_variable_left_behind_by_one_that_is_gone_starts_a_new_one(one_shell: Shell) -> None:
    variable = one_shell.export(*OURS)
    old = one_shell.environ[variable]
    one_shell.run(*OURS, "--stop")
    done = one_shell.run(*OURS)
    assert f"nobody answers at {old}; starting anew" in done.stderr
    one_shell.environ[variable] = done.stdout.strip().partition("=")[2]
    assert one_shell.run(*OURS, "--status").returncode == 0


def test_stop_says_how_many_workers_go_on(one_shell: Shell) -> None:
    one_shell.export(*OURS, "-j", "4")
    with Session(one_shell.port, "HELLO LOW", "GET 3") as client:
        client.line()
        done = one_shell.run(*OURS, "--stop")
        assert (done.returncode, client.line()) == (0, "")
        assert "3 tokens were out" in done.stderr
    one_shell.environ = {}


def test_stop_kills_no_process_that_is_not_the_work_manager(one_shell: Shell) -> None:
    """A PONG can name any process: here, that of one that listens somewhere else."""
    with subprocess.Popen(["sleep", "60"]) as bystander:
        code = f"""
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(f"COQWORKMGR_SOCK=127.0.0.1:{{listener.getsockname()[1]}}", flush=True)
client, _ = listener.accept()
client.recv(100)
client.sendall(b"PONG 0 2 {bystander.pid}\\n")
"""
        command = ["python", "-c", code]
        environ = one_shell.coq.environ
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as liar:
            assert liar.stdout
            variable, value = liar.stdout.readline().strip().split("=")
            one_shell.environ = {variable: value}
            done = one_shell.run(*OURS, "--stop")
        assert done.returncode == 3
        assert f"is not process {bystander.pid}" in done.stderr
        assert bystander.poll() is None
        bystander.kill()
    one_shell.environ = {}


@pytest.mark.parametrize("option", ["--status", "--stop"])
def test_without_a_variable_it_says_what_to_do(one_shell: Shell, option: str) -> None:
    one_shell.environ = {"XDG_CACHE_HOME": str(one_shell.folder)}  # nobody has started one there
    done = one_shell.run(*OURS, option)
    assert done.returncode == 2
    assert done.stderr == (
        "proof-workmgr: error: no variable names a work manager; "
        "start one with export $(proof-workmgr -j N)\n"
    )
    one_shell.environ = {}


def test_one_whose_variable_was_not_exported_is_found(one_shell: Shell) -> None:
    one_shell.environ = {"XDG_CACHE_HOME": str(one_shell.folder)}
    started = one_shell.run(*OURS).stdout.strip()
    status = one_shell.run(*OURS, "--status")
    assert status.stdout.startswith(f"{started.partition('=')[2]}: 0 of 2 tokens out")
    assert one_shell.run(*OURS, "--stop").returncode == 0
    assert not _lives(pid_of(status.stdout))
    assert one_shell.run(*OURS, "--stop").returncode == 2
    one_shell.environ = {}


@pytest.mark.parametrize("option", ["--status", "--stop"])
def test_when_nobody_answers_it_says_so(one_shell: Shell, option: str) -> None:
    one_shell.environ = {"COQWORKMGR_SOCK": "127.0.0.1:1"}
    done = one_shell.run(*OURS, option)
    assert done.returncode == 3
    assert done.stderr == "proof-workmgr: error: no work manager answers at 127.0.0.1:1\n"


@pytest.mark.parametrize(
    "value", ["nonsense", "127.0.0.1", "127.0.0.1:x", "h:0", "h:65536", "::1:5"]
)
def test_a_malformed_variable_is_named(one_shell: Shell, value: str) -> None:
    one_shell.environ = {"COQWORKMGR_SOCK": value}
    done = one_shell.run(*OURS, "--status")
    assert done.returncode == 2
    assert f"error: COQWORKMGR_SOCK={value}: not HOST:PORT; unset COQWORKMGR_SOCK" in done.stderr
    one_shell.environ = {}


@pytest.mark.parametrize("number", ["0", "-1", "two", "", "1.5", "1000000"])
def test_a_wrong_number_of_workers_is_refused(one_shell: Shell, number: str) -> None:
    done = one_shell.run(*OURS, f"-j{number}" if number else "-j=")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a number of workers" in done.stderr


def _lives(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it(one_shell: Shell, number: signal.Signals) -> None:
    one_shell.export(*OURS)
    pid = pid_of(one_shell.run(*OURS, "--status").stdout)
    os.kill(pid, number)
    assert eventually(lambda: not _lives(pid))
    one_shell.environ = {}
