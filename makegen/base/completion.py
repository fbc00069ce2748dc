"""Words that the shell asks for at TAB: argcomplete answers, from the parser of the command."""

import argparse
import os
from collections.abc import Iterable
from typing import Any

SHELLS = ("bash", "zsh", "fish")
# What follows an option, or stands alone, by its name in the usage; there are no words for others
_SUFFIXES = {"FILE": (), "FILE.v": ("v",)}


def add_completion(parser: argparse.ArgumentParser) -> None:
    """--print-completion SHELL."""
    parser.add_argument(
        "--print-completion",
        action=_Print,
        choices=SHELLS,
        help='print what the shell is to read: eval "$(%(prog)s --print-completion bash)"',
    )


class _Print(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, _: object, shell: Any, *__: Any) -> None:
        from argcomplete.shell_integration import shellcode  # noqa: PLC0415 (for nothing else)

        print(shellcode([parser.prog], shell=shell))
        parser.exit()


def is_asked() -> bool:
    """Whether the shell runs the command only to be told words."""
    return "_ARGCOMPLETE" in os.environ


def words_so_far() -> list[str]:
    """The words that the user has typed before the place where TAB was pressed."""
    line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT", "0"))]
    return line.split()[1:]


def answer(parser: argparse.ArgumentParser) -> None:
    """Tell the shell what fits, and end the process."""
    from argcomplete import autocomplete  # noqa: PLC0415

    completer: Any = _files  # any function will do
    autocomplete(parser, always_complete_options=False, default_completer=completer)


def _files(prefix: str, action: argparse.Action, **_: Any) -> Iterable[str]:
    """Files and folders; hidden ones only where they are asked for."""
    from argcomplete.completers import DirectoriesCompleter, FilesCompleter  # noqa: PLC0415

    found: Iterable[str] = ()
    if "DIR" in (action.metavar or ()):
        found = DirectoriesCompleter()(prefix)
    elif action.metavar in _SUFFIXES:
        found = FilesCompleter(_SUFFIXES[action.metavar])(prefix)
    return [name for name in found if prefix or not name.startswith(".")]
