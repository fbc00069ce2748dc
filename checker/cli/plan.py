"""proof-checker plan: the schedule that a check would follow, and how good it is."""

import argparse
import dataclasses
import json
import sys

from checker.check.engines import choose
from checker.check.forecast import forecast
from checker.check.session import drive
from checker.cli import options
from checker.cli.planned import PlannedBatches, PlannedPasses
from checker.engines.engine import Engine
from checker.report.progress import OurConsole
from checker.run.run import Care, Run
from makegen.base.errors import UserError


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "plan",
        help="print the schedule that check would follow",
        description="Prints the schedule of a check from scratch, its makespan, the lower bound "
        "and their ratio, from the times of earlier runs, else estimated.",
    )
    options.add_project(parser)
    options.add_workers(parser)
    options.add_engine(parser)
    options.add_words(parser)
    options.add_threshold(parser)
    parser.add_argument(
        "--simulate",
        type=_worker_counts,
        default=(),
        metavar="J,J,...",
        help="the makespan for other numbers of workers as well, and that of coq_makefile's "
        "make -jJ, from the same times",
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


def _worker_counts(text: str) -> tuple[int, ...]:
    return tuple(map(options.positive, text.split(",")))


def run(arguments: argparse.Namespace) -> int:
    """Print the schedule; the exit code."""
    care = Care(threshold=arguments.delegation_threshold)
    settings = dataclasses.replace(
        options.settings_of(arguments), quiet=True, summary=False, care=care
    )
    engine = choose(
        arguments.engine,
        settings.toolchain,
        project=settings.project,
        extra_arguments=settings.extra_arguments,
    )
    if arguments.simulate and engine.passes is None:
        raise UserError(f"--simulate: the engine {engine.name} cannot; use --engine snapshot")

    async def show(run: Run) -> None:
        planned = await _planned(run, engine, arguments.simulate)
        if arguments.json:
            json.dump(planned.as_json(), sys.stdout, indent=2)
            print()
        else:
            console = OurConsole(sys.stdout)
            for table in planned.as_tables():
                console.print(table)

    return drive(settings, show)


async def _planned(
    run: Run, engine: Engine, others: tuple[int, ...]
) -> PlannedPasses | PlannedBatches:
    if engine.passes:
        found = await forecast(run, engine.passes)
        return PlannedPasses(found.files, found.machine, others)
    assert engine.batches, "an engine that makes no passes runs batches"
    return PlannedBatches(await engine.batches(run), run.workers)
