"""Reading a .v file that the command line names."""

from pathlib import Path

from makegen.errors import UserError


def read_source(name: str) -> bytes:
    """The bytes of the file.

    Raises UserError when it cannot be read.
    """
    try:
        return Path(name).read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"{name}: no such file; name a .v file") from error
    except OSError as error:
        raise UserError(f"{name}: cannot be read ({error.strerror}); make it readable") from error
