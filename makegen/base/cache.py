"""The user's cache folder, which nobody else is to read or to write.

XDG_CACHE_HOME may name a folder that several users share: what another one has put there is not
believed.
"""

import os
from pathlib import Path

from platformdirs import user_cache_path

PRIVATE = 0o700


def cache_folder() -> Path:
    """Where it is, or would be."""
    return user_cache_path("proof-makefile")


def make_cache_folder(below: str = "") -> Path:
    """The folder in it, which is there from now on; raises OSError where it cannot be."""
    folder = cache_folder()
    for made in (folder, folder / below):
        made.mkdir(PRIVATE, parents=True, exist_ok=True)
    return folder / below


def read_own(path: Path) -> str:
    """The text of a file there; raises OSError also where it is another user's, ValueError."""
    with path.open(encoding="utf-8") as stream:
        if os.fstat(stream.fileno()).st_uid not in (0, os.geteuid()):
            raise PermissionError(f"{path} belongs to another user")
        return stream.read()
