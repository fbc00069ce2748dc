"""The parsers of our commands: all take -C, and say what may have been meant by a mistyped word."""

import argparse
import os
from collections.abc import Sequence
from typing import Any

from makegen.base.near import near


class Parser(argparse.ArgumentParser):
    """argparse's, for a command and for each of its sub-commands.

    What is wrong is told with the usage of the sub-command, and exit code 2.
    """

    def __init__(self, *words: Any, **given: Any) -> None:
        super().__init__(*words, **given)
        self.color = False  # from Python 3.14 on argparse has colours, which would be written out
        self.add_argument(
            "-C",
            action=_Go,
            dest=argparse.SUPPRESS,
            default=argparse.SUPPRESS,
            metavar="DIR",
            help="go to DIR first",
        )

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """What the words say; there are no others, since unknown ones end the command."""
        found, unknown = super().parse_known_args(args, namespace)
        for word in unknown:
            if not word.startswith("-"):
                self.error(f"{word} is one word too many")
            option, _, _ = word.partition("=")
            self.error(f"unknown option {option}{_meant(option, self._option_string_actions)}")
        return found, []

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            mend = _meant(str(value), known) or f"; take one of {', '.join(known)}"
            raise argparse.ArgumentError(action, f"there is no {value!r}{mend}")


def _meant(word: str, known: Sequence[str] | dict[str, Any]) -> str:
    meant = near(word, known)
    return f"; did you mean {meant}?" if meant else ""


class Version(argparse.Action):
    """--version of a command; it is looked for only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 (it takes long to load)

        print(f"{parser.prog} {version('proof-makefile')}")
        parser.exit()


class _Go(argparse.Action):
    """Changes the folder at once, so that several -C lead on from each other."""

    def __call__(self, parser: argparse.ArgumentParser, _: object, folder: Any, *__: Any) -> None:
        try:
            os.chdir(folder)
        except OSError as error:
            parser.error(f"-C {folder}: {error.strerror}; name a folder")
