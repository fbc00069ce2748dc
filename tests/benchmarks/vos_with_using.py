"""What `proof-checker using --apply` gains for coqc -vos:

    python -m tests.benchmarks.vos_with_using BEFORE AFTER

BEFORE and AFTER are two copies of a project with the same _Project, the second annotated. Each
file is compiled with `coqc -vos` in the one and then in the other, so that both meet the same
machine; printed are the CPU seconds of each side.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from makegen.base.graph import sort
from makegen.coq.requires import read_requires
from makegen.coq.toolchain import Toolchain, find_toolchain
from makegen.project.project import Project, read_project


def seconds_of(project: Project, toolchain: Toolchain, file: str) -> float:
    """CPU seconds of `coqc -vos` on one file, whose requirements are compiled."""
    before = os.times()
    words = [*toolchain.coqc, "-q", "-w", "none", *project.coq_flags, "-vos", file]
    subprocess.run(words, cwd=project.root, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before[2] - before[3]


def main() -> None:
    """Print the figures."""
    toolchain = find_toolchain()
    projects = [read_project(Path(folder, "_Project").resolve()) for folder in sys.argv[1:3]]
    with tempfile.TemporaryDirectory() as folder:
        requires = read_requires(projects[0], toolchain, Path(folder, "requires"))
    totals = [0.0, 0.0]
    for file in sort(requires):
        for side, project in enumerate(projects):
            totals[side] += seconds_of(project, toolchain, file)
    print(f"{toolchain.name}: before {totals[0]:.1f} s, after {totals[1]:.1f} s of CPU")


if __name__ == "__main__":
    main()
