"""kill -9 at random moments: no stray process, no false verdict, no compiled file in the sources.

    python -m tests.benchmarks.kills [--coq 8.16] [-j 2] [--count 100] [--seed 1] FOLDER

The folder holds _Project and sources that are right. Each time a copy of it is checked; at a random
moment the checker, or one of its coqc, is killed. Then nothing may be left running there; the exit
code may not be that of a wrong proof; beside the sources there may be no compiled file; and a check
that goes on with what that one left behind must find every proof good. Exits with 1 otherwise.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.helpers import Coq, every_coq, workers_of

PATIENCE = 20.0  # seconds, for processes to end
CHECKED = re.compile(r"^(\d+) proofs in \d+ files?(?:,.*)?:? (?:checked|.*all good)", re.MULTILINE)


def round_of(coq: Coq, source: Path, root: Path, options: argparse.Namespace) -> str:
    """Kill one; what was killed, or what is wrong in capitals."""
    dice = options.dice
    shutil.copytree(source, root, ignore=shutil.ignore_patterns(".proof-makefile"))
    command = ["proof-checker", "check", "-f", "_Project", "-j", str(options.workers)]
    with subprocess.Popen(
        command, cwd=root, env=coq.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as run:
        time.sleep(dice.uniform(0.3, options.seconds))
        others = [worker.pid for worker in workers_of(root) if worker.pid != run.pid]
        victim = run.pid if not others or dice.random() < 0.3 else dice.choice(others)
        what = "the checker" if victim == run.pid else "a coqc"
        if run.poll() is None:
            os.kill(victim, signal.SIGKILL)
        else:
            what = "nothing: too late"
        run.communicate()
    deadline = time.monotonic() + PATIENCE
    while workers_of(root) and time.monotonic() < deadline:
        time.sleep(0.05)
    if workers_of(root):
        return "STRAY PROCESS"
    if run.returncode == 1:
        return "FALSE VERDICT"
    if left := [p for p in root.rglob("*.vo*") if ".proof-makefile" not in p.parts]:
        print(left)
        return "COMPILED FILE"
    again = coq.run(*command, cwd=root)
    found = CHECKED.search(again.stdout)
    if again.returncode or not found or int(found[1]) != options.proofs:
        print(again.stdout[-500:], again.stderr[-2000:])
        return "NOT ALL GOOD AFTERWARDS"
    return f"{what}, exit {run.returncode}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("-j", dest="workers", type=int, default=2)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    options.dice = random.Random(options.seed)
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        options.seconds, options.proofs = _undisturbed(coq, options, Path(folder, "first"))
        for number in range(options.count):
            root = Path(folder, str(number))
            outcomes[round_of(coq, options.folder, root, options)] += 1
            shutil.rmtree(root)
            print(f"{number + 1}: {dict(outcomes)}", flush=True)
    return 1 if any(what.isupper() for what in outcomes) else 0


def _undisturbed(coq: Coq, options: argparse.Namespace, root: Path) -> tuple[float, int]:
    """How long a check takes, and how many proofs there are."""
    shutil.copytree(options.folder, root, ignore=shutil.ignore_patterns(".proof-makefile"))
    begun = time.perf_counter()
    words = ("proof-checker", "check", "-f", "_Project", "-j", str(options.workers))
    done = coq.run(*words, cwd=root)
    found = CHECKED.search(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found, done.stdout
    return time.perf_counter() - begun, int(found[1])


if __name__ == "__main__":
    sys.exit(main())
