"""proof-checker vio2vo: a .vo for every source."""

import argparse

from checker.check.session import drive
from checker.cli import options
from checker.engines.choice import TO_COMPLETE, choose
from checker.engines.run import Run
from checker.engines.whole_file import over_vo as overvo
from checker.interfaces import hints


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "vio2vo",
        help="make every .vo (what `make vio2vo J=2` runs)",
        description="Makes the .vo of every source, J at once; leaves none of a wrong file.",
    )
    options.add_project(parser)
    options.add_run(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the .vo files; the exit code."""
    settings = options.settings_of(arguments)
    engine = choose(arguments.engine, settings.toolchain, TO_COMPLETE)

    async def complete(run: Run) -> None:
        hints.undo_opened(run)
        await overvo.complete(run, engine.complete)

    return drive(settings, complete)
