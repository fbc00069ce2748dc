"""What `proof-checker plan` predicts, against what a check takes; and what it says of many workers.

    python -m tests.benchmarks.predicted [--coq 8.16] [--rounds 3] [-j 1,2] LIBRARY...

For each library a check with one worker learns times and section variables. Then, for each number
of workers, `check --recheck` without stand-ins is measured (the median) and compared with `plan`:
its makespan, and what `plan` takes itself, which has to read what a check reads before it begins.
Below it, from the same times, simulated: the makespan over its lower bound, and over that of
coq_makefile's `make -jJ`; and, in the last column, what it is where nothing is known: what is done
is decided from estimates and guesses of section variables, and takes the times that are recorded.
On a machine that has nothing else to do. With `-j ""`, only that is printed.
"""

import argparse
import asyncio
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from checker.check.engines import SNAPSHOT
from checker.check.forecast import forecast
from checker.knowledge.store import Ledger
from checker.schedule.comparison import simulated
from checker.schedule.passes import File, Machine
from tests.benchmarks.first_check import SIDE_FOLDER, project, run
from tests.helpers import Coq, every_coq, run_of

SIMULATED = (2, 4, 8, 16, 32, 64, 128, 256)


def planned(coq: Coq, root: Path, environ: dict[str, str]) -> dict[str, Any]:
    counts = ",".join(map(str, (1, *SIMULATED)))
    words = ("plan", "-f", "_Project", "-j", "2", "--json", "--simulate", counts)
    done = coq.run("proof-checker", *words, cwd=root, environ=environ)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(root: Path, environ: dict[str, str], workers: int, rounds: int) -> tuple[float, float]:
    """Wall and CPU seconds, the medians."""
    taken = []
    for _ in range(rounds):
        shutil.rmtree(root / SIDE_FOLDER / "stand-ins", ignore_errors=True)
        command = f"proof-checker check -f _Project -j {workers} --quiet --recheck"
        taken.append(run(command, root, environ))
    return median(wall for wall, _ in taken), median(cpu for _, cpu in taken)


def with_nothing_known(coq: Coq, root: Path, environ: dict[str, str]) -> tuple[list[File], Machine]:
    """The files as a first check sees them, with the times that they will take."""
    assert SNAPSHOT.passes, "it makes passes"
    plans = []
    for folder in (root, None):
        with Ledger(folder) as ledger:
            found = replace(run_of(coq, root / "_Project", ledger), environ=environ)
            plans.append(asyncio.run(forecast(found, SNAPSHOT.passes)))
    known, estimated = plans
    files = []
    for true, guessed in zip(known.files, estimated.files, strict=True):
        pairs = zip(true.steps, guessed.steps, strict=True)
        steps = tuple(replace(g, seconds=t.seconds, guess=g.seconds) for t, g in pairs)
        files.append(replace(true, steps=steps))
    return files, known.machine


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("-j", default="1,2", dest="workers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("libraries", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    for package in options.libraries:
        with tempfile.TemporaryDirectory(prefix="predicted-") as folder:
            root = Path(folder)
            environ = project(coq, package, root)
            run("proof-checker check -f _Project -j 1 --quiet", root, environ)
            found = {row["workers"]: row for row in planned(coq, root, environ)["simulated"]}
            first = with_nothing_known(coq, root, environ)
            before = run("proof-checker plan -f _Project --json", root, environ)
            print(f"\n{package}, {coq.toolchain.name}\n")
            print("| J | predicted | measured | ratio | CPU: predicted | measured | ratio |")
            print("|---:|---:|---:|---:|---:|---:|---:|")
            for workers in map(int, filter(None, options.workers.split(","))):
                row = found[workers]
                planned_for = (row["makespan"] + before[0], row["cpu"] + before[1])
                pairs = zip(
                    planned_for,
                    measured(root, environ, workers, options.rounds),
                    strict=True,
                )
                cells = [f"{said:.1f} s | {took:.1f} s | {said / took:.2f}" for said, took in pairs]
                print(f"| {workers} | {' | '.join(cells)} |", flush=True)
        print("\n| J | makespan | over the bound | over make -jJ | forks | nothing known |")
        print("|---:|---:|---:|---:|---:|---:|")
        for workers in SIMULATED:
            row = found[workers]
            over = row["makespan"] / row["make"]
            seconds = f"{row['makespan']:.1f} s"
            unknown = simulated(*first, workers).makespan / row["make"]
            ratios = f"{row['ratio']:.3f} | {over:.3f} | {row['forks']} | {unknown:.3f}"
            print(f"| {workers} | {seconds} | {ratios} |")


if __name__ == "__main__":
    main()
