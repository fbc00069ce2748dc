"""Section variables: what stands in for a proof in a section that does not declare its own.

coqc tells them, for each such proof that it runs: it is started with Suggest Proof Using, and asked
inside the proof whether that still holds, and whether a default for `Proof using` does. For a proof
without annotation Coq then suggests one, unless there is no section variable at all. Pure.
"""

import re
from dataclasses import replace

from checker.results import Message, Position
from checker.snapshot.script import Script

# Asked after `Proof.`; it moves what follows on its line.
QUESTION = b"Test Default Proof Using. Test Suggest Proof Using. "
BY_DEFAULT = b"Proof. Admitted."  # `Proof.` takes the default, as it does in the real proof
NOTHING = b"Proof using . Admitted."  # there is no section variable to use

_DEFAULT = re.compile(r"Current value of Default Proof Using is (undefined)?")
_SUGGESTS = "Suggest Proof Using is on"
_SUGGESTION = re.compile(
    r"should start with one of the following commands: Proof using (.*?)\.(?: |$)"
)


def stand_in(output: str) -> bytes | None:
    """What says the same of the variables as the proof that coqc ran and said this of.

    None when coqc did not say what it should have: then the proof has to be run.
    """
    words = " ".join(output.split())
    default = _DEFAULT.search(words)
    suggestion = _SUGGESTION.search(words)
    if default is None or _SUGGESTS not in words:
        return None
    if suggestion:
        return b"Proof using %s. Admitted." % f"{suggestion[1]} ".lstrip().encode()
    return NOTHING if default[1] else BY_DEFAULT


def unasked(script: Script, asked_at: int, message: Message | None) -> Message | None:
    """The message as it is when no question is asked at this byte of the source."""
    if message is None or message.position is None:
        return message
    at = script.position(asked_at, asked_at)
    place = message.position
    if place.line != at.line:
        return message
    size = len(QUESTION)
    start, end = (
        column - size if column >= at.start + size else min(column, at.start)
        for column in (place.start, place.end)
    )
    return replace(message, position=Position(place.file, place.line, start, end))
