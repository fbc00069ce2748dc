"""Two checks at the same time in one folder: both are right, and the files are whole after them."""

import asyncio
import contextlib
import fcntl
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checker.check import pipeline
from checker.check.engines import choose
from checker.engines.engine import Engine, Findings, findings
from checker.engines.vio import engine as vio
from checker.engines.whole_file import engine as vok
from checker.knowledge.store import Ledger
from checker.report.events import Event, FileDone, NotTried, ProofDone, Started
from checker.report.results import Verdict
from checker.run.run import Run
from tests.helpers import Coq, generate, run_of, write_files

pytestmark = pytest.mark.ends
Command = Callable[[Run, Engine], Coroutine[None, None, None]]

LENGTH = 4
FIRST = "Lemma f0 : 0 = 0.\nProof. reflexivity. Qed.\nDefinition d0 := 0.\n"
NEXT = """\
From Top Require Import F{before}.
Definition d{number} := S d{before}.
Lemma f{number} : d{number} = S d{before}.
Proof. pose proof f{before}. reflexivity. Qed.
Lemma g{number} : d{number} = {number}.
Proof. {tactic}. Qed.
"""
CHECK = ("proof-checker", "check", "-f", "_CoqProject", "-j", "2")
MAKE = ("make", "checkproofs", "J=2")


@pytest.fixture
def root(coq: Coq, tmp_path: Path) -> Path:
    """A chain of files, and a Makefile."""
    files = {
        f"F{n}.v": NEXT.format(before=n - 1, number=n, tactic="reflexivity")
        for n in range(1, LENGTH)
    }
    project = "-Q . Top\nF0.v " + " ".join(files) + "\n"
    write_files(tmp_path, {"_CoqProject": project, "F0.v": FIRST, **files})
    generate(coq, tmp_path, project="_CoqProject")
    return tmp_path


