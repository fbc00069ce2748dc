"""Visits libraries: verdicts, counts, times and memory, a file of JSON for each.

    python -m tests.field --coq 8.16 --results FOLDER [-j 2] [--depth all] LIBRARY...

A library that has its file there is passed over: an interrupted run goes on. What it needs is
compiled anew where Debian's build of it does not load (tests/field/anew.py). `--depth times`: make
and a first check, for a quiet machine, and has a file of its own. Exits with 1 on a defect.
python -m tests.field.table makes tables of both.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.field.anew import renew
from tests.field.visit import Depth, as_json, visit
from tests.helpers import every_coq


def main() -> int:
    """The exit code: 1 when a visit found a defect."""
    parser = argparse.ArgumentParser(prog="python -m tests.field")
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("-j", type=int, default=2, dest="jobs")
    parser.add_argument("--depth", type=Depth, default=Depth.ALL, metavar="times|verdicts|all")
    parser.add_argument("libraries", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    bad = False
    times = ".times" if options.depth is Depth.TIMES else ""
    for name in options.libraries:
        file = options.results / f"{coq.name}-{name}{times}.json"
        if file.exists():
            continue
        renew(coq, name)
        with tempfile.TemporaryDirectory(prefix="field-") as folder:
            found = visit(coq, name, Path(folder), options.jobs, options.depth)
        options.results.mkdir(parents=True, exist_ok=True)
        file.write_text(as_json(found) + "\n")
        bad |= bool(found.defects)
        walls = ", ".join(f"{step} {figures['wall']}" for step, figures in found.steps.items())
        print(f"{coq.name} {name}: {found.files} files, {found.proofs} proofs; {walls}", flush=True)
        if found.unusable:
            print(f"    coqc does not compile it: {found.unusable[-300:]}", flush=True)
        for line in found.defects:
            print(f"    {line}", flush=True)
    return 1 if bad else 0


sys.exit(main())
