"""What one change costs: our quick and checkproofs, against `make -j2` and `make -j2 vok`.

    python -m tests.benchmarks.rechecking [--coq 8.16] [--rounds 3] [--only-ours] stdpp ext-lib

Ours runs with our Makefile; the other two are coq_makefile's (rocq makefile's), each in a folder of
its own. All three are built first, then each is given the same changes. Printed are wall seconds,
the least of the rounds, whose order alternates, and what ran. The proof that changes is in the
middle of the file that most files need; the other changes are made once. After them, `check
--recheck` must come to the same result. `--only-ours` leaves the other two out.
"""

import argparse
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from checker.document.reader import read_document
from makegen.base import graph as order
from makegen.coq.requires import read_requires
from makegen.project.project import read_project
from tests.helpers import Coq, every_coq, library_project

OURS = "make quick J=2 && make checkproofs J=2"
THEIRS = ("make -j2", "make -j2 vok")
LEAF_LEMMA = "\nLemma of_the_benchmark : {n} = {n}.\nProof. reflexivity. Qed.\n"


@dataclass(frozen=True)
class Side:
    """One of the ways to check a library, in its own folder."""

    coq: Coq
    root: Path
    command: str

    def seconds(self) -> tuple[float, str]:
        """Wall seconds of the command, and what it printed."""
        begun = time.perf_counter()
        done = subprocess.run(
            self.command,
            shell=True,
            cwd=self.root,
            env=self.coq.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 2 and "lost" in done.stdout:  # the machine had no memory left
            return self.seconds()
        if done.returncode:
            raise SystemExit(f"{self.command} in {self.root}: {done.stdout[-2000:]}")
        return time.perf_counter() - begun, done.stdout


def prepare(coq: Coq, library: str, root: Path, *, only_ours: bool) -> list[Side]:
    """The sides, all built; the leaf has a lemma of ours."""
    sides = []
    for number, command in enumerate((OURS, *(() if only_ours else THEIRS))):
        side = Side(coq, library_project(coq, library, root / str(number)), command)
        _, leaf = base_and_leaf(coq, side.root)
        with (side.root / leaf).open("a") as file:
            file.write(LEAF_LEMMA.format(n=0))
        generator = ("coq_makefile",) if command != OURS else ("proof-makefile",)
        made = coq.run(*generator, "-f", "_Project", "-o", "Makefile", cwd=side.root)
        if made.returncode:
            raise SystemExit(made.stderr)
        took, _ = side.seconds()
        print(f"first {command}: {took:.1f} s", flush=True)
        sides.append(side)
    return sides


def base_and_leaf(coq: Coq, root: Path) -> tuple[str, str]:
    """The file with proofs that most files need, and a file with proofs that none needs."""
    project = read_project(root / "_Project")
    requires = read_requires(project, coq.toolchain, root / ".requires.json")
    (root / ".requires.json").unlink()
    above = {file: len(order.dependents(requires, [file])) for file in requires}
    proofs = {file: len(delegable(root / file)) for file in requires}
    base = max((file for file in requires if proofs[file]), key=lambda file: above[file])
    leaf = max((f for f in requires if above[f] == min(above.values())), key=lambda f: proofs[f])
    return base, leaf


def delegable(source: Path) -> list[int]:
    """Where the tactics of its proofs begin."""
    document = read_document(source.read_bytes())
    return [p.start.end for p in document.proofs if p.start and p.is_delegable]


def what_ran(output: str) -> str:
    """Of what ours printed: how often coqc ran, and how many proofs were checked."""
    runs = sum(line.startswith("COQC") for line in output.splitlines())
    total = re.search(r"(\d+) proofs in", output)
    now = re.search(r"(\d+) checked now", output)
    checked = now[1] if now else total[1] if total else "?"
    return f"{runs} × coqc, {checked} of {total[1] if total else '?'} proofs"


def rows(coq: Coq, library: str, rounds: int, *, only_ours: bool) -> list[tuple[str, ...]]:
    """What is measured: the change, seconds and ratios, what ran."""
    with tempfile.TemporaryDirectory(prefix="rechecking-") as folder:
        sides = prepare(coq, library, Path(folder), only_ours=only_ours)
        ours = sides[0]
        base, leaf = base_and_leaf(coq, ours.root)
        print(f"base {base}, leaf {leaf}", flush=True)
        found = [_unchanged(ours, rounds)]
        print(found[-1], flush=True)
        found.append(_changed_proof(sides, base, rounds))
        print(found[-1], flush=True)
        text = (ours.root / base).read_text()
        for what, file, old, new in (
            (f"a comment at the top of {base}", base, "", "(* A comment. *)\n\n"),
            (f"a statement of {leaf}", leaf, LEAF_LEMMA.format(n=0), LEAF_LEMMA.format(n=1)),
            (f"a definition more in {base}", base, text, f"{text}\nDefinition more := 0.\n"),
        ):
            path = ours.root / file
            path.write_text(path.read_text().replace(old, new, 1))
            took, output = ours.seconds()
            found.append((what, f"{took:.2f} s", "", "", what_ran(output)))
            print(found[-1], flush=True)
        _compare_with_recheck(ours, output)
        return found


def _unchanged(ours: Side, rounds: int) -> tuple[str, ...]:
    check = Side(ours.coq, ours.root, "make checkproofs J=2")
    took, output = min(check.seconds() for _ in range(rounds))
    return (f"nothing (`{check.command}`)", f"{took:.2f} s", "", "", what_ran(output))


def _changed_proof(sides: list[Side], base: str, rounds: int) -> tuple[str, ...]:
    places = delegable(sides[0].root / base)
    place = places[len(places) // 2]
    text = (sides[0].root / base).read_bytes()
    best: dict[str, float] = {}
    ran = ""
    for number in range(rounds):
        for side in sides if number % 2 else sides[::-1]:
            tactics = b" idtac." * (number + 1)
            (side.root / base).write_bytes(text[:place] + tactics + text[place:])
            took, output = side.seconds()
            best[side.command] = min(took, best.get(side.command, took))
            if side.command == OURS:
                ran = what_ran(output)
            print(f"{side.command}: {took:.2f} s", flush=True)
    took = best.pop(OURS)
    others = [f"{took / best[c]:.3f} of {best[c]:.1f} s" for c in THEIRS if c in best]
    return (f"a proof of {base}", f"{took:.2f} s", *(others or ["", ""]), ran)


def _compare_with_recheck(ours: Side, output: str) -> None:
    words = "proof-checker check -f _Project -j 2 --recheck"
    _, again = Side(ours.coq, ours.root, words).seconds()  # all is good, or it ends here
    assert what_ran(again).split(" of ")[-1] == what_ran(output).split(" of ")[-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("libraries", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    for library in options.libraries:
        table = rows(coq, library, options.rounds, only_ours=options.only_ours)
        print(f"\n{library}, {coq.toolchain.name}, J = 2\n")
        print(f"| changed | `{OURS}` | over `{THEIRS[0]}` | over `{THEIRS[1]}` | what ran |")
        print("|---|---:|---:|---:|---|")
        for row in table:
            print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
