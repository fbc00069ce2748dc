"""What is wrong, once more at the end of a run: sorted by file, a line each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from checker.report.events import (
    AdmittedProof,
    CheckedAgain,
    Event,
    FileDone,
    ProofDone,
    is_failure,
)
from checker.report.results import FileResult, Message, ProofResult

MOST = 20  # that are listed; of more there is the number
LEAST_WORDS = 12  # columns: in less than that, coqc's words say nothing

# What coqc tells before it comes to the point: a line `x, y : nat` or `n := 2 : nat` a hypothesis,
# whose further lines are indented.
_ENVIRONMENT = re.compile(
    r"In environment\n(?:[^\W\d][\w', ]* :=? .*\n|[^\W\d][\w', ]* :\n|\s.*\n)*"
)


@dataclass(frozen=True, order=True)
class Failure:
    """One line of the list."""

    file: str
    line: int  # from 1, as is the column; 0: coqc names no place
    column: int
    name: str  # of the proof; "": it is about the file
    verdict: str
    words: str = ""

    @property
    def place(self) -> str:
        """Where it is, as editors and terminals read it.

        >>> Failure("A.v", 7, 3, "typo", "wrong").place
        'A.v:7:3 typo'
        """
        numbers = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{numbers}{' ' if self.name else ''}{self.name}"

    def words_within(self, width: int) -> str:
        """What follows verdict and place on a line of this width.

        >>> Failure("A.v", 7, 3, "typo", "wrong", "Unable to unify 1 with 2.").words_within(40)
        ': Unable to unify 1 w…'
        """
        room = width - len(f"{self.verdict} {self.place}: ")
        if not self.words or room < min(LEAST_WORDS, len(self.words)):
            return ""
        is_cut = len(self.words) > room
        return f": {self.words[: room - 1].rstrip()}…" if is_cut else f": {self.words}"


@dataclass
class Failures:
    """What a run has told of that is not good; nothing of what was not tried for it."""

    found: dict[str, list[Failure]] = field(default_factory=dict)  # by file

    def tell(self, event: Event) -> None:
        """Take the event into account."""
        match event:
            case ProofDone(result) if is_failure(event):
                of_file = self.found.setdefault(result.file, [])
                of_file.append(_failure(result, result.proof, result.messages))
            case FileDone(result) if is_failure(event):
                of_file = self.found.setdefault(result.file, [])
                of_file += [_failure(result, "", [message]) for message in result.messages]
                if not of_file:
                    of_file.append(_failure(result, "", []))
            case AdmittedProof(proof, place):
                of_file = self.found.setdefault(place.file, [])
                of_file.append(Failure(place.file, place.line, place.start + 1, proof, "admitted"))
            case CheckedAgain(file):
                self.found.pop(file, None)
            case _:
                pass

    def all(self) -> list[Failure]:
        """In the order of files and lines."""
        return sorted(failure for found in self.found.values() for failure in found)


def _failure(result: ProofResult | FileResult, name: str, messages: Iterable[Message]) -> Failure:
    """The first of the messages is shown."""
    message = next(iter(messages), Message(None, ""))
    verdict, words, place = result.verdict.value, gist(message.text), message.position
    if place is None:
        return Failure(result.file, 0, 0, name, verdict, words)
    return Failure(place.file, max(0, place.line), max(0, place.start) + 1, name, verdict, words)


def gist(text: str) -> str:
    """The beginning of coqc's words, on one line, without the hypotheses that it lists first.

    >>> gist('In environment\\nn : nat\\nUnable to unify "n" with\\n "1".\\n\\nMore.')
    'Unable to unify "n" with "1".'
    """
    paragraph = _ENVIRONMENT.sub("", text, count=1).strip().partition("\n\n")[0]
    return " ".join(paragraph.split())
