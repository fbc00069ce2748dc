"""What `proof-checker plan` prints: of passes, as the snapshot engine makes them, or of batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from rich.table import Table
from rich.text import Text

from checker.schedule import passes
from checker.schedule.comparison import ratio, simulated
from checker.schedule.passes import File, Machine, Step
from checker.schedule.schedule import Batch, Schedule, lower_bound, plan
from checker.schedule.simulation import simulate
from checker.schedule.timeline import Piece


def _figures(makespan: float, bound: float) -> str:
    over = ratio(makespan, bound)
    return f"makespan {makespan:.2f} s, lower bound {bound:.2f} s, ratio {over:.3f}"


@dataclass(frozen=True)
class PlannedBatches:
    """A schedule of batches: the engines vio and vok."""

    batches: Sequence[Batch]
    workers: int

    def as_json(self) -> dict[str, object]:
        """In plain values; times in seconds."""
        schedule, bound = self._schedule()
        return {
            "makespan": schedule.makespan,
            "lower_bound": bound,
            "ratio": ratio(schedule.makespan, bound),
            "workers": [
                [
                    {
                        "file": visit.file,
                        "load": visit.load,
                        "seconds": visit.seconds,
                        "tasks": [task.number for task in visit.tasks],
                    }
                    for visit in visits
                ]
                for visits in schedule.workers
            ],
        }

    def as_tables(self) -> Iterator[Table]:
        """A row a visit, a section a worker; the figures in the caption."""
        schedule, bound = self._schedule()
        tasks = {batch.file: len(batch.tasks) for batch in self.batches}
        caption = _figures(schedule.makespan, bound)
        table = Table("worker", "file", "proofs", "seconds", caption=caption)
        for number, visits in enumerate(schedule.workers, start=1):
            for visit in visits:
                proofs = f"{len(visit.tasks)} of {tasks[visit.file]}"
                table.add_row(str(number), Text(visit.file), proofs, f"{visit.seconds:.2f}")
            table.add_section()
        yield table

    def _schedule(self) -> tuple[Schedule, float]:
        return plan(self.batches, self.workers), lower_bound(self.batches, self.workers)


@dataclass(frozen=True)
class PlannedPasses:
    """What passes over the files will be like: the engine snapshot."""

    files: Sequence[File]
    machine: Machine
    others: Sequence[int] = ()  # numbers of workers to be simulated as well

    def as_json(self) -> dict[str, object]:
        """In plain values; times in seconds."""
        timeline = simulate(self.files, self.machine)
        bound = passes.lower_bound(self.files, self.machine)
        return {
            "makespan": timeline.makespan,
            "lower_bound": bound,
            "ratio": ratio(timeline.makespan, bound),
            "cpu": timeline.cpu,
            "forks": timeline.forks,
            "workers": [list(map(self._piece_as_json, pieces)) for pieces in timeline.workers],
            "simulated": [
                simulated(self.files, self.machine, workers).as_json() for workers in self.others
            ],
        }

    def as_tables(self) -> Iterator[Table]:
        """A row a pass, as far as it comes, or proofs of a file that were forked off; in order.

        The figures are in the caption.
        """
        timeline = simulate(self.files, self.machine)
        bound = passes.lower_bound(self.files, self.machine)
        caption = f"{_figures(timeline.makespan, bound)}, {timeline.forks} forks"
        table = Table("start", "end", "worker", "file", "in a", "proofs", caption=caption)
        rows = [
            (group[0].start, number, group)
            for number, pieces in enumerate(timeline.workers, start=1)
            for _, found in groupby(pieces, lambda piece: (piece.file, _kind(piece)))
            for group in [list(found)]
            if group[-1].end > group[0].start  # else a pass that only had to be confirmed
        ]
        for start, number, group in sorted(rows, key=lambda row: row[:2]):
            table.add_row(
                f"{start:.2f}",
                f"{group[-1].end:.2f}",
                str(number),
                Text(group[0].file),
                _kind(group[0]),
                self._count(group),
            )
        yield table
        if self.others:
            yield self._table_of_others()

    def _count(self, group: Sequence[Piece]) -> str:
        proofs = sum(len(self._proofs(piece)) for piece in group)
        every = sum(step.proof is not None for step in self._by_name[group[0].file].steps)
        return f"{proofs} of {every}"

    def _table_of_others(self) -> Table:
        table = Table("workers", "makespan", "lower bound", "ratio", "forks", "make -jJ", "ratio")
        for workers in self.others:
            found = simulated(self.files, self.machine, workers)
            table.add_row(
                str(workers),
                f"{found.makespan:.2f}",
                f"{found.lower_bound:.2f}",
                f"{ratio(found.makespan, found.lower_bound):.3f}",
                str(found.forks),
                f"{found.make:.2f}",
                f"{ratio(found.makespan, found.make):.3f}",
            )
        return table

    def _piece_as_json(self, piece: Piece) -> dict[str, object]:
        return {
            "file": piece.file,
            "is_pass": piece.is_pass,
            "is_head": piece.is_head,
            "start": piece.start,
            "end": piece.end,
            "proofs": [
                {"name": step.proof, "seconds": step.seconds} for step in self._proofs(piece)
            ],
        }

    @cached_property
    def _by_name(self) -> dict[str, File]:
        return {file.name: file for file in self.files}

    def _proofs(self, piece: Piece) -> list[Step]:
        """The proofs that are run in it."""
        steps = self._by_name[piece.file].steps
        return [step for index in piece.steps if (step := steps[index]).proof is not None]


def _kind(piece: Piece) -> str:
    if piece.is_head:
        return "head"
    return "pass" if piece.is_pass else "fork"
