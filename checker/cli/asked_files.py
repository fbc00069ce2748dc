"""Which sources of its project a command is asked for."""

import argparse
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from makegen.base.errors import UserError
from makegen.base.near import near, nearest
from makegen.project.project import Project


def files_of(options: argparse.Namespace, project: Project) -> tuple[str, ...]:
    """The sources asked for, as the project writes them; all of them when none is named.

    A folder stands for all that are below it. Raises UserError when one is not in the project, or
    there is none in it.
    """
    if not project.v_files:
        raise UserError(f"{options.project} lists no .v file: there is nothing to do")
    known = {os.path.normpath(project.root / file): file for file in project.v_files}
    asked = (file for name in options.files for file in _named(name, known, options.project))
    return tuple(dict.fromkeys(asked)) or project.v_files


def _named(name: str, known: Mapping[str, str], origin: str) -> list[str]:
    """The sources that a word of the command line stands for; `known`: those of the project."""
    path = Path.cwd() / name
    if name and path.is_dir():
        top = os.path.join(os.path.normpath(path), "")  # noqa: PTH118 (it ends in one slash)
        below = [file for place, file in known.items() if place.startswith(top)]
        if not below:
            raise UserError(f"{name}: no .v file of {origin} is in this folder; name another")
        return below
    absolute = os.path.normpath(path.with_suffix(".v"))
    if absolute not in known:
        meant = _meant(absolute, known)
        mend = (
            f"did you mean {os.path.relpath(meant)}?" if meant else "add it there or name another"
        )
        raise UserError(f"{name}: not a .v file of {origin}; {mend}")
    return [known[absolute]]


def _meant(path: str, known: Iterable[str]) -> str | None:
    """The path whose last part is like that of another; of several the one most like it."""
    by_base: dict[str, list[str]] = {}
    for other in known:
        by_base.setdefault(Path(other).name, []).append(other)
    base = near(Path(path).name, by_base)
    return base and nearest(path, by_base[base])
