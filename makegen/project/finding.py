"""The project file of those who name none: here, or in a folder above, as git finds its own."""

import os
from collections.abc import Iterator
from pathlib import Path

from makegen.base.errors import UserError

NAMES = ("_CoqProject", "_RocqProject", "_Project", "project.toml")


def project_files(folder: Path) -> list[Path]:
    """The project files in a folder, by their usual names."""
    return [path for name in NAMES if (path := folder / name).is_file()]


def find_project_file(start: Path) -> Path:
    """The project file of a folder, else of the nearest one above; relative to `start`.

    The home folder and the end of the file system are the last to be looked at. Raises UserError
    where there is none, where a folder has several, and for one above that a stranger owns.
    """
    for folder in upwards(start):
        found = project_files(folder)
        if not found:
            continue
        path = os.path.relpath(found[0], start)
        if found[1:]:
            names = " and ".join(file.name for file in found)
            raise UserError(f"{folder} has {names}; say which, as -f {path}")
        if is_strangers(found[0], start):
            raise UserError(f"{path} belongs to another user; if that is right, say -f {path}")
        return Path(path)
    names = f"{', '.join(NAMES[:-1])} or {NAMES[-1]}"
    mend = "name one with -f, or have proof-makefile --init write one"
    raise UserError(f"no {names} in {start} or above; {mend}")


def upwards(start: Path) -> Iterator[Path]:
    """The folders where a project file is looked for, the nearest first."""
    device, home = start.stat().st_dev, Path(os.path.expanduser("~")).resolve()  # noqa: PTH111
    for folder in (start, *start.parents):
        if folder.stat().st_dev != device:
            return
        yield folder
        if folder == home:
            return


def is_strangers(file: Path, start: Path) -> bool:
    """Whoever may write into a folder above ours, such as /tmp, must not choose what we run."""
    trusted = (0, os.geteuid(), start.stat().st_uid)
    return file.parent != start and file.stat().st_uid not in trusted
