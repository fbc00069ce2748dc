"""Temporary folders, which the next run removes where a run was killed before it could.

They are made where nobody else can rename them and put something else in their place.

A folder is locked before it gets its name, and the kernel unlocks it when its process ends, however
that may be: so a folder of such a name that can be locked belongs to nobody.
"""

import contextlib
import fcntl
import functools
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from makegen.base.errors import MachineError

PREFIX = "proof-private-"
NOBODY = 65534  # in a container: the owner of what is the machine's


def place(accepts: Callable[[str], bool] = lambda _: True) -> str:
    """The system's folder for temporary files, else another one that will do.

    Raises MachineError where there is none.
    """
    usual = tempfile.gettempdir()
    for base in (usual, "/tmp", "/var/tmp", "/dev/shm"):
        if accepts(base) and _is_safe(base):
            return base
    mend = "set TMPDIR to a folder of your own"
    raise MachineError(f"{usual}: others may rename what is in it, or its name is long; {mend}")


def _is_safe(base: str) -> bool:
    """Whether who may write there is we alone, or may rename only what is theirs."""
    try:
        found = os.stat(base)  # noqa: PTH116
    except OSError:
        return False
    others = stat.S_IWOTH | (stat.S_IWGRP if found.st_gid != os.getegid() else 0)
    is_ours_alone = not found.st_mode & others or bool(found.st_mode & stat.S_ISVTX)
    is_trusted = is_ours_alone and found.st_uid in (0, os.geteuid(), NOBODY)
    return is_trusted and os.access(base, os.W_OK | os.X_OK)


@contextlib.contextmanager
def temporary_folder(base: str | None = None) -> Iterator[Path]:
    """A folder for this process alone, in `base` or where the system has such."""
    base = base or place()
    _sweep(base)
    unnamed = Path(tempfile.mkdtemp(prefix=".", dir=base))
    folder = unnamed.with_name(PREFIX + unnamed.name[1:])
    lock = _lock(unnamed)
    try:
        unnamed.rename(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


@functools.cache
def _sweep(base: str) -> None:
    """Removes the folders of processes that are gone; once in the life of this one."""
    with contextlib.suppress(OSError), os.scandir(base) as entries:
        ours = [entry for entry in entries if entry.name.startswith(PREFIX)]
        for entry in ours:
            if entry.stat(follow_symlinks=False).st_uid == os.getuid():
                _remove_if_dead(Path(entry))


def _remove_if_dead(folder: Path) -> None:
    lock = _lock(folder)
    if lock is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _lock(folder: Path) -> int | None:
    """A descriptor that locks the folder; None where that is not to be had."""
    try:
        found = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(found)
        return None
    return found
