"""The commands that generated Makefiles call for times: tables of logs, and the clock itself."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from makegen.base.errors import MachineError, UserError
from makegen.base.exit import reap
from makegen.base.files import write_outputs
from makegen.generate import timing
from makegen.generate.timing_table import NOTHING, Style, one_table, two_table

ONE = "--one-time-file"
BOTH = "--both-time-files"
SENTENCES = "--both-single-timing-files"
CLOCK = "--time"
COMMANDS = (ONE, BOTH, SENTENCES, CLOCK)


def main(words: Sequence[str]) -> int:
    """Runs the command that the first word names; the others are as for Coq's own scripts.

    Gives 0, or the exit code of a timed command. Raises UserError for a log that is not there.
    """
    command, *rest = words
    if command == CLOCK:
        return _clock(rest)
    given = _parser(command).parse_args(rest)
    try:
        table = _table(command, given)
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}; build with TIMED=1 first") from error
    _write(table, given.output or ["-"])
    if table == NOTHING:
        what = "no times in the log: was everything up to date? make clean, then build again"
        print(f"proof-makefile: warning: {what}", file=sys.stderr)
    return 0


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"proof-makefile {command}")
    parser.add_argument("--real", action="store_true", dest="real", default=command == SENTENCES)
    parser.add_argument("--user", action="store_false", dest="real")
    parser.add_argument("--no-include-mem", action="store_false", dest="memory")
    parser.add_argument("--sort-by-mem", action="store_true", dest="by_memory")
    if command != ONE:
        choices = ("auto", "absolute", "diff")
        parser.add_argument("--sort-by", choices=choices, default="auto")
        parser.add_argument("--fuzz", type=int, default=0)
        parser.add_argument("--names-in-the-middle", action="store_false", dest="names_last")
    for log in ("log",) if command == ONE else ("after", "before"):
        parser.add_argument(log)
    parser.add_argument("output", nargs="*")
    return parser


def _table(command: str, given: argparse.Namespace) -> str:
    if command == ONE:
        return one_table(_commands(given.log, given), Style(given.memory, given.by_memory))
    if command == BOTH:
        style = Style(given.memory, given.by_memory, given.sort_by, given.names_last)
        return two_table(_commands(given.after, given), _commands(given.before, given), style)
    logs = (timing.read_log(file) for file in (given.after, given.before))
    new, old = (timing.sentence_costs(log, given.real) for log in logs)
    pairs = list(timing.match_sentences(new, old, given.fuzz))
    after, before = timing.sentence_names(pairs, given.fuzz)
    style = Style(False, sort_by=given.sort_by, names_last=given.names_last, tag="Code")
    return two_table(after, before, style)


def _commands(file: str, given: argparse.Namespace) -> timing.Costs:
    return timing.command_costs(timing.read_log(file), given.real, given.memory)


def _write(table: str, files: Sequence[str]) -> None:
    for file in files:
        if file == "-":
            sys.stdout.buffer.write(table.encode())
        else:
            write_outputs({Path(file): table})


def _clock(words: Sequence[str]) -> int:
    """`-f FORMAT COMMAND...`: runs it, then says what it took, as GNU time does, on stderr.

    Of the format's % letters e, U, S and M are known: those of TIMEFMT.
    """
    if len(words) < 3 or words[0] != "-f":
        raise UserError("--time: no command; write `--time -f FORMAT COMMAND...`")
    _, layout, *command = words
    started = time.monotonic()
    try:
        process = os.posix_spawnp(command[0], command, os.environ)
    except OSError as error:
        raise MachineError(f"{command[0]}: {error.strerror}") from error
    ended = reap(process)
    values = {
        "%e": f"{time.monotonic() - started:.2f}",
        "%U": f"{ended.user_seconds:.2f}",
        "%S": f"{ended.system_seconds:.2f}",
        "%M": str(ended.memory),
    }
    for letter, value in values.items():
        layout = layout.replace(letter, value)
    print(layout, file=sys.stderr)
    return ended.status if ended.status >= 0 else 128 - ended.status
