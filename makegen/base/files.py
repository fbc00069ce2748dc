"""Writing files: whole or not at all, and all of several or none.

Everything that we write beside or for the user goes through here. A link is followed, and a device,
a pipe or a terminal is written to and stays what it is. But a link in a stranger's project may lead
to a file of the user's: who asks for an output there asks `leads_out` first.
"""

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from makegen.base.errors import MachineError

Text = str | bytes  # str: in UTF-8; surrogates stand for bytes that are not


@dataclass(frozen=True)
class Finish:
    """What a file gets before it has its name."""

    mode: int | None = None  # None: that of the file that it replaces, or of any new file
    modified: int | None = None  # time, in nanoseconds
    is_durable: bool = False  # it survives a loss of power, which takes a while


def write_whole(path: Path, text: Text, finish: Finish = Finish()) -> None:
    """Write one file.

    Raises OSError; a file is then as it was.
    """
    _write_all({path: text}, finish)


def write_outputs(texts: Mapping[Path, Text], *, is_durable: bool = False) -> None:
    """Write files that the user asked for, all or none.

    Raises MachineError where one cannot be written.
    """
    try:
        _write_all(texts, Finish(is_durable=is_durable))
    except OSError as error:
        raise MachineError(f"cannot write {error.filename}: {error.strerror}") from error


def time_of(path: Path) -> int:
    """When it was written last, in ns; 0 where no such file is, or no longer."""
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return 0
        raise


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a link in this folder, with which it may have come, leads from it to outside."""
    place, top = os.path.abspath(path), os.path.abspath(folder)  # noqa: PTH100
    if not Path(place).is_relative_to(top):
        return False
    return not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(top))


def _write_all(texts: Mapping[Path, Text], finish: Finish) -> None:
    """Every file beside its place first; they are renamed when all are complete."""
    beside: dict[Path, Path] = {}
    streams: list[Path] = []
    path = Path()
    try:
        for path, text in texts.items():
            if _is_stream(path):
                streams.append(path)
            else:
                target = Path(os.path.realpath(path))
                beside[target] = _write_beside(target, _bytes(text), finish)
        for path in streams:
            with os.fdopen(os.open(path, os.O_WRONLY), "wb") as stream:
                stream.write(_bytes(texts[path]))
        for path, temporary in beside.items():
            temporary.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        for temporary in beside.values():
            temporary.unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    """Whether something else than a regular file is there (a folder cannot be opened then)."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False


def _write_beside(target: Path, text: bytes, finish: Finish) -> Path:
    """A temporary file with the text, ready to be renamed."""
    import tempfile  # noqa: PLC0415 - it takes long to load, and make calls us often

    mode = finish.mode
    if mode is None:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:200]}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text)
            if finish.is_durable:
                stream.flush()
                os.fsync(stream.fileno())
        temporary.chmod(mode)
        if finish.modified is not None:
            os.utime(temporary, ns=(finish.modified, finish.modified))
    except BaseException:
        temporary.unlink()
        raise
    return temporary


def _bytes(text: Text) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
