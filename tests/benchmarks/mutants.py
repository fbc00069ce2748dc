"""Mutants: a check and coqc must agree on sources with a mistake, wherever it is.

    python -m tests.benchmarks.mutants --coq 8.16 --seed 1 --count 100 [--engine eager] FOLDER...

Each folder holds _Project and the sources, compiled by `make`; .environ.json, if any, variables
for coqc (tests/field/folders.py writes such ones); it is not written to. A mutant is a
copy of a file in which one tactic sentence of a proof is deleted, swapped with its neighbour or
replaced by another one; or one with a mistake that is found at Qed: its last tactic is missing, it
uses itself before its argument got smaller, or it begins with `Proof using.`. Checked are the file,
in a copy of the folder without compiled files, and by coqc, in one that has them. Compared:
accepted or rejected, and the place and the words of the first error. Exits with 1 if they differ
anywhere. The engine `eager` is snapshot with a process for each proof.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.check import pipeline
from checker.check.engines import EAGER, choose
from checker.document.document import Document, Proof
from checker.document.reader import read_document
from checker.document.sentences import Kind
from checker.knowledge.store import Ledger
from checker.report.events import Event, FileDone, ProofDone
from checker.report.messages import read_error
from checker.report.results import Message
from checker.run.run import Care, Run
from checker.workers.manager.limit import Limit
from makegen.project.project import read_project
from tests.helpers import Coq, every_coq

TOO_LONG = 120.0  # seconds, for a proof that a mistake makes run on and on
CUTS = 3
CUT_OFF = 124  # exit code of timeout(1)
UNENDED = "takes longer than"
ENVIRON = ".environ.json"  # variables that coqc needs

_NUMBERED = re.compile(r"\?[A-Z]\d+\b")
_AT_QED = ("unfinished", "guard", "using")
TACTICS = (b"auto.", b"intros.", b"reflexivity.", b"simpl.", b"exact I.", b"idtac.", b"easy.")


@dataclass(frozen=True)
class Mutant:
    """A source with a mistake."""

    file: str
    what: str
    text: bytes


def mutants(root: Path, files: list[str], dice: random.Random) -> "list[Mutant]":
    """One mutant for each file that has a proof to be broken."""
    found = []
    for file in files:
        document = read_document((root / file).read_bytes())
        proofs = [proof for proof in document.proofs if len(_tactics(proof)) >= 2]
        if proofs:
            found.append(_mutant(file, document, dice.choice(proofs), dice))
    return found


def _tactics(proof: Proof) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in proof.body if s.kind is Kind.COMMAND]


def _mutant(file: str, document: Document, proof: Proof, dice: random.Random) -> Mutant:
    tactics = _tactics(proof)
    index = dice.randrange(len(tactics) - 1)
    (start, end), (next_start, next_end) = tactics[index : index + 2]
    text = document.text
    how = dice.choice(("delete", "swap", "replace", *_AT_QED))
    if how == "delete":
        made = text[:start] + text[end:]
    elif how == "swap":
        one, other = text[start:end], text[next_start:next_end]
        made = text[:start] + other + text[end:next_start] + one + text[next_end:]
    elif how == "unfinished":
        start, end = tactics[-1]
        made = text[:start] + text[end:]
    elif how == "guard":
        made = text[: tactics[0][0]] + b"fix IH 1. exact IH." + text[tactics[-1][1] :]
    elif how == "using":
        begun = (proof.start.start, proof.start.end) if proof.start else (tactics[0][0],) * 2
        made = text[: begun[0]] + b"Proof using. " + text[begun[1] :]
    else:
        made = text[:start] + dice.choice(TACTICS) + text[end:]
    return Mutant(file, f"{how} sentence {index} of {proof.full_name}", made)


@dataclass(frozen=True)
class Verdict:
    """Accepted (no errors), or what the first error is."""

    accepted: bool
    place: tuple[int, int, int] | None = None
    words: str = ""


def _first(messages: list[Message]) -> Verdict:
    def place(message: Message) -> tuple[int, int, int]:
        where = message.position
        return (where.line, where.start, where.end) if where else (sys.maxsize, 0, 0)

    first = min(messages, key=place)
    # How coqc numbers what it has not found depends on how much it did before, in parts or not.
    words = _NUMBERED.sub("?", " ".join(first.text.split()))
    return Verdict(False, place(first), words)


def ours(coq: Coq, root: Path, mutant: Mutant, workers: int, engine: str) -> Verdict:
    """What a check says."""
    events: list[Event] = []
    with Ledger(root) as ledger:
        run = Run(
            project=read_project(root / "_Project"),
            toolchain=coq.toolchain,
            files=(mutant.file,),
            workers=workers,
            environ={**coq.environ, **_environ(root)},
            ledger=ledger,
            tokens=Limit(workers),
            tell=events.append,
            care=Care(proof_timeout=None if engine in ("vio", "vok") else TOO_LONG),
        )
        chosen = EAGER if engine == "eager" else choose(engine, coq.toolchain)
        asyncio.run(pipeline.check(run, chosen))
    results = [event.result for event in events if isinstance(event, ProofDone | FileDone)]
    if results and all(result.verdict.is_ok for result in results):
        return Verdict(True)
    messages = [message for result in results for message in result.messages]
    return _first(messages) if messages else Verdict(False)


def _environ(root: Path) -> dict[str, str]:
    path = root / ENVIRON
    variables: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return variables


def coqcs(coq: Coq, root: Path, file: str) -> Verdict:
    """What coqc says."""
    flags = read_project(root / "_Project").coq_flags
    limited = ("timeout", str(2 * TOO_LONG), *coq.toolchain.coqc)
    output = ("-o", str((root / file).with_suffix(".vo")))  # kept: others load it
    kept = (root / file).with_suffix(".vo").read_bytes()
    done = coq.run(
        *limited, "-q", *flags, "-noglob", *output, file, cwd=root, environ=_environ(root)
    )
    (root / file).with_suffix(".vo").write_bytes(kept)
    if done.returncode == 0:
        return Verdict(True)
    if done.returncode == CUT_OFF:
        return Verdict(False, words=UNENDED)
    message = read_error(done.stderr)
    return _first([message]) if message else Verdict(False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coq", required=True, help="8.16, 8.20 or 9.2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("-j", dest="workers", type=int, default=2, help="of the engine")
    parser.add_argument("--longest", type=int, default=60_000, help="bytes of a file to be taken")
    parser.add_argument("--engine", default="eager", help="eager, snapshot, vio or vok")
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    dice = random.Random(options.seed)
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        todo = []
        for number, source in enumerate(options.folders):
            root = Path(folder, str(number))
            shutil.copytree(source, root)
            shutil.copytree(source, _mine(root), ignore=shutil.ignore_patterns("*.vo*", "*.vio"))
            files = [
                file
                for file in read_project(root / "_Project").v_files
                if (root / file).stat().st_size <= options.longest
            ]
            todo += [(root, mutant) for mutant in mutants(root, files * 20, dice)]
        dice.shuffle(todo)
        for root, mutant in todo[: options.count]:
            outcomes[_compare(coq, root, mutant, options)] += 1
            if outcomes.total() % 10 == 0:
                print(f"{outcomes.total()}: {_told(outcomes)}", flush=True)
    print(f"{options.coq}, seed {options.seed}: {_told(outcomes)}")
    return 1 if outcomes["DIFFERENT"] else 0


def _told(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(outcomes.items()))


def _mine(root: Path) -> Path:
    """Where ours is, which has no compiled files."""
    return root.with_name(f"{root.name}-mine")


def _compare(coq: Coq, root: Path, mutant: Mutant, options: argparse.Namespace) -> str:
    started = time.monotonic()
    with _in_place(_mine(root), mutant):
        mine = ours(coq, _mine(root), mutant, options.workers, options.engine)
    middle = time.monotonic()
    with _in_place(root, mutant):
        theirs = coqcs(coq, root, mutant.file)
    ended = time.monotonic()
    if mine == theirs:
        return "accepted by both" if mine.accepted else "rejected by both at the same place"
    if theirs.words == UNENDED and UNENDED in mine.words:
        return "ended by neither"
    print(f"DIFFERENT: {mutant.file}: {mutant.what}")
    print(f"  ours:  {mine}\n  coqc:  {theirs}")
    print(f"  ours {middle - started:.1f} s, coqc {ended - middle:.1f} s", flush=True)
    return "DIFFERENT"


@contextlib.contextmanager
def _in_place(root: Path, mutant: Mutant) -> Iterator[None]:
    path = root / mutant.file
    original, times = path.read_bytes(), path.stat()
    path.write_bytes(mutant.text)
    try:
        yield
    finally:
        path.write_bytes(original)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # its .vo is up to date again


if __name__ == "__main__":
    sys.exit(main())
