"""Files by content: what a host was sent or has made, to be found again by the next check.

A folder of files that are named by their digests. What is taken out is compared with its name: a
damaged file is as good as none.
"""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from makegen.base.cache import PRIVATE, make_cache_folder

MOST_BYTES = 20 << 30
DIGITS = 64  # of a digest
PLACE = "PROOF_CHECKER_CACHE"


def cache_folder() -> Path:
    """Where a host keeps what it was sent: private, made when it is missing.

    Raises OSError where it cannot be made, or others may write there.
    """
    given = os.environ.get(PLACE)
    folder = Path(given) if given else make_cache_folder()
    folder.mkdir(PRIVATE, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise PermissionError(f"{folder}: others may write there; name another in {PLACE}")
    return folder


def digest_of(content: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(content).hexdigest()


class Store:
    """The files of one folder; several processes may use it at once."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        """`most`: bytes; what was used longest ago goes first, when `shrink` is called."""
        self._folder = folder
        self._most = most
        folder.mkdir(PRIVATE, parents=True, exist_ok=True)

    def digests(self) -> frozenset[str]:
        """Of all that is there, by name."""
        return frozenset(p.name for p in self._folder.iterdir() if len(p.name) == DIGITS)

    def put(self, content: bytes) -> str:
        """Keep a file; its digest."""
        digest = digest_of(content)
        handle, name = tempfile.mkstemp(prefix=".", dir=self._folder)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).replace(self._folder / digest)
        return digest

    def lay(self, digest: str, target: Path) -> bool:
        """Have a copy of the file at another place; whether it is there to be had."""
        path = self._folder / digest
        try:
            content = path.read_bytes()
        except OSError:
            return False
        if digest_of(content) != digest:
            path.unlink(missing_ok=True)
            return False
        with contextlib.suppress(OSError):
            os.utime(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_bytes(content)
        return True

    def shrink(self) -> None:
        """Let go what was used longest ago, where there is too much."""
        found = []
        for path in self._folder.iterdir():
            with contextlib.suppress(OSError):
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        size = sum(one for _, one, _ in found)
        for _, one, path in sorted(found):
            if size <= self._most:
                return
            path.unlink(missing_ok=True)
            size -= one
