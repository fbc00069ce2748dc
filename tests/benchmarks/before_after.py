"""Another state of this program against this one: what the same changes cost in both.

    python -m tests.benchmarks.before_after --other FOLDER [--coq 8.16] [--rounds 3] LIBRARY...

FOLDER is where the commands of the other state are: the `bin` of a virtual environment into which
its checkout was installed. Both have a copy of the library, are brought up to date there, and are
then given the same changes in turn. Printed are the medians of wall and CPU seconds. Up to 968d746
a check needed interfaces: for these, `--command 'make quick J=2 && make checkproofs J=2'`.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.first_check import run
from tests.benchmarks.rechecking import LEAF_LEMMA, base_and_leaf, delegable
from tests.helpers import Coq, every_coq, library_project

CHECK = "make checkproofs J=2"


@dataclass(frozen=True)
class Side:
    """A state of the program, and its copy of the library."""

    root: Path
    command: str
    environ: dict[str, str]

    def seconds(self, command: str) -> tuple[float, float]:
        """Wall and CPU seconds."""
        return run(command, self.root, self.environ)


@dataclass(frozen=True)
class Change:
    """What is measured: a file, and its text in each round."""

    name: str
    file: str
    text: Callable[[int], str]


def changes(root: Path, base: str, leaf: str) -> list[Change]:
    """In the file that most files need, and in one that none needs."""
    base_text, leaf_text = (root / base).read_text(), (root / leaf).read_text()
    places = delegable(root / base)
    head, tail = _cut(base_text, places[len(places) // 2])
    return [
        Change(f"a proof of {base}", base, lambda n: head + " idtac." * (n + 1) + tail),
        Change(f"a comment in {base}", base, lambda n: f"(* Round {n}. *)\n{base_text}"),
        Change(f"a lemma of {leaf}", leaf, lambda n: leaf_text + LEAF_LEMMA.format(n=n)),
        Change(
            f"a definition in {base}", base, lambda n: f"{base_text}\nDefinition d{n} := {n}.\n"
        ),
    ]


def _cut(text: str, place: int) -> tuple[str, str]:
    data = text.encode()
    return data[:place].decode(), data[place:].decode()


def rows(sides: tuple[Side, Side], found: list[Change], rounds: int) -> list[str]:
    """One a change, the first for none at all."""
    nothing = [Side(side.root, CHECK, side.environ) for side in sides]
    table = [_row("nothing", nothing, None, rounds)]
    return table + [_row(change.name, sides, change, rounds) for change in found]


def _row(name: str, sides: Sequence[Side], change: Change | None, n: int) -> str:
    times: dict[int, list[tuple[float, float]]] = {0: [], 1: []}
    for number in range(n):
        for which in (0, 1) if number % 2 else (1, 0):
            side = sides[which]
            if change:
                (side.root / change.file).write_text(change.text(number))
            times[which].append(side.seconds(side.command))
            print(f"{name}, {'other' if which == 0 else 'this'}: {times[which][-1]}", flush=True)
    cells = [name]
    for kind in (0, 1):
        other, this = (median(taken[kind] for taken in times[which]) for which in (0, 1))
        cells += [f"{other:.2f} s", f"{this:.2f} s", f"{this / other:.2f}"]
    return f"| {' | '.join(cells)} |"


def prepare(coq: Coq, library: str, root: Path, first: str, command: str) -> Side:
    """A copy of the library, checked by the program whose commands are in the folder `first`."""
    environ = dict(coq.environ)
    if first:
        environ["PATH"] = os.pathsep.join([first, environ["PATH"]])
    side = Side(library_project(coq, library, root), command, environ)
    side.seconds("proof-makefile -f _Project -o Makefile")
    side.seconds(command)
    return side


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--other", required=True)
    parser.add_argument("--command", default=CHECK, help="what a user of the other state runs")
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("libraries", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    for library in options.libraries:
        with tempfile.TemporaryDirectory(prefix="before-after-") as folder:
            other = prepare(coq, library, Path(folder, "other"), options.other, options.command)
            this = prepare(coq, library, Path(folder, "this"), "", CHECK)
            found = changes(this.root, *base_and_leaf(coq, this.root))
            table = rows((other, this), found, options.rounds)
        print(f"\n{library}, {coq.toolchain.name}, J = 2, medians of {options.rounds}\n")
        print("| changed | before | now | ratio | CPU before | now | ratio |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        print("\n".join(table))


if __name__ == "__main__":
    main()
