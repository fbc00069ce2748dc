"""Folders of libraries for other scripts, such as tests.benchmarks.mutants: sources and .vo.

ENVIRON in a folder holds the variables with which coqc finds what its library needs.

python -m tests.field.folders --coq 8.16 --to FOLDER LIBRARY...
"""

import argparse
import json
import shlex
import shutil
from pathlib import Path

from tests.benchmarks.mutants import ENVIRON
from tests.field.libraries import package, their_make, write_project
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
        library, partial = package(coq, name), root.with_name(f"{name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        write_project(library, partial)
        (partial / ENVIRON).write_text(json.dumps(library.environ))
        environ = {**coq.environ, **library.environ}
        outcome = run(
            shlex.split(their_make(partial, coq, options.jobs, environ)), partial, environ
        )
        if outcome.code == 0:
            partial.rename(root)
        print(root, "compiled" if outcome.code == 0 else outcome.said[-500:], flush=True)


main()
