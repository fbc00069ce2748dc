"""Folders to put on PATH, so that a project whose own Makefile calls coq_makefile calls us."""

import os
import shutil
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "dropin"


def dropin_path() -> str:
    """What goes before the rest of PATH: a coq_makefile, and a rocq where there is one already.

    Projects ask whether there is a rocq; so none is there with an older Coq.
    """
    folders = [FOLDER / "coq"]
    if shutil.which("rocq"):
        folders.append(FOLDER / "rocq")
    return os.pathsep.join(map(str, folders))
