"""proof-checker check: the verdict on every proof."""

import argparse
from dataclasses import replace
from pathlib import Path

from checker.check.choice import Choice, chosen
from checker.check.engines import choose, on_cluster
from checker.check.pipeline import check
from checker.check.refusal import refuse_admitted
from checker.check.session import drive
from checker.check.universes import Goodness, check_universes
from checker.cli import options
from checker.cli.outputs import add_outputs, outputs_of
from checker.cli.watching import again_and_again
from checker.run.run import Run
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
    add_outputs(parser)
    parser.add_argument(
        "--recheck", action="store_true", help="run every proof, also those with a valid verdict"
    )
    parser.add_argument(
        "--explain", action="store_true", help="say of every file that is run, and its proofs, why"
    )
    parser.add_argument(
        "-k",
        dest="names",
        action="append",
        default=[],
        metavar="NAME",
        help="only proofs whose name contains NAME, or matches it if it has *, ? or [ in it; as "
        "with pytest, case does not matter (repeat it for more)",
    )
    parser.add_argument(
        "--last-failed", action="store_true", help="only what was not good when it was last checked"
    )
    parser.add_argument(
        "-x", dest="first", action="store_true", help="stop at the first wrong proof or file"
    )
    parser.add_argument(
        "--no-admitted", action="store_true", help="a proof that ends in Admitted is an error"
    )
    parser.add_argument(
        "--universes",
        action="store_true",
        help="then make every .vo, as vio2vo does, and have one coqc load all of them: each "
        "universe constraint is checked beside every other",
    )
    parser.add_argument(
        "--watch", action="store_true", help="check again whenever a source changes, until ^C"
    )
    options.add_cluster(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the proofs, once or whenever they change; the exit code."""
    if arguments.watch:
        return again_and_again(Path(arguments.project), lambda: _run(arguments))
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    settings = replace(
        options.settings_of(arguments),
        care=options.care_of(arguments),
        outputs=outputs_of(arguments),
        stops_at_first=arguments.first,
        trusts_others=arguments.trust == "all",
    )
    engine = choose(
        arguments.engine,
        settings.toolchain,
        project=settings.project,
        extra_arguments=settings.extra_arguments,
    )
    if arguments.cluster:
        if arguments.trust == "local":
            raise UserError("--trust local: what --cluster finds would not count; leave one out")
        if not engine.keeps_verdicts:
            raise UserError(f"--cluster: the engine {engine.name} works on this machine only")
        engine = on_cluster(arguments.cluster, is_trusted=arguments.cluster_plain)
    if settings.care.proof_timeout is not None and not engine.stops_proofs:
        raise UserError(
            f"--proof-timeout: the engine {engine.name} cannot stop a proof; "
            "take --engine snapshot, or leave the limit out"
        )

    choice = Choice(tuple(arguments.names), arguments.last_failed)
    if choice and arguments.universes:
        raise UserError("--universes is about all proofs: leave out -k and --last-failed")

    async def check_all(run: Run) -> None:
        run = chosen(run, choice, by_proof=engine.keeps_verdicts)
        found = Goodness(run.tell)
        checked = replace(run, tell=found.tell)
        await check(checked, engine, recheck=arguments.recheck, explain=arguments.explain)
        if arguments.universes and not found.bad:
            await check_universes(run)
        if arguments.no_admitted:
            refuse_admitted(run)

    return drive(settings, check_all)
