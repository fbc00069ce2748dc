"""proof-checker check: the verdict on every proof."""

import argparse
from dataclasses import replace

from checker.check import incremental
from checker.check.marks import marking
from checker.check.session import drive
from checker.cli import options
from checker.engines.choice import choose
from checker.engines.run import Run
from checker.interfaces import hints
from makegen.base.errors import UserError


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
    parser.add_argument(
        "--recheck", action="store_true", help="run every proof, also those with a valid verdict"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the proofs; the exit code."""
    settings = replace(options.settings_of(arguments), care=options.care_of(arguments))
    engine = choose(arguments.engine, settings.toolchain)
    if settings.care.proof_timeout is not None and not engine.stops_proofs:
        raise UserError(
            f"--proof-timeout: the engine {engine.name} cannot stop a proof; "
            "take --engine snapshot, or leave the limit out"
        )

    async def check(run: Run) -> None:
        if engine.checks_against_vos:
            with marking(run) as marked:
                await check_all(marked)
        else:
            await check_all(run)

    async def check_all(run: Run) -> None:
        if engine.keeps_verdicts:
            await incremental.check(run, engine.check, recheck=arguments.recheck)
        else:
            hints.undo_opened(run)
            await engine.check(run)

    return drive(settings, check)
