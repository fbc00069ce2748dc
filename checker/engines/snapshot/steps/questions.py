"""Questions that are put into what coqc is fed: they move what follows on their line. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from checker.document.inplace import STICKY_FLAGS
from checker.engines.snapshot.steps.script import Script
from checker.report.results import Message, Position

# How flags must be for a proof to be left out. Without the last one, `Proof using` says nothing to
# an `Admitted`. Asked where a file has loaded or imported something: no reader of the source can
# see what else that sets.
_WANTED = {**dict.fromkeys(STICKY_FLAGS, "off"), "Keep Admitted Variables": "on"}
ABOUT_FLAGS = "".join(f"Test {flag}. " for flag in _WANTED).encode()


@dataclass(frozen=True)
class Question:
    """Words that were fed at a byte of the source that does not have them."""

    at: int
    words: bytes


def may_leave_out(output: str) -> bool:
    """Whether coqc, asked about flags, said of each what it must for proofs to be left out."""
    said = {
        (flag, way) for flag in _WANTED for way in ("on", "off") if f"{flag} is {way}" in output
    }
    return said == set(_WANTED.items())


def unasked(
    script: Script, questions: Iterable[Question], message: Message | None
) -> Message | None:
    """The message at its place in the source, where no question is asked; these in order."""
    if message is None or message.position is None:
        return message
    place = message.position
    for question in questions:
        at = script.position(question.at, question.at)
        if place.line == at.line:
            start, end = (
                column - len(question.words)
                if column >= at.start + len(question.words)
                else min(column, at.start)
                for column in (place.start, place.end)
            )
            place = Position(place.file, place.line, start, end)
    return replace(message, position=place)
