"""proof-checker plan: the schedule that a check would follow, and how good it is."""

import argparse
import dataclasses
import json
import sys

from rich.table import Table

from checker.check.engines import choose
from checker.check.session import drive
from checker.cli import options
from checker.report.terminal import OurConsole
from checker.run.run import Run
from checker.schedule.schedule import Batch, Schedule, lower_bound, plan


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "plan",
        help="print the schedule that check would follow",
        description="Prints the schedule, its makespan, the lower bound and their ratio.",
    )
    options.add_project(parser)
    options.add_run(parser)
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the schedule; the exit code."""
    settings = dataclasses.replace(options.settings_of(arguments), quiet=True, summary=False)
    engine = choose(arguments.engine, settings.toolchain)

    async def show(run: Run) -> None:
        batches = await engine.batches(run)
        schedule = plan(batches, run.workers)
        bound = lower_bound(batches, run.workers)
        if arguments.json:
            json.dump(as_json(schedule, bound), sys.stdout, indent=2)
            print()
        else:
            OurConsole(highlight=False).print(as_table(schedule, batches, bound))

    return drive(settings, show)


def as_json(schedule: Schedule, bound: float) -> dict[str, object]:
    """The schedule in plain values; times in seconds."""
    return {
        "makespan": schedule.makespan,
        "lower_bound": bound,
        "ratio": _ratio(schedule.makespan, bound),
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


def as_table(schedule: Schedule, batches: list[Batch], bound: float) -> Table:
    """A row a visit, a section a worker; the figures in the caption."""
    tasks = {batch.file: len(batch.tasks) for batch in batches}
    figures = (
        f"makespan {schedule.makespan:.2f} s, lower bound {bound:.2f} s, "
        f"ratio {_ratio(schedule.makespan, bound):.3f}"
    )
    table = Table("worker", "file", "proofs", "seconds", caption=figures)
    for number, visits in enumerate(schedule.workers, start=1):
        for visit in visits:
            proofs = f"{len(visit.tasks)} of {tasks[visit.file]}"
            table.add_row(str(number), visit.file, proofs, f"{visit.seconds:.2f}")
        table.add_section()
    return table


def _ratio(makespan: float, bound: float) -> float:
    return makespan / bound if bound else 1.0
