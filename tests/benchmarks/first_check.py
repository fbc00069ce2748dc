"""A check from scratch against `make -j2` of coq_makefile, side by side.

    python -m tests.benchmarks.first_check [--coq 8.16] [-j 2] [--rounds 3] LIBRARY...

Each round, in turn and in an order that alternates: `make -jN` with coq_makefile's Makefile after
`make cleanall`; `proof-checker check` with nothing known (all that it keeps is removed); and the
same with what that learnt of times and section variables (`--recheck`, stand-ins removed). Printed
are medians: wall and CPU seconds, and their ratios to make's.
"""

import argparse
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from makegen.project.project import read_project
from tests.field.anew import renew
from tests.field.libraries import package, their_make, write_project
from tests.helpers import Coq, every_coq

SIDE_FOLDER = ".proof-makefile"


def project(coq: Coq, name: str, root: Path) -> dict[str, str]:
    """The sources of libcoq-NAME and root/_Project; the environment that finds what it loads."""
    renew(coq, name)
    library = package(coq, name)
    write_project(library, root)
    return {**coq.environ, **library.environ}


def source_called(root: Path, ending: str) -> str:
    """The file of root/_Project whose name ends so."""
    listed = read_project(root / "_Project").v_files
    return next(name for name in listed if f"/{name}".endswith(f"/{ending}"))


def run(command: str, root: Path, environ: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(
        command,
        shell=True,
        cwd=root,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{command} in {root}: {done.stdout[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(coq: Coq, name: str, jobs: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """What each way took, round by round."""
    found: dict[str, list[tuple[float, float]]] = {"make": [], "unknown": [], "known": []}
    with tempfile.TemporaryDirectory(prefix="first-check-") as folder:
        theirs, ours = Path(folder, "theirs"), Path(folder, "ours")
        environ = project(coq, name, theirs)
        project(coq, name, ours)
        make = their_make(theirs, coq, jobs, environ)
        check = f"proof-checker check -f _Project -j {jobs} --quiet"
        caches = ".lia.cache .nia.cache .csdp.cache"  # as `make cleanall` removes them
        ways = {
            "make": (theirs, "make cleanall", make),
            "unknown": (ours, f"rm -rf {SIDE_FOLDER} {caches}", check),
            "known": (ours, f"rm -rf {SIDE_FOLDER}/stand-ins {caches}", f"{check} --recheck"),
        }
        for number in range(rounds):
            order = list(ways.items())
            for way, (root, prepare, command) in order if number % 2 else [*order[1:], order[0]]:
                run(prepare, root, environ)
                found[way].append(run(command, root, environ))
                print(f"{name} {way}: {found[way][-1]}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("-j", type=int, default=2, dest="jobs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("libraries", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    rows = []
    for name in options.libraries:
        found = measure(coq, name, options.jobs, options.rounds)
        wall = {way: median(w for w, _ in times) for way, times in found.items()}
        cpu = {way: median(c for _, c in times) for way, times in found.items()}
        cells = [name, f"{wall['make']:.1f} s"]
        for way in ("unknown", "known"):
            cells += [f"{wall[way]:.1f} s", f"{wall[way] / wall['make']:.2f}"]
            cells.append(f"{cpu[way] / cpu['make']:.2f}")
        rows.append(cells)
    print(f"\n{coq.toolchain.name}, J = {options.jobs}, medians of {options.rounds}\n")
    print("| library | make | nothing known | ratio | CPU | known | ratio | CPU |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for cells in rows:
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
