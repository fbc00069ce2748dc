"""The command proof-checker: finds its sub-command and turns what ends it into an exit code."""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from makegen.base import completion
from makegen.base.commandline import Parser, Version
from makegen.base.guard import guarded
from makegen.project.finding import find_project_file

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
    if completion.is_asked():
        completion.answer(_parser(completion.words_so_far()))
    words = sys.argv[1:] if arguments is None else arguments
    return guarded("proof-checker", lambda: _run(words))


def _run(words: Sequence[str]) -> int:
    options = _parser(words).parse_args(words)
    if "project" in options and options.project is None:
        project = find_project_file(Path.cwd())
        if project.parent != Path():  # what is told of files and commands is meant from there
            there = Path(os.path.normpath(Path.cwd() / project.parent))
            print(f"proof-checker: Entering directory '{there}'", file=sys.stderr)
        options.project = str(project)
    return int(options.run(options))


def manual() -> Parser:
    """The parser of the command and all its sub-commands."""
    return _parser(())


def _parser(words: Sequence[str]) -> Parser:
    """The parser of these words: it has all commands unless they name one."""
    parser = Parser(
        prog="proof-checker",
        description="Checks the proofs of a Coq or Rocq project in parallel, proof by proof.",
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and exit")
    completion.add_completion(parser)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    asked = _asked(words)
    gc.disable()  # what is loaded stays: to look for garbage in it takes a twentieth of the start
    for name in (asked,) if asked in COMMANDS else COMMANDS:
        import_module(f"checker.cli.{name}").add_parser(commands)
    gc.enable()
    return parser


def _asked(words: Sequence[str]) -> str | None:
    """The first word that is neither an option nor the folder of -C."""
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            return word
        if word == "-C":
            next(rest, None)
    return None
