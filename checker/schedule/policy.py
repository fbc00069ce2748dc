"""What a free worker takes next, and which proofs a pass leaves to a copy of its process.

The driver of the snapshot engine asks this as it goes along, and so does the simulation. Files are
begun by the longest remaining path (makegen.base.graph), each once all that it loads stands.

Pure: no files, no clocks, no processes. All times are in seconds.
"""

from dataclasses import dataclass
from math import inf

MOST_COPIES = 64  # that wait for a worker; further proofs run where they stand
MOST_EACH = 6  # of them for each worker: more cost memory, and wait long
ENOUGH = 2  # copies that wait, for each worker: none will be idle soon
SHARE = 0.5  # of the threshold, until there are enough
NEAR = 0.7  # of the time that all work takes: a path so long decides when the run ends, or will
RUN = 0.1  # seconds: short proofs, one after the other, that together are worth a copy

# When a worker takes a piece of work: the lowest first, among equals the one that came first.
Rank = tuple[int, float]


def rank(path: float, *, plain: bool = False, alone: bool = False) -> Rank:
    """Of work with which a path of so many seconds begins: the longest first (Hu, 1961).

    That is the work itself, and the longest path of files that wait for it: a pass with all that
    load its file, a proof in a copy alone, but with these files too where its pass cannot end
    before it (the pass takes something for granted that the copy confirms).

    Last comes what depends on what others find out: what is run as coqc does (`plain`), and a
    second try, while nothing else runs (`alone`).
    """
    return plain + 2 * alone, -path


@dataclass(frozen=True)
class Situation:
    """A run as it is when a pass comes to a proof."""

    workers: int
    threshold: float  # quicker proofs are hardly worth a process of their own
    jobs: int = 0  # passes and parts that could begin, had they a worker
    copies: int = 0  # that wait for one
    waiting: float = 0.0  # seconds that these jobs and copies take
    is_short: bool = False  # memory is


def is_urgent(path: float, work: float, workers: int) -> bool:
    """Whether a path of so many seconds decides when so much work, that path included, is done.

    Where it does not, workers are busy to the end however long its passes take.
    """
    return path * workers >= NEAR * work


def worth(now: Situation, *, is_urgent: bool) -> float:
    """What a proof has to take for a copy to run it, while its pass goes on without it.

    It pays where others wait for the file and the run would end later, or where a worker would be
    idle before the pass has run the proof: what waits keeps the others busy for a shorter time. To
    keep workers busy, shorter proofs will do.
    """
    has_room = not now.is_short and now.copies < min(MOST_COPIES, MOST_EACH * now.workers)
    if now.workers == 1 or not has_room:
        return inf
    least = now.threshold * (SHARE if now.copies < ENOUGH * now.workers else 1)
    return least if is_urgent else max(least, now.waiting / (now.workers - 1))


def begins_file(now: Situation) -> bool:
    """Whether one more file is begun: as many as keep the workers busy, since times change."""
    return now.jobs < now.workers
