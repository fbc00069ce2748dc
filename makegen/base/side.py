"""The folder of a project for all side files of ours, which git ignores.

It may have come with the project: of a link in it, what it leads to is left alone.
"""

import contextlib
import os
from pathlib import Path

FOLDER = ".proof-makefile"


def make_side_folder(root: Path) -> Path:
    """The folder, which is there from now on; raises OSError where it cannot be."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError), (folder / ".gitignore").open("x") as ignore:
        ignore.write("*\n")
    return folder


def open_lock(folder: Path) -> int:
    """A descriptor of the file that is locked; raises OSError where it cannot be opened."""
    return os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
