"""Questions that are put into what coqc is fed: they move what follows on their line. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from checker.inplace import STICKY_FLAGS
from checker.results import Message, Position
from checker.snapshot.script import Script

_DEFAULT = re.compile(r"Current value of Default Proof Using is (undefined)?")

# Asked where a file has loaded or imported something: no reader of the source can see what else
# that sets. Under such a flag no proof can be left out.
ABOUT_FLAGS = "".join(f"Test {flag}. " for flag in STICKY_FLAGS).encode()
# Asked before the proof of a section is left out of which nothing else is known.
ABOUT_DEFAULT = b"Test Default Proof Using. "


@dataclass(frozen=True)
class Question:
    """Words that were fed at a byte of the source that does not have them."""

    at: int
    words: bytes


def all_flags_off(output: str) -> bool:
    """Whether coqc, asked about flags, said that none is on."""
    said = (f"{flag} is off" in output and f"{flag} is on" not in output for flag in STICKY_FLAGS)
    return all(said)


def has_default(output: str) -> bool | None:
    """Whether coqc said that a default for `Proof using` holds; None when it did not say."""
    found = _DEFAULT.search(" ".join(output.split()))
    return None if found is None else not found[1]


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
