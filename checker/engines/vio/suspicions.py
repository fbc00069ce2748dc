"""What coqc says of wrong proofs when it runs .vio tasks (Coq 8.16, Stm.check_task).

    File "./F.v", line 9, characters 7-19:
    Warning: File F.vio: proof of lemma: chars 158-170 Unable to unify "2" with "1".

Both places are those of the whole sentence, with its final dot.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checker.engines.vio.files import VioTask
from checker.report.results import Position

_SUSPICION = re.compile(
    r'^File "(?:\./)?(?P<file>[^"\n]*)", line (?P<line>\d+), '
    r"characters (?P<from>\d+)-(?P<to>\d+):\n"
    r"Warning:\sFile\s[^\n]+: proof of (?P<name>[^\n]*?): chars (?P<start>\d+)-\d+\s"
    r'(?P<text>.*?)(?=^File "[^"\n]*", line |^Error: VIO Task Check failed|\Z)',
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Suspicion:
    """coqc's complaint about one task."""

    position: Position
    proof: str
    offset: int  # of the failing sentence, in bytes from the beginning of the source
    text: str


def read_suspicions(output: str) -> list[Suspicion]:
    """The complaints in what coqc printed, in its order; other warnings are passed over."""
    return [
        Suspicion(
            Position(m["file"], int(m["line"]), int(m["from"]), int(m["to"])),
            m["name"],
            int(m["start"]),
            m["text"].strip(),
        )
        for m in _SUSPICION.finditer(output)
    ]


def task_of(tasks: Sequence[VioTask], suspicion: Suspicion) -> VioTask | None:
    """The task complained of: the only one, that around the place, or the only one so named."""
    if len(tasks) == 1:
        return tasks[0]
    around = [t for t in tasks if t.start <= suspicion.offset < t.end]
    named = [t for t in tasks if t.name == suspicion.proof]
    found = around or named
    return found[0] if len(found) == 1 else None