def at_once(
    coq: Coq, root: Path, *commands: tuple[str, ...], apart: float
) -> list[tuple[int, str]]:
    """Exit codes and outputs of commands that begin some seconds apart."""
    started = []
    for command in commands:
        started.append(
            subprocess.Popen(
                command,
                cwd=root,
                env=coq.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        time.sleep(apart)
    outputs = [process.communicate(timeout=300)[0] for process in started]
    return [(p.returncode, out) for p, out in zip(started, outputs, strict=True)]


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text()
    assert old in text
    time.sleep(0.02)
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("other", "apart"),
    [(MAKE, 0.0), (MAKE, 0.7), (CHECK, 0.0)],
    ids=["two makes", "one make later", "make and checker"],
)
def test_two_checks_at_once_are_both_right(
    other: tuple[str, ...], apart: float, coq: Coq, root: Path
) -> None:
    proofs = 2 * LENGTH - 1
    for code, output in at_once(coq, root, MAKE, other, apart=apart):
        assert code == 0, output
        assert f"{proofs} proofs in {LENGTH} files" in output
    # A changed statement in the first file: all interfaces again, while both run.
    edit(root, "F0.v", "0 = 0", "0 + 0 = 0")
    for code, output in at_once(coq, root, MAKE, other, apart=apart):
        assert code == 0, output
        assert f"{proofs} proofs in {LENGTH} files" in output
    # A wrong proof is found by both.
    edit(root, "F2.v", "Proof. reflexivity", "Proof. exact I")
    for code, output in at_once(coq, root, MAKE, other, apart=apart):
        assert code != 0
        assert "in the proof of g2 (wrong)" in output
        assert f"{proofs} proofs in {LENGTH} files" in output
        assert "1 wrong, 1 file not good" in output
    # What they leave is whole: nothing is to be made again, and every .vo can be.
    edit(root, "F2.v", "Proof. exact I", "Proof. reflexivity")
    done = coq.run(*MAKE, cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    again = coq.run(*MAKE, cwd=root)
    assert f"{proofs} proofs in {LENGTH} files, 0 checked now, {proofs} known" in again.stdout
    assert "COQ" not in again.stdout
    assert not [path for path in root.rglob("*") if path.name.endswith((".kept", ".new"))]
    assert coq.run("make", cwd=root).returncode == 0


def test_two_makes_at_once_run_coqc_once_for_each_interface(coq: Coq, root: Path) -> None:
    quick = ("make", "quick", "J=2")
    results = at_once(coq, root, quick, quick, apart=0.0)
    assert [code for code, _ in results] == [0, 0]
    lines = [line for _, output in results for line in output.splitlines()]
    assert len([line for line in lines if line.startswith("COQC")]) == LENGTH


@contextlib.contextmanager
def away(interface: Path, *, with_lock: bool) -> Iterator[None]:
    """The interface is empty meanwhile, as `coqc -vio` leaves it, in our recipe or by hand."""
    with interface.with_suffix(".v").open() as source:
        if with_lock:
            fcntl.flock(source, fcntl.LOCK_EX)
        kept = interface.rename(interface.with_suffix(".aside"))
        interface.touch()
        try:
            yield
        finally:
            kept.replace(interface)


@pytest.mark.parametrize("with_lock", [True, False], ids=["make", "by hand"])
def test_what_make_has_compiled_has_no_part_in_a_check(
    with_lock: bool, coq: Coq, root: Path
) -> None:
    assert coq.run("make", "quick", cwd=root).returncode == 0
    interface = root / ("F0.vio" if coq.toolchain.has_vio else "F0.vos")
    edit(root, "F2.v", "Proof. reflexivity", "Proof. exact I")
    with away(interface, with_lock=with_lock):
        done = coq.run(*CHECK, cwd=root)
    assert "in the proof of g2 (wrong)" in done.stderr
    assert "1 wrong, 1 file not good" in done.stdout


@pytest.mark.parametrize(
    ("command", "name", "loaded"),
    [
        (pipeline.check, "vio", ["F0.vio", "F2.vio"]),
        (pipeline.complete, "vio", ["F0.vio", "F2.vio"]),
        (pipeline.complete, "vok", ["F0.vo"]),
    ],
    ids=["check with vio", "vio2vo with vio", "vio2vo with vok"],
)
def test_what_an_engine_says_while_a_file_that_it_loads_is_away_is_no_verdict(
    command: Command, name: str, loaded: list[str], coq: Coq, root: Path
) -> None:
    if name == "vio" and not coq.toolchain.has_vio:
        pytest.skip("no .vio files")
    before = CHECK if name == "vio" else ("proof-checker", "vio2vo", *CHECK[2:])
    assert coq.run(*before, "--engine", name, cwd=root).returncode == 0
    edit(root, "F2.v", "Proof. reflexivity", "Proof. exact I")
    told: list[tuple[str, Verdict]] = []
    disturbances = iter(loaded)

    def disturbed(work: Callable[[Run], Awaitable[None]]) -> Findings:
        async def work_disturbed(run: Run) -> None:
            with contextlib.ExitStack() as stack:

                def tell(event: Event) -> None:
                    if isinstance(event, Started) and (gone := next(disturbances, None)):
                        stack.enter_context(away(root / gone, with_lock=gone == "F0.vio"))
                    run.tell(event)

                await work(replace(run, tell=tell))

        return findings(work_disturbed)

    def tell(event: Event) -> None:
        if isinstance(event, ProofDone):
            told.append((event.result.proof, event.result.verdict))
        elif isinstance(event, FileDone):
            told.append((event.result.file, event.result.verdict))

    engine = choose(name, coq.toolchain)
    complete = {"vio": vio.complete, "vok": vok.complete}[name]
    engine = replace(engine, check=disturbed(vio.check), complete=disturbed(complete))
    with Ledger(root) as ledger:
        asyncio.run(command(run_of(coq, root / "_CoqProject", ledger, tell), engine))
    files = [of for of, _ in told if of.endswith(".v")]
    assert sorted(files) == [f"F{n}.v" for n in range(LENGTH)]
    bad = {(of, verdict) for of, verdict in told if verdict is not Verdict.CHECKED}
    above = {("F3.v", Verdict.SKIPPED)} if name == "vok" else set()
    assert bad == {("g2", Verdict.WRONG), ("F2.v", Verdict.WRONG)} | above
    assert next(disturbances, None) is None


def test_what_is_wrong_while_linked_files_are_made_anew_is_no_verdict(coq: Coq, root: Path) -> None:
    """What make has compiled is loaded as it is; what it makes anew may not fit the rest of it."""
    assert coq.run("make", cwd=root).returncode == 0
    edit(root, "F2.v", "reflexivity", "trivial")
    first = (root / "F0.v").read_text() + "Axiom new : 1 = 1.\n"
    other = write_files(root / "other", {"F0.v": first})
    assert coq.run("coqc", "-Q", ".", "Top", "F0.v", cwd=other).returncode == 0
    told: dict[str, Verdict] = {}

    def tell(event: Event) -> None:
        if isinstance(event, Started):
            shutil.copyfile(other / "F0.vo", root / "F0.vo")
        elif isinstance(event, FileDone):
            told[event.result.file] = event.result.verdict
        elif isinstance(event, NotTried):
            assert (event.cause, event.is_lost) == ("F2.v", True)

    with Ledger(root) as ledger:
        run = run_of(coq, root / "_CoqProject", ledger, tell)
        asyncio.run(pipeline.check(run, choose("snapshot", coq.toolchain)))
    good = dict.fromkeys(["F0.v", "F1.v"], Verdict.CHECKED)
    assert told == {**good, "F2.v": Verdict.LOST, "F3.v": Verdict.SKIPPED}
    shutil.rmtree(other)
    assert coq.run(*MAKE, cwd=root).returncode == 0
