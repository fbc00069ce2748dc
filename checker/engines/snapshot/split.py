"""Who takes which proofs: where to cut what is left of a file in two.

A worker takes a whole file. When another worker has nothing to do, the file that wins most by it is
cut: the process is forked, the copy is led past the proofs that the original keeps (they cost it
only their statements), and takes the rest. So no cut is made that no worker waits for, the parts
fit whatever the proofs turn out to cost, and a file is copied about log2(work / least gain)
times, not once a proof.

Pure: all costs are seconds.
"""

from dataclasses import dataclass

from checker.engines.run import Care
from checker.engines.snapshot.files import Job

FORK_SECONDS = 0.4  # CPU that a copy costs: the pages that either side writes to are copied
LEAST_GAIN = Care.threshold  # a cut that wins less is not made, unless the user wants it

LEAST_RETURN = 0.5  # seconds that a cut wins for each that the copy spends to get to its part


@dataclass(frozen=True)
class Cut:
    """The copy takes the steps from `at`; the original stops there."""

    at: int
    gain: float  # seconds by which the longer part is shorter than the whole


def best_cut(job: Job, cursor: int, least_gain: float = LEAST_GAIN) -> Cut | None:
    """The best place to cut what is left of a job whose process is at `cursor`, if that pays."""
    file = job.file
    first = max(cursor, job.real)
    left = sum(map(file.run_cost, range(first, job.stop)))
    ran = skipped = 0.0
    best: Cut | None = None
    for index in range(first, job.stop):
        if index > first and file.script.steps[index].proof is None:  # never inside a proof
            gain = left - max(ran, skipped + left - ran + FORK_SECONDS)
            pays = gain >= LEAST_RETURN * skipped or least_gain < 0
            if pays and (best is None or gain > best.gain):
                best = Cut(index, gain)
        ran += file.run_cost(index)
        skipped += file.pass_cost(index)
    return best if best and best.gain >= least_gain else None
