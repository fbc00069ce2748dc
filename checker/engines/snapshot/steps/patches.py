"""A wrong proof with failing blocks given up, so that what comes after them is checked. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from checker.document.blocks import Script as Tactics
from checker.document.blocks import block_of, resolved
from checker.document.document import Document
from checker.engines.snapshot.steps.script import Script, Step
from checker.report.results import Message


@dataclass(frozen=True)
class Patch:
    """Bytes [start, end) of a source, and what is fed in their place."""

    start: int
    end: int
    words: bytes
    is_closed: bool  # what comes after cannot see what the block did


def recovery(
    document: Document, script: Script, step: Step, offset: int, kinds: Sequence[str]
) -> Patch | None:
    """What gives up the smallest block around the failing byte; None where there is none."""
    start = script.proofs[step.proof].statement if step.proof is not None else -1
    proof = next((p for p in document.proofs if p.statement.start == start), None)
    if proof is None:
        return None
    tactics = Tactics.of(document, proof)
    index = tactics.index_at(offset)
    if index is None:  # its `Qed`, or a blank
        return None
    # Among blocks of one size, indentation tells least of what is to be proved.
    in_order = sorted(resolved(kinds), key=lambda kind: kind == "indent")
    block = block_of(tactics, index, in_order)
    if block is None:
        return None
    place = block.range(tactics)
    words = _laid(script, place, block.recovery)
    return Patch(place.start, place.stop, words, block.is_closed)


def _laid(script: Script, place: range, words: bytes) -> bytes:
    """The words with as many line ends as the place; if any, what follows keeps its column."""
    text = script.text[place.start : place.stop]
    lines = text.count(b"\n")
    if not lines:
        return b" " + words + b" "
    return b" " + words + b"\n" * lines + b" " * (len(text) - text.rfind(b"\n") - 1)


def patched(script: Script, step: Step, patches: Sequence[Patch]) -> bytes:
    """The tactics with these blocks given up, and the proof with them."""
    assert step.proof is not None, "a step with tactics"
    proof = script.proofs[step.proof]
    parts = []
    done = step.start
    for patch in sorted(_outermost(patches), key=lambda patch: patch.start):
        parts += [script.text[done : patch.start], patch.words]
        done = patch.end
    last_dot = re.compile(rb"[^\s.]+\s*\.\Z")  # `Qed.`
    body = last_dot.sub(b"", script.text[done : proof.end])
    return b"".join([*parts, body, b"Admitted.", script.text[proof.end : step.end]])


def unpatched(script: Script, patches: Sequence[Patch], message: Message | None) -> Message | None:
    """The message at its place in the source: a patch may move what follows on its line."""
    if message is None or message.position is None:
        return message
    place = message.position
    for patch in sorted(_outermost(patches), key=lambda patch: patch.start):
        at = script.position(patch.start, patch.end)
        moved = len(patch.words) - (patch.end - patch.start)
        if at.line == place.line and b"\n" not in patch.words and place.start > at.start:
            if place.start < at.start + len(patch.words):
                return replace(message, position=at)
            place = replace(place, start=place.start - moved, end=place.end - moved)
    return replace(message, position=place)


def is_artefact(script: Script, patches: Sequence[Patch], message: Message) -> bool:
    """Whether an error in tactics with these patches may be due to them."""
    if any(not patch.is_closed for patch in _outermost(patches)):
        return True
    if message.position is None:
        return False
    offset = script.offset(message.position)
    return any(patch.start <= offset < max(patch.end, patch.start + 1) for patch in patches)


def _outermost(patches: Sequence[Patch]) -> list[Patch]:
    return [
        patch
        for patch in patches
        if not any(
            other != patch and other.start <= patch.start and patch.end <= other.end
            for other in patches
        )
    ]
