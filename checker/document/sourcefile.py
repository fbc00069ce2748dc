"""Reading a .v file whole."""

from pathlib import Path

from makegen.base.errors import UserError
from makegen.base.near import near_file


def read_source(path: Path | str, mend: str = "") -> bytes:
    """The bytes of the file.

    Raises UserError when it cannot be read; `mend` says what to do when it is not there, else the
    message does by itself.
    """
    try:
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file; {mend or _mend(Path(path))}") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); make it readable") from error


def _mend(path: Path) -> str:
    meant = near_file(path)
    return f"did you mean {meant}?" if meant else "name a .v file"
