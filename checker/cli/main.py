"""The command proof-checker: finds its sub-command and turns what ends it into an exit code."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from makegen.base.guard import guarded

# Each is a module of this folder; only the one asked for is loaded.
COMMANDS = (
    *("check", "interfaces", "vio2vo", "plan", "using", "ledger", "report", "proofs"),
    *("sentences", "lsp"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Exit codes: 0 all checked, 1 some proof or file is wrong, 2 the command or the project file is
    wrong, 3 the machine failed (no coqc, no memory); 128 + N when signal N ended it.
    """
    words = sys.argv[1:] if arguments is None else arguments
    return guarded("proof-checker", lambda: _run(words))


def _run(words: Sequence[str]) -> int:
    options = _parser(words).parse_args(words)
    return int(options.run(options))


class _Version(argparse.Action):
    """Looks for the version only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 (it takes long to load)

        print(f"proof-checker {version('proof-makefile')}")
        parser.exit()


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of these words: it has all commands unless they begin with one."""
    parser = argparse.ArgumentParser(
        prog="proof-checker",
        description="Checks the proofs of a Coq or Rocq project in parallel, proof by proof.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    asked = [name for name in COMMANDS if words[:1] == [name]]
    for name in asked or COMMANDS:
        import_module(f"checker.cli.{name}").add_parser(commands)
    return parser
