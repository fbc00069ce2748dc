"""Options for files that a run leaves for people and programs."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from checker.check.settings import Outputs
from makegen.base.errors import UserError
from makegen.base.files import leads_out
from makegen.base.side import FOLDER
from makegen.project.sources import SUFFIXES

OUTPUTS = ("report", "trace", "junit", "json", "sarif")


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """--report, --trace, --junit, --json, --sarif FILE."""
    kinds = {
        "report": "a page to look at: verdicts, timeline, what would help, history (as HTML)",
        "trace": "what each worker did when, as Chrome trace events (open it in ui.perfetto.dev)",
        "junit": "the verdicts as JUnit XML: a test case a proof",
        "json": "the verdicts as JSON (docs/ci.md has the schema)",
        "sarif": "what is wrong, as SARIF for code scanning",
    }
    for name, what in kinds.items():
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"also write {what}")


def outputs_of(options: argparse.Namespace) -> Outputs:
    """Where the options that add_outputs declared say that files are to go.

    Raises UserError where that is no place for a file, or one for something else.
    """
    given = {name: path for name in OUTPUTS if (path := getattr(options, name))}
    places = {name: place_of(f"--{name}", path, options.project) for name, path in given.items()}
    _refuse_same(places)
    annotates = os.environ.get("GITHUB_ACTIONS") == "true"  # as its documentation says
    return Outputs(**places, annotates=annotates)


def place_of(option: str, path: Path, project: str) -> Path:
    """An absolute path. Raises UserError."""
    place = path.absolute()
    if path.is_dir() or not place.parent.is_dir():
        raise UserError(f"{option} {path}: not a file in a folder that is there")
    real = Path(os.path.realpath(place))
    # A slip must not cost a source.
    is_ours = real.suffix in SUFFIXES or FOLDER in real.parts
    if is_ours or real == Path(os.path.realpath(project)):
        raise UserError(f"{option} {path}: that would be overwritten; name another file")
    refuse_outside(option, path, project)
    return place


def refuse_outside(option: str, path: Path, project: str) -> None:
    """The project may be a stranger's: it must not say which file of the user's is replaced."""
    if leads_out(path, Path(project).absolute().parent):
        to = os.path.realpath(path)
        raise UserError(f"{option} {path}: a link leads out of the project; name {to} itself")


def _refuse_same(places: Mapping[str, Path]) -> None:
    """Each would overwrite the other."""
    by_place: dict[str, str] = {}
    for name, place in places.items():
        other = by_place.setdefault(os.path.realpath(place), name)
        is_stream = place.exists() and not place.is_file()
        if other != name and not is_stream:
            raise UserError(f"--{other} and --{name} name one file, {place.name}; name two")
