"""A check on three hosts against one here: the same words, whatever becomes of the hosts.

    python -m tests.benchmarks.cluster [--coq 8.16] [--runs 50] [--seed 1] [--cores 1] LIBRARY

Hosts are network namespaces on this machine, joined by a bridge, in which the project's folder is
hidden (tests/cluster.py): that takes root. First the library is checked on all three, as it is and
with a mistake in one file; then, in each run, something happens to one of them at a random moment:
it is killed, cut off for 20 s, or all files in its cache are damaged. Exits with 1 where a check
says anything else than the check without a cluster, or where something is left running.
"""

import argparse
import contextlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from makegen.project.project import read_project
from tests.benchmarks.first_check import SIDE_FOLDER, project
from tests.benchmarks.mutants import mutants
from tests.cluster import Cluster, cluster, cut_off
from tests.helpers import Coq, every_coq

CUT_OFF_SECONDS = 20.0
END_SECONDS = 90.0  # by which nothing is left running on a host that was cut off
FAULTS = ("killed", "cut off", "damaged")
NAMES = ("one", "two", "three")
_NOT_OF_VERDICTS = re.compile(
    r" in [\d.]+ s with .*| \(\d+ apart\)|, \d+ apart| in [\d.]+ s\b|, [\d.]+ s of proofs.*"
)
_OF_HOSTS = re.compile(r" took part: | takes no part|: waits for | does not answer: ")


def said(output: str) -> list[str]:
    """The lines about verdicts, in no order."""
    lines = (_NOT_OF_VERDICTS.sub("", line) for line in output.splitlines())
    return sorted(line for line in lines if line and not _OF_HOSTS.search(line))


class Trial:
    """One project, checked here and there."""

    def __init__(self, coq: Coq, root: Path, environ: dict[str, str], hosts: Cluster) -> None:
        self.coq, self.root, self.environ, self.hosts = coq, root, environ, hosts

    def words(self, where: str | None) -> list[str]:
        more = ["--cluster", where, "--cluster-plain"] if where else []
        return ["proof-checker", "check", "-f", "_Project", "-j", "2", "--progress", "plain", *more]

    def here(self) -> tuple[float, list[str]]:
        """Without hosts: seconds, and what is said."""
        shutil.rmtree(self.root / SIDE_FOLDER, ignore_errors=True)
        begun = time.monotonic()
        done = subprocess.run(
            self.words(None), cwd=self.root, env=self.environ, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        return time.monotonic() - begun, said(done.stdout + done.stderr)

    def start(self) -> "subprocess.Popen[str]":
        """On the hosts."""
        shutil.rmtree(self.root / SIDE_FOLDER, ignore_errors=True)
        environ = {**self.environ, **self.hosts.environ}
        return subprocess.Popen(
            self.words(self.hosts.address), cwd=self.root, env=environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip


def agrees(expected: list[str], output: str, what: str) -> bool:
    """Whether the same is said; else it is shown."""
    found = said(output)
    if found == expected:
        return True
    print(f"{what}: other words\n  here:  {sorted(set(expected) - set(found))[:6]}")
    print(f"  there: {sorted(set(found) - set(expected))[:6]}\n{output[-1500:]}", flush=True)
    return False


def happens(hosts: Cluster, fault: str, name: str) -> None:
    """Something happens to a host."""
    if fault == "killed":
        hosts.kill(name)
    elif fault == "damaged":
        for file in (hosts.cache(name) / "files").iterdir():
            with contextlib.suppress(OSError):
                file.write_bytes(b"damaged")
    else:
        cut_off(name, is_off=True)
        time.sleep(CUT_OFF_SECONDS)
        cut_off(name, is_off=False)


def is_left(hosts: Cluster) -> bool:
    """Whether something is left running on a host, after a while."""
    latest = time.monotonic() + END_SECONDS
    while hosts.running():
        if time.monotonic() > latest:
            return True
        time.sleep(0.2)
    return False


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("library")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    dice = random.Random(options.seed)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        root = Path(folder, "hidden", "project")
        environ = project(coq, options.library, root)
        with cluster(coq, Path(folder, "hosts"), hidden=root.parent) as hosts:
            for name in NAMES:
                hosts.add(name, options.cores)
            trial = Trial(coq, root, environ, hosts)
            what = "as it is"
            for is_wrong in (False, True):
                if is_wrong:
                    files = list(read_project(root / "_Project").v_files)
                    mutant = dice.choice(mutants(root, files, dice))
                    what = f"{mutant.file}: {mutant.what}"
                    (root / mutant.file).write_bytes(mutant.text)
                seconds, expected = trial.here()
                begun = time.monotonic()
                output = trial.start().communicate()[0]
                bad += not agrees(expected, output, what)
                moved = next((line for line in output.splitlines() if "took part" in line), "")
                took = time.monotonic() - begun
                print(f"{what}: here {seconds:.1f} s, there {took:.1f} s; {moved}", flush=True)
            for run in range(options.runs):
                fault, name = dice.choice(FAULTS), dice.choice(NAMES)
                checking = trial.start()
                time.sleep(dice.uniform(1.0, 1.0 + seconds))
                happens(hosts, fault, name)
                output = checking.communicate()[0]
                good = agrees(expected, output, f"run {run}, {name} {fault}")
                left = is_left(hosts)
                bad += not good or left
                if name not in hosts.hosts:
                    hosts.add(name, options.cores)
                state = "something is left running" if left else "nothing left"
                print(
                    f"run {run}: {name} {fault}: {'same' if good else 'OTHER'}, {state}", flush=True
                )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
