"""An interactive session and a batch check on one machine: never more proofs at once than N."""

import signal
import subprocess
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import psutil
import pytest

from tests.helpers import Coq, every_coq, generate, write_files
from tests.idetop import idetop
from tests.managers import OURS, eventually, manager

pytestmark = pytest.mark.ends

# About half a second of CPU time, without memory and without work for the kernel.
BURN = "Ltac burn := do 8000 (let H := fresh in pose proof I as H; clear H)."
PROOFS = [
    sentence
    for number in range(6)
    for sentence in (f"Lemma l{number} : True.", "Proof.", "burn.", "exact I.", "Qed.")
]
CHECK = ["proof-checker", "check", "-f", "_Project", "-j", "4", "--engine", "snapshot"]


FILES = ("a.v", "b.v", "c.v")


def write_project(folder: Path) -> None:
    """A project of files with two such proofs each."""
    source = "\n".join([BURN, *PROOFS[:10]]) + "\n"
    write_files(folder, {"_Project": "\n".join(["-Q . P", *FILES, ""])})
    write_files(folder, dict.fromkeys(FILES, source))


class ProofSampler:
    """Looks every few milliseconds how many descendants of some processes work at a proof.

    A Coq is taken to do so when it is runnable, or on a CPU, and has used more CPU time than it
    needs to start.
    """

    START = 0.15  # CPU seconds

    def __init__(self, *processes: int) -> None:
        self._processes = [psutil.Process(pid) for pid in processes]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.counts: list[int] = []

    def __enter__(self) -> "ProofSampler":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, it: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.01):
            self.counts.append(sum(map(self._count, self._processes)))

    def _count(self, process: psutil.Process) -> int:
        try:
            return sum(map(self._works, process.children(recursive=True)))
        except psutil.NoSuchProcess:
            return 0

    def _works(self, process: psutil.Process) -> bool:
        try:
            with process.oneshot():
                used = process.cpu_times()
                is_coq = process.name().startswith(("coq", "rocq"))
                is_running = process.status() == psutil.STATUS_RUNNING
                return is_coq and is_running and used.user + used.system > self.START
        except psutil.NoSuchProcess:
            return False


def run_both(coq: Coq, folder: Path, environ: Mapping[str, str]) -> list[int]:
    """Checks the proofs in coqidetop and, at the same time, with our checker; the samples."""
    write_project(folder)
    with (
        idetop(coq, 4, environ) as ide,
        subprocess.Popen(
            CHECK,
            cwd=folder,
            env={**coq.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as check,
        ProofSampler(ide.process.pid, check.pid) as samples,
        ThreadPoolExecutor() as threads,
    ):
        ide.add([BURN, *PROOFS])
        told = threads.submit(check.communicate)
        ide.check_all()
        output, _ = told.result(timeout=300)
    assert check.returncode == 0, output
    return samples.counts


@pytest.mark.parametrize("command", [OURS, ("coqworkmgr",)], ids=["ours", "Coq's"])
def test_a_session_and_a_check_never_work_at_more_proofs_than_the_manager_allows(
    coq: Coq, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with manager(coq, 2, command) as running:
        counts = run_both(coq, tmp_path, running.environ)
        assert max(counts) == 2, counts
        assert eventually(lambda: running.out() == 0)


@pytest.mark.once
def test_without_a_manager_they_do(coq: Coq, tmp_path: Path) -> None:
    """Shows that the samples above could have been more than two."""
    assert max(run_both(coq, tmp_path, {})) > 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_check_that_is_stopped_or_killed_gives_its_tokens_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    coq = every_coq()[0]
    write_project(tmp_path)
    with (
        manager(coq, 2) as running,
        subprocess.Popen(
            CHECK,
            cwd=tmp_path,
            env={**coq.environ, **running.environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as check,
    ):
        assert eventually(lambda: running.out() == 2, seconds=60)
        check.send_signal(number)
        check.wait(timeout=60)
        assert eventually(lambda: running.out() == 0)


def make_two(coq: Coq, folder: Path, checker: str) -> list[int]:
    """make -j3 of two projects that check with J=6; the samples."""
    for name in ("one", "two"):
        write_project(folder / name)
        generate(coq, folder / name)
    recipe = f"$(MAKE) -C $@ checkproofs J=6 PROOF_CHECKER='{checker}'"
    text = f"all: one two\none two:\n\t{recipe}\n.PHONY: all one two\n"
    write_files(folder, {"Makefile": text})
    with (
        subprocess.Popen(
            ["make", "-j3"],
            cwd=folder,
            env=coq.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as make,
        ProofSampler(make.pid) as samples,
    ):
        output, _ = make.communicate(timeout=300)
    assert make.returncode == 0, output
    assert output.count("6 proofs in 3 files checked") == 2
    assert "warning" not in output.lower()
    return samples.counts


def test_two_projects_in_one_make_never_run_more_workers_than_make_allows(
    coq: Coq, tmp_path: Path
) -> None:
    assert max(make_two(coq, tmp_path, "proof-checker")) == 3


def test_without_makes_jobserver_they_do(tmp_path: Path) -> None:
    assert max(make_two(every_coq()[0], tmp_path, "env -u MAKEFLAGS proof-checker")) > 3


def test_with_a_single_token_a_make_checkproofs_ends(coq: Coq, tmp_path: Path) -> None:
    """No coqc waits for a token while the one that started it holds the last."""
    write_project(tmp_path)
    with manager(coq, 1) as running:
        generate(coq, tmp_path)
        environ = {**coq.environ, **running.environ}
        with (
            subprocess.Popen(
                ["make", "checkproofs", "J=4"],
                cwd=tmp_path,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as make,
            ProofSampler(make.pid) as samples,
        ):
            output, _ = make.communicate(timeout=300)
        assert make.returncode == 0, output
        assert "6 proofs in 3 files checked" in output
        assert max(samples.counts) == 1
        assert eventually(lambda: running.out() == 0)


@pytest.mark.parametrize("limit", [("--memory", "1"), ("--load", "0.001")])
def test_on_a_busy_machine_a_check_goes_on_with_one_worker(
    tmp_path: Path, limit: tuple[str, str]
) -> None:
    write_project(tmp_path)
    environ = every_coq()[0].environ
    with (
        subprocess.Popen([*CHECK, *limit], cwd=tmp_path, env=environ) as check,
        ProofSampler(check.pid) as samples,
    ):
        check.wait(timeout=300)
    assert (check.returncode, max(samples.counts)) == (0, 1)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--load", "0"), "argument --load: '0' is not a load; give a number such as 3.5"),
        (("--load", "much"), "argument --load: 'much' is not a load; give a number such as 3.5"),
        (("--memory", "6X"), "error: --memory 6X: not a size; write 80%, 6G or 512M"),
    ],
)
def test_a_limit_that_makes_no_sense_is_an_error_of_the_user(
    tmp_path: Path, option: tuple[str, str], message: str
) -> None:
    write_project(tmp_path)
    done = every_coq()[0].run(*CHECK, *option, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
