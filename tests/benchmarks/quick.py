"""`make quick` of a library whose sections have no `Proof using`: the first time, and when known.

    python -m tests.benchmarks.quick [--coq 8.16] [-j 1] [--without theories/Pff] flocq

The library is Debian's, without the files of some folder if that is said. The second time is after
one `make checkproofs`, with every compiled file removed. Printed are wall and CPU seconds.
"""

import argparse
import os
import resource
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import Coq, every_coq, library_project

HINTS = ("HINTSFLAGS=--least=0",)  # all that there are, however little they save


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    wall: float
    cpu: float


def cost(coq: Coq, root: Path, *command: str) -> Cost:
    """Runs the command, which must succeed."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        command,
        cwd=root,
        env=coq.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(time.monotonic() - began, cpu)


def main() -> None:
    """Print one row per run of make."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("-j", dest="jobs", default="1")
    parser.add_argument("--without", metavar="FOLDER")
    parser.add_argument("library")
    given = parser.parse_args()
    (coq,) = (coq for coq in every_coq() if coq.name == given.coq)
    with tempfile.TemporaryDirectory(prefix="quick-") as folder:
        root = library_project(coq, given.library, Path(folder))
        project = root / "_Project"
        lines = project.read_text().replace("-Q", "-R").splitlines()  # Flocq wants it
        kept = (line for line in lines if not line.startswith(f"{given.without}/"))
        project.write_text("".join(f"{line}\n" for line in kept))
        jobs = f"-j{given.jobs}"
        check = ("make", *HINTS, "checkproofs", "J=2")
        cost(coq, root, "proof-makefile", "-f", "_Project", "-o", "Makefile")
        rows = [("make quick, nothing known", cost(coq, root, "make", jobs, *HINTS, "quick"))]
        rows.append(("make checkproofs J=2", cost(coq, root, *check)))
        cost(coq, root, "make", "clean")
        rows.append(("make quick, after it", cost(coq, root, "make", jobs, *HINTS, "quick")))
        rows.append(("make checkproofs J=2, again", cost(coq, root, *check)))
    without = f" without {given.without}" if given.without else ""
    print(f"{given.library}{without}, Coq {coq.version}, {jobs}, load {os.getloadavg()[0]:.1f}")
    print("| | wall | CPU |\n| --- | ---: | ---: |")
    for name, found in rows:
        print(f"| `{name}` | {found.wall:.1f} s | {found.cpu:.1f} s |")


if __name__ == "__main__":
    main()
