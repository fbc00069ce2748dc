"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_whole(target: Path, text: str | bytes) -> None:
    """Write `text` to a temporary file beside `target`, then rename it; str in UTF-8.

    Raises OSError; the target is then as it was.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
