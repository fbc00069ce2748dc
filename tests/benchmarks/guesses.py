"""How often the guess of section variables is right in a first check, and what wrong ones cost.

    python -m tests.benchmarks.guesses [--coq 8.16] [-j 2] LIBRARY...

A proof in a section that does not say which section variables it uses is put off, in a first check,
by a guess: it uses those that the two before it use. Counted are these proofs, those that were put
off, the guesses that the proof's own run confirmed, and how often, and at which cost in CPU
seconds, a pass went back to before a wrong one; beside them all CPU seconds of the check.
"""

import argparse
import asyncio
import os
import resource
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from checker.check import pipeline
from checker.check.engines import SNAPSHOT
from checker.engines.snapshot import copies, engine
from checker.engines.snapshot.file import records
from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.worker import Spare, Worker
from checker.knowledge.store import Ledger
from checker.run.run import Run
from checker.workers.manager.limit import Limit
from makegen.project.project import read_project
from tests.benchmarks.first_check import project
from tests.helpers import Coq, every_coq


@dataclass
class Seen:
    """What a check did."""

    proofs: int = 0
    undeclared: int = 0  # in sections, and they do not say which variables they use
    guessed: int = 0
    right: int = 0
    wrong: int = 0
    returns: int = 0
    again: float = 0.0  # CPU seconds before them

    def note_files(self, files: Iterable[FileRun]) -> None:
        for file in files:
            self.proofs += len(file.script.proofs)
            self.undeclared += sum(p.ask_at is not None for p in file.script.proofs)
            variables = file.variables
            self.guessed += len(variables.guessed)
            wrong = len(variables.refuted)
            self.wrong += wrong
            self.right += len(variables.guessed.keys() & variables.told.keys()) - wrong

    async def go_back(self, worker: Worker, base: Spare) -> None:
        self.again += worker.process.cpu_seconds - base.cpu_seconds
        self.returns += 1
        await GO_BACK(worker, base)


GO_BACK = copies.go_back
REMEMBER = records.remember


def measure(coq: Coq, package: str, workers: int) -> tuple[Seen, float]:
    """What a first check of the library did, and its CPU seconds."""
    seen = Seen()

    def remember(run: Run, files: Iterable[FileRun]) -> None:
        known = list(files)
        seen.note_files(known)
        REMEMBER(run, known)

    with tempfile.TemporaryDirectory(prefix="guesses-") as folder, Ledger(None) as ledger:
        root = Path(folder)
        environ = {**os.environ, **project(coq, package, root)}
        listed = read_project(root / "_Project")
        run = Run(
            project=listed,
            toolchain=coq.toolchain,
            files=listed.v_files,
            workers=workers,
            environ=environ,
            ledger=ledger,
            tokens=Limit(workers),
            tell=lambda _: None,
        )
        with (
            mock.patch.object(copies, "go_back", seen.go_back),
            mock.patch.object(engine, "remember", remember),
        ):
            before = cpu_seconds()
            asyncio.run(pipeline.check(run, SNAPSHOT))
            return seen, cpu_seconds() - before


def cpu_seconds() -> float:
    """Of this process and its children."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("-j", type=int, default=2, dest="workers")
    parser.add_argument("libraries", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    print("| library | proofs | undeclared | put off | right | wrong | returns | CPU | of all |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for package in options.libraries:
        seen, cpu = measure(coq, package, options.workers)
        counts = (seen.proofs, seen.undeclared, seen.guessed, seen.right, seen.wrong, seen.returns)
        cells = [package, *map(str, counts), f"{seen.again:.1f} s", f"{seen.again / cpu:.1%}"]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
