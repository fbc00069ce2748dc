"""What a run of passes would take if something were otherwise: the workers, a file, the proofs.

Pure: no files, no clocks, no processes. All times are in seconds.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from checker.schedule import make, passes
from checker.schedule.passes import Assumes, File, Machine, Step
from checker.schedule.simulation import simulate
from makegen.base import graph


def ratio(makespan: float, bound: float) -> float:
    """How much longer it takes."""
    return makespan / bound if bound else 1.0


@dataclass(frozen=True)
class Simulated:
    """A number of workers, and how long they take."""

    workers: int
    makespan: float
    lower_bound: float
    cpu: float
    forks: int
    make: float  # make -jJ, with coq_makefile's Makefile
    make_by_path: float  # that, did it begin files by the longest remaining path

    def as_json(self) -> dict[str, object]:
        """In plain values; times in seconds."""
        return {
            "workers": self.workers,
            "makespan": self.makespan,
            "lower_bound": self.lower_bound,
            "ratio": ratio(self.makespan, self.lower_bound),
            "cpu": self.cpu,
            "forks": self.forks,
            "make": self.make,
            "make_by_longest_path": self.make_by_path,
        }


def simulated(files: Sequence[File], machine: Machine, workers: int) -> Simulated:
    """The same with so many workers."""
    machine = replace(machine, workers=workers)
    timeline = simulate(files, machine)
    needs = {file.name: file.needs for file in files}
    seconds = {file.name: file.seconds for file in files}
    return Simulated(
        workers,
        timeline.makespan,
        passes.lower_bound(files, machine),
        timeline.cpu,
        timeline.forks,
        make.makespan(needs, seconds, workers),
        graph.makespan(needs, seconds, workers),
    )


def halved(files: Sequence[File], name: str) -> list[File]:
    """The same with this file cut in two halves of the same time, which do not need each other.

    Those that load it load both: it can be no better than that.
    """
    return [half for file in files for half in _with_halves(file, name)]


def _with_halves(file: File, name: str) -> Iterator[File]:
    second = f"{name} (its second half)"
    if file.name == name:
        half = sum(step.seconds for step in file.steps) / 2
        cut = next((n for n in range(len(file.steps)) if file.expected_from(n) <= half), 0)
        yield replace(file, steps=file.steps[:cut])
        yield replace(file, name=second, steps=file.steps[cut:])
    elif name in file.needs:
        yield replace(file, needs=(*file.needs, second))
    else:
        yield file


def with_known_variables(files: Sequence[File], proofs: Collection[tuple[str, str]]) -> list[File]:
    """The same if the section variables of these proofs were declared; by file and name."""

    def mended(file: File, step: Step) -> Step:
        if step.proof is None or (file.name, step.proof) not in proofs:
            return step
        return replace(step, may_be_put_off=True, assumes=Assumes.NOTHING)

    return [replace(f, steps=tuple(mended(f, step) for step in f.steps)) for f in files]
