"""proof-checker report: the page about a project, from what the ledger knows."""

import argparse
from dataclasses import replace
from pathlib import Path

from checker.check.session import drive
from checker.cli import options
from checker.cli.outputs import place_of
from checker.knowledge.store import is_there
from checker.run.run import Run
from makegen.base.files import write_outputs

NAME = "report.html"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "report",
        help="write a page to look at, from what is known of earlier runs",
        description="Writes one HTML file: what is known of each proof as the sources are now, "
        "the schedule of a check, what would help, the history. Nothing is checked: `check "
        "--report FILE` tells of a check itself.",
    )
    options.add_project(parser)
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        default=Path(NAME),
        metavar="FILE",
        help="where to write it (default: %(default)s)",
    )
    parser.add_argument(
        "-j",
        dest="workers",
        type=options.positive,
        metavar="N",
        help="the workers of the schedule (default: the CPUs that this process may use)",
    )
    options.add_words(parser)
    parser.set_defaults(run=run, load=None, memory=None, quiet=True)


def run(arguments: argparse.Namespace) -> int:
    """Write the page; the exit code."""
    output = place_of("-o", arguments.output, arguments.project)
    settings = replace(options.settings_of(arguments), summary=False)
    settings = replace(settings, keeps_ledger=is_there(settings.project.root))

    async def write(run: Run) -> None:
        from checker.check.from_ledger import report_from_ledger  # noqa: PLC0415 - slow to load
        from checker.report.page.page import page  # noqa: PLC0415 - likewise

        write_outputs({output: page(await report_from_ledger(run))})

    return drive(settings, write)
