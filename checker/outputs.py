"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_whole(target: Path, text: str) -> None:
    """Write `text` to a temporary file beside `target`, then rename it; UTF-8.

    Raises OSError; the target is then as it was.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
