"""The documents of odd_documents.v, and what a check and coqc say of such documents."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from checker.check import pipeline
from checker.engines.engine import Engine
from checker.knowledge.store import Ledger
from checker.report.events import Event, FileDone, Note, ProofDone
from checker.report.messages import read_error
from checker.report.results import FileResult, Message, ProofResult
from checker.run.run import Run
from checker.workers.manager.limit import Limit
from makegen.project.project import read_project
from tests.helpers import TESTS, Coq, write_project


def documents_in(file: Path) -> dict[str, str]:
    """The documents of a file, by name."""
    text = file.read_text()
    return dict(re.findall(r"\(\* ==== (.*?) \*\)\n(.*?)(?=\n\(\* ====|\Z)", text, re.DOTALL))


DOCUMENTS = documents_in(TESTS / "odd_documents.v")

# Put before each one: proofs that can be put off whatever follows.
_BEFORE = "".join(f"Lemma pre{n} : {n} = {n}.\nProof.\n  reflexivity.\nQed.\n" for n in range(2))

# What `Load` finds.
BESIDE = {
    "Loaded.v": b"Lemma loaded : True.\nProof.\n  exact I.\nQed.\n",
    "Script.v": b"exact I.\nQed.\n",
    "Opened.v": b"Lemma opened : True.\nProof.\n",
    "Mistake.v": b"Lemma loaded : 1 = 2.\nProof.\n  reflexivity.\nQed.\n",
}


def document(name: str) -> bytes:
    """The whole document."""
    return with_lemmas(DOCUMENTS[name])


def with_lemmas(text: str) -> bytes:
    """A document that begins with proofs that can be put off."""
    return (_BEFORE + text).encode()


TOO_LONG = 120  # seconds, for a coqc


@dataclass(frozen=True)
class Said:
    """Accepted (no errors), or what the first error is."""

    accepted: bool
    place: tuple[str, int, int, int] | None = None  # file, line, and columns
    words: str = ""

    def agrees(self, other: "Said") -> bool:
        """Whether both say the same, at the same place; words may depend on what ran before."""
        return (self.accepted, self.place) == (other.accepted, other.place)


def write(root: Path, texts: Mapping[str, bytes]) -> Path:
    """Write a project of these files, and what they may load beside them."""
    write_project(root, dict.fromkeys(texts, ""))
    for name, text in {**BESIDE, **texts}.items():
        (root / name).write_bytes(text)
    return root


def ours(coq: Coq, root: Path, engine: Engine, workers: int, *, anew: bool) -> dict[str, Said]:
    """What a check says of each file; a defect that it finds in itself counts as an error."""
    results: dict[str, list[ProofResult | FileResult]] = {}
    defects: dict[str, Said] = {}

    def tell(event: Event) -> None:
        if isinstance(event, ProofDone | FileDone):
            results.setdefault(event.result.file, []).append(event.result)
        elif isinstance(event, Note) and "defect" in event.text:
            defects[event.text.partition(":")[0]] = Said(False, words=event.text)

    project = read_project(root / "_Project")
    with Ledger(root) as ledger:
        run = Run(
            project=project,
            toolchain=coq.toolchain,
            files=project.v_files,
            workers=workers,
            environ=coq.environ,
            ledger=ledger,
            tokens=Limit(workers),
            tell=tell,
        )
        asyncio.run(pipeline.check(run, engine, recheck=anew))
    return {file: _said(some) for file, some in results.items()} | defects


def _said(results: Iterable[ProofResult | FileResult]) -> Said:
    bad = [result for result in results if not result.verdict.is_ok]
    if not bad:
        return Said(accepted=True)
    messages = [message for result in bad for message in result.messages]
    return _first(messages) if messages else Said(False, words=str([r.verdict for r in bad]))


def _first(messages: Iterable[Message]) -> Said:
    """What has no place is found at the end."""
    first = min(
        messages, key=lambda m: (m.position.line, m.position.start) if m.position else (1 << 62, 0)
    )
    place = first.position
    where = (place.file, place.line, place.start, place.end) if place else None
    return Said(False, where, " ".join(first.text.split()))


def coqcs(coq: Coq, root: Path, file: str) -> Said:
    """What coqc says of a file; it leaves no compiled file."""
    command = ("timeout", str(TOO_LONG), *coq.toolchain.coqc, "-q", "-Q", ".", "Top", file)
    done = coq.run(*command, cwd=root)
    for made in root.glob(f"{Path(file).stem}.[vg][ol]*"):
        made.unlink()
    if done.returncode == 0:
        return Said(accepted=True)
    message = read_error(done.stderr)
    return _first([message]) if message else Said(False, words=done.stderr)
