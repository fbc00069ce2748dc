"""Reading a .v file whole."""

from pathlib import Path

from makegen.base.errors import UserError


def read_source(path: Path | str, mend: str = "name a .v file") -> bytes:
    """The bytes of the file.

    Raises UserError when it cannot be read; `mend` says what to do when it is not there.
    """
    try:
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file; {mend}") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); make it readable") from error
