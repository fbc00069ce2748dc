"""proof-checker interfaces: .vos, .vio and .vok files, for `make quick`, `vos` and `vok`."""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from checker.check.session import drive
from checker.cli import options
from checker.cli.asked_files import files_of
from checker.cli.times import seconds
from checker.engines.whole_file.plain import judge
from checker.interfaces import hinted_text, hints
from checker.interfaces.freshness import VIO, VOK, VOS, product
from checker.interfaces.making import MODES, Making
from checker.interfaces.remake import How
from checker.report.events import FileDone, tell_not_tried
from checker.report.results import FileResult, Verdict
from checker.run.run import Run
from makegen.base.errors import ExitCode, UserError
from makegen.base.process import Outcome
from makegen.coq.dependencies import read_dependencies
from makegen.project.project import Project

QUICK = "quick"
SHOWN = "SHOWN_COQC"  # what is shown of a coqc, as by the Makefile of this Coq's own generator


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "interfaces",
        help="make every file without its proofs (what `make quick`, `vos` and `vok` run)",
        description="Makes what is not up to date, J at once: every file without its proofs, or "
        "the files that are named, as F.v, or as the F.vos, F.vio or F.vok that is wanted.",
    )
    options.add_project(parser)
    kinds = parser.add_mutually_exclusive_group()
    for kind, what in (
        (VOS, "interfaces"),
        (VIO, "interfaces with the proofs as tasks (Coq before 8.20)"),
        (VOK, "marks of files that are good over the interfaces of others"),
    ):
        words = f"--{kind[1:]}"
        kinds.add_argument(words, dest="kind", action="store_const", const=kind, help=what)
    kinds.add_argument(
        f"--{QUICK}",
        dest="kind",
        action="store_const",
        const=QUICK,
        help=".vio where there are such, else .vos; what checks learnt of section variables stands "
        "in for missing `Proof using` (the default)",
    )
    parser.add_argument(
        "--least",
        type=seconds,
        default=hints.LEAST,
        metavar="S",
        help="--quick: only where that saves so many CPU seconds (default %(default)s)",
    )
    parser.add_argument("--verbose", action="store_true", help="show the commands")
    parser.add_argument("--always", action="store_true", help="make also what is up to date")
    asking = parser.add_mutually_exclusive_group()
    asking.add_argument("-n", dest="shows", action="store_true", help="only show what may be run")
    asking.add_argument("-q", dest="asks", action="store_true", help="only tell, by 1, that it may")
    options.add_workers(parser)
    options.add_limits(parser)
    options.add_words(parser)
    parser.set_defaults(run=run, kind=QUICK)


def run(arguments: argparse.Namespace) -> int:
    """Make them; the exit code."""
    settings = replace(options.settings_of(arguments), quiet=True, summary=False)
    quick = hints.quick_suffix(settings.toolchain)
    is_quick = arguments.kind == QUICK and not any(
        PurePosixPath(name).suffix in MODES for name in arguments.files
    )
    names = _names(
        arguments, settings.project, quick if arguments.kind == QUICK else arguments.kind
    )
    if any(name.endswith(VIO) for name in names) and not settings.toolchain.has_vio:
        raise UserError(f"{settings.toolchain.name} makes no .vio files; ask for .vos")
    to_be_made: list[str] = []

    async def act(run: Run) -> None:
        show = partial(_show, run, arguments.verbose)
        how = How(always=arguments.always, begun=show)
        making = first = Making(run, await read_dependencies(run), how, _pass_on)
        if is_quick:
            lent = hints.Lent(arguments.least, await hinted_text.environ_for(run.toolchain))
            first = replace(making, how=replace(how, lent=lent), done=_pass_on_good)
        if not (arguments.shows or arguments.asks):
            await _make(first, making, names)
            return
        to_be_made.extend(first.stale(names))
        for name in to_be_made if arguments.shows else ():
            show(name)

    code = drive(settings, act)
    return ExitCode.WRONG if to_be_made and arguments.asks else code


async def _make(first: Making, plain: Making, names: Sequence[str]) -> None:
    """Make the products; again without hints where some fail with hints."""
    run, lent = plain.run, first.how.lent
    failed, skipped = await first.make(names)
    if failed and lent and (lent.used or hints.opened(run)):
        hints.undo_opened(run)  # so no complaint comes from a hint
        failed, skipped = await plain.make(names)
    elif lent:
        for name, outcome in failed.items():
            _pass_on(name, outcome)
    verdicts = {name: judge(outcome)[0] for name, outcome in failed.items()}
    for name, verdict in verdicts.items():
        run.tell(FileDone(FileResult(name, verdict)))
    lost = {name for name, verdict in verdicts.items() if verdict is Verdict.LOST}
    tell_not_tried(run.tell, skipped, lost)


def _show(run: Run, verbose: bool, name: str) -> None:
    """What is run for a product; where that is asked for, as it can be run again."""
    mode, file = MODES[PurePosixPath(name).suffix], str(PurePosixPath(name).with_suffix(".v"))
    words = (os.environ.get(SHOWN, "COQC"), mode[0], file)
    print(shlex.join(run.coqc(*mode, file).words) if verbose else " ".join(words), flush=True)


def _names(arguments: argparse.Namespace, project: Project, kind: str) -> list[str]:
    """The products that are asked for; of a source, that of this kind."""
    if not arguments.files:
        return [product(file, kind) for file in project.v_files]
    names = []
    for name in arguments.files:
        one = argparse.Namespace(project=arguments.project, files=[name])
        suffix = PurePosixPath(name).suffix
        names += [
            product(file, suffix if suffix in MODES else kind) for file in files_of(one, project)
        ]
    return names


def _pass_on(_: str, outcome: Outcome) -> None:
    """What coqc said."""
    print(outcome.output.removesuffix(outcome.errors), end="", flush=True)
    print(outcome.errors, end="", file=sys.stderr, flush=True)


def _pass_on_good(name: str, outcome: Outcome) -> None:
    """What failed with hints is made without."""
    if outcome.is_good:
        _pass_on(name, outcome)
