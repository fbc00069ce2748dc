"""proof-checker check: the verdict on every proof."""

import argparse
from dataclasses import replace

from checker import options
from checker.drive import drive
from checker.engines import choose


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "check",
        help="check every proof (what `make checkproofs J=6` runs)",
        description="Checks the proofs of a project in parallel; see README.md for exit codes.",
    )
    options.add_project(parser)
    options.add_run(parser)
    options.add_care(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the proofs; the exit code."""
    settings = replace(options.settings_of(arguments), care=options.care_of(arguments))
    return drive(settings, choose(arguments.engine, settings.toolchain).check)
