"""What is asked about a place of a document: goals, a name, queries."""

import re
from typing import Any

from lsprotocol import types as lsp

from checker.document.document import Proof, ProofEnd
from checker.lsp import goals as reading
from checker.lsp.asking import Answer, Asking, before
from checker.lsp.names import (
    Place,
    defined_in,
    full_name,
    name_at,
    proof_named,
    source_of,
)
from checker.lsp.open_document import OpenDocument
from checker.lsp.places import Places
from checker.lsp.revision import Revision
from checker.lsp.view import View

PREVIOUS = "Prev"


async def goals(
    revision: Revision, asking: Asking, offset: int, *, mode: str, commands: str = ""
) -> dict[str, Any]:
    """`goals`, `messages` and `error` of an answer to `proof/goals`.

    `mode`: before the sentence that the place is in ("Prev"), or after it. `commands`: run first.
    """
    document = revision.known.document
    end = before(document.sentences, offset, whole=mode != PREVIOUS)
    if not commands and not any(_is_open(proof, end) for proof in document.proofs):
        return {"goals": None, "messages": []}
    first = f"{commands.strip()}\n".encode() if commands.strip() else b""
    said = await asking.ask(revision, end, first + reading.SHOW)
    if said.error:
        return await _goals_before(revision, asking, end, said)
    found = reading.read_goals(said.output)
    rest = ""
    if more := reading.more(found):
        rest = (await asking.ask(revision, end, first + reading.SHOW_ALL + more)).output
    return {"goals": reading.answer(found, rest), "messages": []}


def _is_open(proof: Proof, end: int) -> bool:
    """Whether a proof is open behind the byte `end`; one without `Qed` is where it stops, too."""
    last = proof.last.end
    is_at_end = end == last and proof.kind is ProofEnd.NONE
    return proof.statement.end <= end and (end < last or is_at_end)


async def _goals_before(
    revision: Revision, asking: Asking, end: int, said: Answer
) -> dict[str, Any]:
    """coqc refuses the sentence that ends there: its error, and the goals that it met."""
    sentences = revision.known.document.sentences
    start = before(sentences, end - 1, whole=False)
    found: dict[str, Any] = {"goals": None, "messages": [], "error": said.error}
    again = await asking.ask(revision, start, reading.SHOW) if start else said
    if not again.error:
        found["goals"] = reading.answer(reading.read_goals(again.output), "")
    return found


async def _named(
    document: OpenDocument, position: lsp.Position
) -> tuple[Revision, View, int, str] | None:
    """The document as it is, the byte of a place, and the name that it is in."""
    revision, view = await document.read(), document.view
    if revision is None or view is None:
        return None
    offset = view.places.offset(position)
    name = name_at(view.document.text, offset)
    return None if name is None else (revision, view, offset, name)


async def about(revision: Revision, asking: Asking, offset: int, name: str) -> str:
    """What coqc says of a name where the step begins that a place is in."""
    script = revision.file.script
    start = script.steps[script.step_at(offset)].start
    words = f"Set Printing Width 100. About {name}."
    return (await asking.ask(revision, start, words.encode())).output.strip()


async def hover(document: OpenDocument, position: lsp.Position) -> str | None:
    """What is shown of the name at a place, in Markdown."""
    found = await _named(document, position)
    if found is None:
        return None
    revision, view, offset, name = found
    said = await about(revision, document.asking, offset, name)
    parts = [f"```coq\n{said}\n```"] if said else []
    if proof := proof_named(view.document, name):
        parts.append(_of_proof(view, proof))
    return "\n\n".join(parts) or None


def _of_proof(view: View, proof: Proof) -> str:
    """The verdict on a proof of the document, in words."""
    verdict, seconds = view.verdict(proof), view.seconds(proof)
    if verdict is None:
        return "its proof: not run yet"
    how = "known from before" if seconds is None else f"{seconds:.2f} s"
    uses = view.known.uses.get(proof.statement.start, b"").decode()
    used = re.search(r"using (.*?)\.", uses)
    return f"its proof: {verdict.value} ({how}{f'; uses {used[1]}' if used else ''})"


async def definition(document: OpenDocument, position: lsp.Position) -> lsp.Location | None:
    """Where the name at a place is defined: in the document, the project, a library."""
    at = await _named(document, position)
    if at is None:
        return None
    revision, view, offset, name = at
    place = await _elsewhere(revision, document.asking, offset, name)
    if place:
        places = Places(place.path.read_bytes())
        return lsp.Location(place.path.as_uri(), places.range(place.start, place.end))
    found = defined_in(view.document.text, name)
    return lsp.Location(document.uri, view.places.range(*found)) if found else None


async def _elsewhere(revision: Revision, asking: Asking, offset: int, name: str) -> Place | None:
    full = full_name(await about(revision, asking, offset, name))
    if full is None:
        return None
    project = revision.around.run.project
    path = source_of(full, project.root, project.load_paths, revision.desk.library)
    if path is None or path == project.root / revision.around.file:
        return None
    found = defined_in(path.read_bytes(), full)
    return Place(path.resolve(), *(found or (0, 0)))


async def query(revision: Revision, asking: Asking, offset: int, words: str) -> str:
    """What coqc says to a query such as `Search nat.` before the sentence at a place."""
    end = before(revision.known.document.sentences, offset, whole=False)
    said = await asking.ask(revision, end, words.encode())
    return said.output.strip() or said.error
