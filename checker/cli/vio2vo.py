"""proof-checker vio2vo: a .vo for every source."""

import argparse
from dataclasses import replace

from checker.check.engines import TO_COMPLETE, choose
from checker.check.session import drive
from checker.check.universes import complete_together
from checker.cli import options
from checker.cli.outputs import add_outputs, outputs_of
from checker.run.run import Run


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "vio2vo",
        help="make every .vo (what `make vio2vo J=2` runs)",
        description="Makes the .vo of every source, J at once; leaves none of a wrong file.",
    )
    options.add_project(parser)
    options.add_run(parser)
    add_outputs(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the .vo files; the exit code."""
    outputs = outputs_of(arguments)
    settings = replace(options.settings_of(arguments), outputs=outputs, command="vio2vo")
    engine = choose(arguments.engine, settings.toolchain, TO_COMPLETE)

    async def complete_all(run: Run) -> None:
        await complete_together(run, engine)

    return drive(settings, complete_all)
