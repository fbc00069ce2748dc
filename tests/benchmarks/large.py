"""What a project of many files costs before any coqc runs: ours and coq_makefile's, side by side.

    python -m tests.benchmarks.large [--files 10000] [--rounds 3]

The project has chains of a hundred files. Nothing is compiled: what coqc would have made is
touched, so that `make` has nothing to do. Printed are CPU seconds, the least of the rounds, which
alternate between the two sides: writing the Makefile, coqdep (`make .Makefile.d`), `make -n` with
everything to do, `make` with nothing to do, `make clean`.
"""

import argparse
import os
import resource
import subprocess
import tempfile
from pathlib import Path

CHAIN = 100
GENERATORS = {"coq_makefile": "coq_makefile", "proof-makefile": "proof-makefile"}
STEPS = {
    "write the Makefile": "",
    "dependencies": "make {folder}Makefile.d",
    "make -n, all to do": "make -n",
    "make, nothing to do": "make",
    "make clean": "make clean",
}


def write_project(root: Path, count: int) -> None:
    """Files in chains, a folder for each chain."""
    names = []
    for number in range(count):
        chain, place = divmod(number, CHAIN)
        name = f"theories/Chain{chain}/File{chain}_{place}.v"
        required = f"From Big.Chain{chain} Require Import File{chain}_{place - 1}.\n"
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((required if place else "") + "Definition x := 0.\n")
        names.append(name)
    (root / "_CoqProject").write_text("\n".join(["-Q theories Big", *names]) + "\n")


def pretend_compiled(root: Path) -> None:
    """Touches what coqc makes, each after its source and what that requires."""
    for source in root.rglob("*.v"):
        for suffix in (".vo", ".vos", ".vok", ".glob"):
            made = source.with_suffix(suffix)
            made.touch()
            os.utime(made, (4e9, 4e9))


def seconds(command: str, root: Path) -> float:
    """CPU seconds of the command and all it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Path(os.devnull).open("w") as nothing:
        subprocess.run(command.split(), cwd=root, stdout=nothing, stderr=nothing, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(root: Path, generator: str) -> dict[str, float]:
    """The seconds of each step."""
    found = {}
    folder = "." if generator == "coq_makefile" else ".proof-makefile/"
    for step, words in STEPS.items():
        if "nothing" in step:
            pretend_compiled(root)
        command = words.format(folder=folder)
        found[step] = seconds(command or f"{generator} -f _CoqProject -o Makefile", root)
    return found


def main() -> None:
    """Print one line per step: theirs, ours, and the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    best: dict[tuple[str, str], float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(given.rounds):
            for name, generator in GENERATORS.items():
                root = Path(folder, name)
                if not root.exists():
                    write_project(root, given.files)
                for step, spent in measure(root, generator).items():
                    best[step, name] = min(spent, best.get((step, name), spent))
    print(f"{given.files} files, CPU seconds, least of {given.rounds}:")
    print(f"{'':22} coq_makefile  proof-makefile  ratio")
    for step in STEPS:
        theirs, ours = (best[step, name] for name in GENERATORS)
        print(f"{step:22} {theirs:12.2f} {ours:15.2f} {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()
