"""proof-checker hints: what earlier checks learnt of section variables, for the next coqc -vos."""

import argparse
from dataclasses import replace

from checker.check.session import drive
from checker.cli import options
from checker.interfaces import hinted_text as hintedtext
from checker.interfaces import hints
from checker.run.run import Run

LEAST = 1.0  # seconds: for less, it does not pay to have the check look at all dependents once


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "hints",
        help="lets `make quick` skip proofs in sections without `Proof using`",
        description=(
            "Writes the section variables that earlier checks learnt where coqc -vos (-vio) looks "
            "for them: in the .aux files, and in texts that it is given in the place of sources; "
            "prints the sources that they are for."
        ),
    )
    options.add_project(parser)
    parser.add_argument(
        "--undo",
        action="store_true",
        help="remove what was made with them and not confirmed since; prints the sources",
    )
    parser.add_argument(
        "--environ",
        action="store_true",
        help="only print the variables with which coqc takes such texts, as env(1) wants them",
    )
    parser.add_argument(
        "--least",
        type=float,
        default=LEAST,
        metavar="S",
        help="only for sources where they save so many CPU seconds (default %(default)s)",
    )
    options.add_run(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prepare the hints, or undo what was made with them; the exit code."""
    found = options.settings_of(arguments, needs_sources=False)  # make may be about to make them
    # It runs no worker: make calls it where its jobserver is out of reach, in $(shell).
    settings = replace(found, quiet=True, summary=False, workers=1)

    async def act(run: Run) -> None:
        if arguments.undo:
            lines = hints.undo_opened(run)
        else:
            environ = await hintedtext.environ_for(run.toolchain)
            if arguments.environ:
                lines = [f"{name}={value}" for name, value in environ.items()]
            else:
                lines = hints.prepare(run, arguments.least, by_text=bool(environ))
        for line in lines:
            print(line)

    return drive(settings, act)
