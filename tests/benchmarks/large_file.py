"""One large file: wall and CPU time of the snapshot engine against every other way to check it.

    python -m tests.benchmarks.large_file --coq 8.16 -j 2 FILE.v

The file may need the standard library only. Prints one row a way, with ratios to coqc in the
same run. Times of a machine that is busy with other work mean little; CPU times suffer less.
"""

import argparse
import os
import resource
import shutil
import subprocess
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
    subprocess.run(
        command,
        cwd=root,
        env=coq.environ,
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    row = Row(name, wall, cpu)
    print(f"{name}: {wall:.1f} s, CPU {cpu:.1f} s", file=sys.stderr, flush=True)
    return row


def rows(coq: Coq, root: Path, file: str, workers: int) -> list[Row]:
    coqc = coq.toolchain.coqc
    checker = ["proof-checker", "check", "--engine", "snapshot", "-f", "_Project", "--quiet"]
    found = [
        measure(coq, "coqc -vok", root, *coqc, "-q", "-noglob", "-w", "none", "-vok", file),
        measure(coq, "snapshot -j 1", root, *checker, "-j", "1"),
    ]
    (root / ".proofs.db").unlink()
    again = [*checker, "-j", str(workers)]
    found.append(measure(coq, f"snapshot -j {workers}, nothing known", root, *again))
    if "--recheck" in coq.run("proof-checker", "check", "--help", cwd=root).stdout:
        again.append("--recheck")
    found.append(measure(coq, f"snapshot -j {workers}, times known", root, *again))
    if coq.toolchain.has_vio:
        vio = ["-schedule-vio-checking", str(workers), Path(file).stem]
        quick = measure(coq, "coqc -vio", root, *coqc, "-q", "-w", "none", "-vio", file)
        checked = measure(coq, "coqc -schedule-vio-checking", root, *coqc, "-q", *vio)
        chain = Row("quick and vio checking", quick.wall + checked.wall, quick.cpu + checked.cpu)
        found.append(chain)
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
