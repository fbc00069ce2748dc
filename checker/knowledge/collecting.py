"""What the ledger forgets: what nobody has used for long, and the oldest of what has no room.

A ledger knows the sources of every branch that was checked, and who goes back to one finds its
verdicts. What the sources as they are now have a use for is never forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from checker.knowledge.records import LOADED, SOURCES
from checker.knowledge.store import Entry, Ledger, today

ROW = 200  # bytes that a verdict or a record takes, with its key and the day of its last use
OF_TEXTS = (LOADED.name, SOURCES.name)  # topics of which each record is of one text


@dataclass(frozen=True)
class Limits:
    """How much is kept of what the sources have no use for as they are now."""

    days: int  # since it was last used
    size: int  # bytes that the ledger may have


@dataclass(frozen=True)
class Collected:
    """How many verdicts there were."""

    dropped: int
    kept: int
    others: int  # among those kept: for sources as they were, or are on another branch


def collect(
    ledger: Ledger, verdicts: set[str], records: Mapping[str, set[str]], limits: Limits
) -> Collected:
    """Forget what is past the limits; `verdicts` and, by topic, `records` are in use."""
    before = ledger.entries()
    others = before.keys() - verdicts
    for topic in OF_TEXTS:
        others |= ledger.memories(topic).keys() - records[topic]
    day_of = ledger.days()
    waiting = sorted(others, key=lambda key: day_of.get(key, today()))  # the oldest first
    count = sum(day_of.get(key, today()) <= today() - limits.days for key in waiting)
    while True:
        gone, waiting = waiting[:count], waiting[count:]
        ledger.drop(gone)
        for topic in OF_TEXTS:
            ledger.forget(topic, gone)
        ledger.shrink()
        excess = ledger.size - limits.size
        if excess <= 0 or not waiting:
            break
        freed = accumulate(_size(before.get(key)) for key in waiting)
        count = next((n for n, room in enumerate(freed, 1) if room >= excess), len(waiting))
    # What an older release has kept ages from now on.
    ledger.touch(key for key in waiting if key not in day_of)
    kept = ledger.entries().keys()
    return Collected(len(before.keys() - kept), len(kept), len(kept - verdicts))


def _size(entry: Entry | None) -> int:
    """About how much room is gained without it."""
    return ROW + (len(entry.messages) + len(entry.uses) if entry else 0)
