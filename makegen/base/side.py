"""The folder of a project for all side files of ours, which git ignores."""

from pathlib import Path

FOLDER = ".proof-makefile"


def make_side_folder(root: Path) -> Path:
    """The folder, which is there from now on; raises OSError where it cannot be."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    return folder
