"""proof-checker keep: what a generated Makefile asks after coqc has made a .vos or .vio again."""

import argparse
from pathlib import Path

from makegen.coq.cutoff import keep


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "keep",
        help="give F.vos the time of F.vos.kept, if it tells the same (for Makefiles)",
        description="Where F.vos (or F.vio) tells those that load it what F.vos.kept tells, F.vos "
        "gets the time of that one, and nothing that depends on it is made again.",
    )
    parser.add_argument("product", metavar="F.vos", type=Path)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Keep the time where that is right; 0 in any case."""
    keep(arguments.product)
    return 0
