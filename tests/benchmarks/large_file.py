"""One large file: wall and CPU time of the snapshot engine against every other way to check it.

    python -m tests.benchmarks.large_file --coq 8.16 -j 2 FILE.v

The file may need the standard library only; tests.benchmarks.one_file makes such files. Prints
one row a way, with ratios to coqc in the same run, and how far the engine is from its aims. Times
of a machine that is busy with other work mean little; CPU times suffer less.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import Coq, every_coq


@dataclass(frozen=True)
class Row:
    """What one way took, in seconds."""

    name: str
    wall: float
    cpu: float


def measure(coq: Coq, name: str, root: Path, *command: str) -> Row:
    """Runs the command, which must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = coq.run(*command, cwd=root)
    if done.returncode:
        sys.exit(f"{name} fails:\n{done.stdout}{done.stderr}")
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    row = Row(name, wall, cpu)
    print(f"{name}: {wall:.1f} s, CPU {cpu:.1f} s", file=sys.stderr, flush=True)
    return row


def rows(coq: Coq, root: Path, file: str, workers: int) -> list[Row]:
    coqc = coq.toolchain.coqc
    name, jobs = Path(file).stem, ("-j", str(workers))
    snapshot = ["proof-checker", "check", "--engine", "snapshot", "-f", "_Project", "--quiet"]
    found = []

    def row(way: str, *command: str) -> Row:
        found.append(measure(coq, way, root, *command))
        return found[-1]

    row("coqc -vok", *coqc, "-q", "-noglob", "-w", "none", "-vok", file)
    row(f"snapshot -j {workers}, nothing known", *snapshot, *jobs)
    coq.run("proof-makefile", "-f", "_Project", "-o", "Makefile", cwd=root)
    row(f"make -j{workers}", "make", "-s", *jobs)
    row(f"snapshot -j {workers}, times known", *snapshot, *jobs, "--recheck")
    coq.run("make", "-s", "clean", cwd=root)
    row(f"make -j{workers} vok", "make", "-s", *jobs, "vok")
    if coq.toolchain.has_vio:
        quick = row("coqc -vio", *coqc, "-q", "-w", "none", "-vio", file)
        checked = row(
            "coqc -schedule-vio-checking",
            *(*coqc, "-q", "-schedule-vio-checking", str(workers), name),
        )
        del found[-2:]
        both = Row("quick and vio checking", quick.wall + checked.wall, quick.cpu + checked.cpu)
        found.append(both)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coq", required=True, help="8.16, 8.20 or 9.2")
    parser.add_argument("-j", dest="workers", type=int, default=2)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    with tempfile.TemporaryDirectory(prefix="large-file-") as folder:
        root = Path(folder)
        shutil.copy(options.file, root)
        (root / "_Project").write_text(f"-Q . Large\n{options.file.name}\n")
        found = rows(coq, root, options.file.name, options.workers)
    print(f"{options.file.name} with Coq {coq.version}; load {os.getloadavg()[0]:.1f}")
    for row in found:
        wall, cpu = row.wall / found[0].wall, row.cpu / found[0].cpu
        print(f"| {row.name} | {row.wall:.1f} s | {wall:.2f} | {row.cpu:.1f} s | {cpu:.2f} |")
    best = min(row.wall for row in found if not row.name.startswith("snapshot"))
    for row in found:
        if row.name.startswith("snapshot"):
            ideal = row.cpu / options.workers
            print(
                f"{row.name}: {row.wall / best:.2f} of the best other, "
                f"{row.wall / ideal:.2f} of total CPU / {options.workers}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
