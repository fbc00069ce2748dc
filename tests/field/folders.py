"""Folders of libraries for other scripts, such as tests.benchmarks.mutants: sources and .vo.

python -m tests.field.folders --coq 8.16 --to FOLDER LIBRARY...
"""

import argparse
import shlex
from pathlib import Path

from tests.benchmarks.first_check import their_make
from tests.field.libraries import package, write_project
from tests.field.measure import run
from tests.helpers import every_coq


def main() -> None:
    """Write them; a library that is there is left alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.field.folders")
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("-j", type=int, default=2, dest="jobs")
    parser.add_argument("libraries", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    for name in options.libraries:
        root = options.to / coq.name / name
        if root.exists():
            continue
        write_project(package(coq, name), root, alone=True)
        command = their_make(root, coq, options.jobs, coq.environ)
        outcome = run(shlex.split(command), root, coq.environ)
        print(root, "compiled" if outcome.code == 0 else outcome.said[-500:], flush=True)


main()
