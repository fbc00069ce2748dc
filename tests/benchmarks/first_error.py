"""How long until the first error after a change: a check, against `make -j2` of coq_makefile.

    python -m tests.benchmarks.first_error [--coq 8.16] [-j 2] [--count 50] [--seed 1] LIBRARY...

The library is built by make in one folder, and checked in another. Then it is changed in both, each
time anew: a tactic of a proof is deleted, or a whole lemma is, so that those that use it fail.
Measured is the time from the start of `make -jN`, and of `proof-checker check -j N`, to the first
line with an error. Changes that leave the library right do not count.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean, median

from checker.document.document import Document, Proof
from checker.document.reader import read_document
from checker.document.sentences import Kind
from makegen.project.project import read_project
from tests.benchmarks.first_check import project, run
from tests.field.libraries import their_make
from tests.helpers import Coq, every_coq


@dataclass(frozen=True)
class Change:
    """A source with a mistake in it, or behind it."""

    file: str
    what: str
    text: bytes


@dataclass(frozen=True)
class Side:
    """A folder, as it is before each change, and the command that is measured there."""

    root: Path
    command: str
    environ: dict[str, str]

    @property
    def pristine(self) -> Path:
        return self.root.with_name(f"{self.root.name}-pristine")

    def seconds_to_error(self, change: Change) -> float | None:
        """From the command's start to its first error; None: there was none."""
        shutil.rmtree(self.root)
        shutil.copytree(self.pristine, self.root, symlinks=True)
        (self.root / change.file).write_bytes(change.text)
        begun = time.perf_counter()
        process = subprocess.Popen(
            self.command,
            shell=True,
            cwd=self.root,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout
        try:
            for line in process.stdout:
                if line.startswith(b"Error"):
                    return time.perf_counter() - begun
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.stdout.close()
            process.wait()
        return None


def changes(root: Path, count: int, dice: random.Random) -> list[Change]:
    """So many, each of a random proof of a random file."""
    files = list(read_project(root / "_Project").v_files)
    documents = {file: read_document((root / file).read_bytes()) for file in files}
    proofs = [(f, p) for f, d in documents.items() for p in d.proofs if _tactics(p)]
    chosen = [dice.choice(proofs) for _ in range(count)]
    return [_change(f, documents[f], p, dice) for f, p in chosen]


def _tactics(proof: Proof) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in proof.body if s.kind is Kind.COMMAND]


def _change(file: str, document: Document, proof: Proof, dice: random.Random) -> Change:
    text = document.text
    if dice.random() < 0.5:
        start, end = proof.statement.start, proof.last.end
        return Change(file, "a lemma is gone", text[:start] + text[end:])
    start, end = dice.choice(_tactics(proof))
    return Change(file, "a tactic is gone", text[:start] + text[end:])


def prepare(coq: Coq, package: str, jobs: int, folder: Path) -> tuple[Side, Side]:
    """Theirs, which is built, and ours, which is checked."""
    theirs, ours = folder / "theirs", folder / "ours"
    environ = project(coq, package, theirs)
    project(coq, package, ours)
    sides = (
        Side(theirs, their_make(theirs, coq, jobs, environ), environ),
        Side(ours, f"proof-checker check -f _Project -j {jobs}", environ),
    )
    for side in sides:
        run(side.command, side.root, environ)
        shutil.copytree(side.root, side.pristine, symlinks=True)
    return sides


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("-j", type=int, default=2, dest="jobs")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("libraries", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    rows = []
    for package in options.libraries:
        with tempfile.TemporaryDirectory(prefix="first-error-") as folder:
            theirs, ours = prepare(coq, package, options.jobs, Path(folder))
            dice = random.Random(options.seed)
            found: dict[str, list[tuple[float, float]]] = {}
            skipped = Counter[str]()
            for change in changes(theirs.root, options.count, dice):
                pair = ours.seconds_to_error(change), theirs.seconds_to_error(change)
                print(f"{package} {change.file}: {change.what}: {pair}", flush=True)
                if pair[0] is None or pair[1] is None:
                    skipped["none" if pair == (None, None) else "ONE SIDE ONLY"] += 1
                else:
                    found.setdefault(change.what, []).append((pair[0], pair[1]))
            print(f"{package}, without an error: {dict(skipped)}")
            rows += [_row(package, what, pairs) for what, pairs in sorted(found.items())]
    print(f"\n{coq.toolchain.name}, J = {options.jobs}\n")
    print("| library | change | number | ours, median | make, median | ours / make | quicker |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for row in rows:
        print(row)


def _row(package: str, what: str, pairs: list[tuple[float, float]]) -> str:
    mine, theirs = zip(*pairs, strict=True)
    ratio = geometric_mean([our / their for our, their in pairs])
    quicker = sum(our < their for our, their in pairs)
    cells = [package, what, str(len(pairs)), f"{median(mine):.2f} s", f"{median(theirs):.2f} s"]
    return f"| {' | '.join([*cells, f'{ratio:.2f}', f'{quicker} of {len(pairs)}'])} |"


if __name__ == "__main__":
    main()
