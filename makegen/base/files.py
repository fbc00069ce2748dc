"""Writing generated files: all or nothing, never half a file."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from makegen.base.errors import MachineError


def write_outputs(texts: Mapping[Path, str]) -> None:
    """Write every file beside its place first, and rename them when all are complete.

    A file that is replaced keeps its mode; a symbolic link keeps pointing to its target.
    Raises MachineError when a file cannot be written; then all are as they were.
    """
    written: dict[Path, Path] = {}
    target = Path()
    try:
        for path, text in texts.items():
            target = Path(os.path.realpath(path))
            written[target] = _write_beside(target, text)
        for target, temporary in written.items():
            temporary.replace(target)
    except OSError as error:
        raise MachineError(f"cannot write {target}: {error.strerror}") from error
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)


def _write_beside(target: Path, text: str) -> Path:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        # Words of the command line may hold bytes that are not UTF-8: they pass as they are.
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape", newline="\n")
        temporary.chmod(mode)
    except BaseException:
        temporary.unlink()
        raise
    return temporary


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
