"""The command proof-checker: finds its sub-command and turns what ends it into an exit code."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from checker import (
    command_check,
    command_hints,
    command_ledger,
    command_plan,
    command_proofs,
    command_sentences,
    command_using,
    command_vio2vo,
)
from makegen.errors import ExitCode, MachineError, UserError

COMMANDS = (
    command_check,
    command_hints,
    command_ledger,
    command_vio2vo,
    command_plan,
    command_sentences,
    command_proofs,
    command_using,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Exit codes: 0 all checked, 1 some proof or file is wrong, 2 the command or the project file is
    wrong, 3 the machine failed (no coqc, no memory); 128 + N when signal N ended it.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (UserError, MachineError) as error:
        print(f"proof-checker: error: {error}", file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return 128 + 2
    except BrokenPipeError:
        sys.stderr.close()  # who read us has gone: nothing more can be said
        return int(ExitCode.MACHINE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="proof-checker",
        description="Checks the proofs of a Coq or Rocq project in parallel, proof by proof.",
    )
    parser.add_argument(
        "--version", action="version", version=f"proof-checker {version('proof-makefile')}"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
