"""A check from scratch against `make -j2` of coq_makefile, side by side.

    python -m tests.benchmarks.first_check [--coq 8.16] [-j 2] [--rounds 3] LIBRARY...

Each round, in turn and in an order that alternates: `make -jN` with coq_makefile's Makefile after
`make cleanall`; `proof-checker check` with nothing known (all that it keeps is removed); and the
same with what that learnt of times and section variables (`--recheck`, stand-ins removed). Printed
are medians: wall and CPU seconds, and their ratios to make's.
"""

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.helpers import TESTS, Coq, every_coq, write_files

SIDE_FOLDER = ".proof-makefile"


@dataclass(frozen=True)
class Library:
    """A Debian package: its logical root, files that its own build leaves out, what it loads."""

    root: str
    left_out: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()


SSREFLECT = ("mathcomp-ssreflect",)
LIBRARIES = {
    "ext-lib": Library("ExtLib", frozenset({"Generic/Ind.v"})),
    "stdpp": Library("stdpp"),
    "flocq": Library("Flocq"),
    "mathcomp-ssreflect": Library("mathcomp/ssreflect"),
    "mathcomp-fingroup": Library("mathcomp/fingroup", needs=SSREFLECT),
    "mathcomp-finmap": Library("mathcomp/finmap", needs=(*SSREFLECT, "mathcomp-bigenough")),
    "mathcomp-algebra": Library(
        "mathcomp/algebra", needs=(*SSREFLECT, "mathcomp-fingroup", "mathcomp-bigenough")
    ),
    "coquelicot": Library("Coquelicot", needs=SSREFLECT),
    "reglang": Library("RegLang", needs=SSREFLECT),
    "deriving": Library("deriving", needs=SSREFLECT),
    "math-classes": Library("MathClasses", needs=("bignums",)),
    "aac-tactics": Library("AAC_tactics"),
    "menhirlib": Library("MenhirLib"),
}


def project(coq: Coq, package: str, root: Path) -> dict[str, str]:
    """A library's sources and project file in root; the environment that finds what it loads."""
    library = LIBRARIES[package]
    source = coq.library(package) / library.root
    names = sorted(str(path.relative_to(source)) for path in source.rglob("*.v"))
    kept = [name for name in names if name not in library.left_out]
    for name in kept:
        target = root / "theories" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target)
    logical = library.root.replace("/", ".")
    lines = [f"-R theories {logical}", *(f"theories/{name}" for name in kept)]
    write_files(root, {"_Project": "\n".join(lines) + "\n"})
    found = os.pathsep.join(str(coq.library(name)) for name in library.needs)
    return {**coq.environ, **({"COQPATH": found, "ROCQPATH": found} if found else {})}


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


def their_make(root: Path, coq: Coq, jobs: int, environ: dict[str, str]) -> str:
    """Writes coq_makefile's Makefile; the command that makes everything with it.

    Rocq's coqdep, of a toolchain in a folder, names files as they are called inside of it.
    """
    words = ["coq_makefile", "-f", "_Project", "-o", "Makefile"]
    subprocess.run(words, cwd=root, env=environ, check=True)
    in_folder = coq.name.startswith("9")
    coqdep = f"sh {TESTS}/visible_coqdep.sh" if in_folder else str(coq.folder / "coqdep")
    return f"make -j{jobs} 'COQDEP={coqdep}'"


def measure(coq: Coq, package: str, jobs: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """What each way took, round by round."""
    found: dict[str, list[tuple[float, float]]] = {"make": [], "unknown": [], "known": []}
    with tempfile.TemporaryDirectory(prefix="first-check-") as folder:
        theirs, ours = Path(folder, "theirs"), Path(folder, "ours")
        environ = project(coq, package, theirs)
        project(coq, package, ours)
        make = their_make(theirs, coq, jobs, environ)
        check = f"proof-checker check -f _Project -j {jobs} --quiet"
        forget = f"rm -rf {SIDE_FOLDER}/stand-ins"
        ways = {
            "make": (theirs, "make cleanall", make),
            "unknown": (ours, f"rm -rf {SIDE_FOLDER}", check),
            "known": (ours, forget, f"{check} --recheck"),
        }
        for number in range(rounds):
            order = list(ways.items())
            for way, (root, prepare, command) in order if number % 2 else [*order[1:], order[0]]:
                run(prepare, root, environ)
                found[way].append(run(command, root, environ))
                print(f"{package} {way}: {found[way][-1]}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("-j", type=int, default=2, dest="jobs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("libraries", nargs="+", choices=LIBRARIES)
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    rows = []
    for package in options.libraries:
        found = measure(coq, package, options.jobs, options.rounds)
        wall = {way: median(w for w, _ in times) for way, times in found.items()}
        cpu = {way: median(c for _, c in times) for way, times in found.items()}
        cells = [package, f"{wall['make']:.1f} s"]
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
