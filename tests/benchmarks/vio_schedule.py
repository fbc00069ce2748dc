"""`proof-checker check` against `coqc -schedule-vio-checking`, on the same .vio files.

    python -m tests.benchmarks.vio_schedule [--pairs N] [-j N] [--work FOLDER] [LIBRARY ...]

LIBRARY is example, ext-lib or stdpp (default: all). Each is compiled with Coq 8.16 in FOLDER
(default: a temporary folder), which records the times of its proofs, and its .vio files are made.
Two tables are printed for it:

- the makespan over the lower bound of both schedules, on the recorded times, for several numbers
  of workers (Coq's schedule: tests/benchmarks/coq_schedule.py);
- the seconds that both take, in pairs of runs side by side, the order changing from pair to pair,
  so that what else the machine does meets both alike.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.engines.vio.engine import read_batches
from checker.engines.vio.files import START_SECONDS
from checker.engines.vio.tasks import vio_of
from checker.knowledge.store import Ledger
from checker.run.run import Run
from checker.schedule.schedule import Batch, lower_bound, plan
from checker.workers.tokens import tokens_for
from makegen.project.project import read_project
from tests.benchmarks.coq_schedule import coq_makespan
from tests.helpers import LIBRARIES, REPOSITORY, Coq, every_coq, library_project

WORKERS = (2, 4, 8, 16, 64)
EXAMPLE = "example"


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    wall: float  # seconds
    cpu: float  # seconds, of all its processes


def main() -> None:
    """Print the tables of the libraries asked for."""
    options = arguments()
    coq = next((coq for coq in every_coq() if coq.toolchain.has_vio), None)
    if coq is None:
        sys.exit("needs a Coq before 8.20; run bash tests/matrix.sh")
    with work_folder(options.work) as work:
        for name in options.libraries:
            root = prepare(coq, name, work / name)
            print_schedules(name, asyncio.run(batches_of(coq, root)))
            print_pairs(name, coq, root, options.workers, options.pairs)


def arguments() -> argparse.Namespace:
    known = [EXAMPLE, *LIBRARIES]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("-j", dest="workers", type=int, default=2)
    parser.add_argument("--work", type=Path, help="keep the compiled libraries there")
    parser.add_argument("libraries", nargs="*", choices=known, default=known)
    return parser.parse_args()


@contextlib.contextmanager
def work_folder(kept: Path | None) -> Iterator[Path]:
    if kept:
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="vio-schedule-") as folder:
        yield Path(folder)


def prepare(coq: Coq, name: str, root: Path) -> Path:
    """The library compiled in root: .aux files with times, and up-to-date .vio files."""
    if not (root / "_Project").exists():
        if name == EXAMPLE:
            kept = shutil.ignore_patterns("*.vo*", "*.vio", "*.glob", ".*")
            shutil.copytree(REPOSITORY / "example_project", root, ignore=kept)
        else:
            library_project(coq, name, root)
    for command in (
        ("proof-makefile", "-f", "_Project", "-o", "Makefile"),
        ("make", "-j2"),
        ("make", "quick", "-j2"),
    ):
        done = coq.run(*command, cwd=root)
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
    return root


async def batches_of(coq: Coq, root: Path) -> list[Batch]:
    """The tasks of the project's .vio files, as our scheduler sees them."""
    project = read_project(root / "_Project")

    def ignore(_: object) -> None:
        pass

    with Ledger(root) as ledger:
        async with tokens_for(2, coq.environ, None, None, ignore) as tokens:
            return await read_batches(
                Run(
                    project=project,
                    toolchain=coq.toolchain,
                    files=project.v_files,
                    workers=2,
                    environ=coq.environ,
                    ledger=ledger,
                    tokens=tokens,
                    tell=ignore,
                )
            )


def print_schedules(name: str, batches: Sequence[Batch]) -> None:
    proofs = sum(len(batch.tasks) for batch in batches)
    work = sum(batch.seconds for batch in batches)
    print(f"\n{name}: {proofs} proofs in {len(batches)} files, {work:.1f} s\n")
    print("| J | lower bound | ours | ours / bound | Coq's | Coq's / bound |")
    print("|---:|---:|---:|---:|---:|---:|")
    for workers in WORKERS:
        bound = lower_bound(batches, workers)
        ours = plan(batches, workers).makespan
        coqs = coq_makespan(batches, workers, START_SECONDS)
        print(
            f"| {workers} | {bound:.2f} s | {ours:.2f} s | {ours / bound:.3f} "
            f"| {coqs:.2f} s | {coqs / bound:.3f} |"
        )


def print_pairs(name: str, coq: Coq, root: Path, workers: int, pairs: int) -> None:
    project = read_project(root / "_Project")
    vios = map(vio_of, project.v_files)
    flags = project.coq_flags
    theirs = [*coq.toolchain.coqc, "-q", *flags, "-schedule-vio-checking", str(workers), *vios]
    ours = ["proof-checker", "check", "--engine", "vio", "--recheck"]
    ours += ["-f", "_Project", "-j", str(workers)]
    print(f"\n{name}, J = {workers}:\n")
    print("| pair | ours | Coq's | ours / Coq's | ours, CPU | Coq's, CPU | ours / Coq's, CPU |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    walls, cpus = [], []
    for pair in range(1, pairs + 1):
        order = (ours, theirs) if pair % 2 else (theirs, ours)
        costs = {command[0]: cost(command, coq, root) for command in order}
        our, their = costs[ours[0]], costs[theirs[0]]
        walls.append(our.wall / their.wall)
        cpus.append(our.cpu / their.cpu)
        print(
            f"| {pair} | {our.wall:.1f} s | {their.wall:.1f} s | {walls[-1]:.2f} "
            f"| {our.cpu:.1f} s | {their.cpu:.1f} s | {cpus[-1]:.2f} |",
            flush=True,
        )
    print(f"| median | | | {statistics.median(walls):.2f} | | | {statistics.median(cpus):.2f} |")


def cost(command: Sequence[str], coq: Coq, root: Path) -> Cost:
    """Run the command, which must succeed, and must learn the tasks of each .vio anew."""
    for kept in root.glob(".proof-makefile/proofs.db*"):
        kept.unlink()
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=root, env=coq.environ, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        if status != 0:
            output.seek(0)
            sys.exit(f"{command[0]} failed:\n{output.read().decode()}")
    return Cost(time.monotonic() - started, used.ru_utime + used.ru_stime)


if __name__ == "__main__":
    main()
