"""The client's files by content, for hosts that have not got them."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from checker.cluster.store import digest_of
from makegen.base.errors import MachineError

MOST_AT_ONCE = 8 << 20  # bytes in one message


class Contents:
    """Digests of files as they are now, and the files by them."""

    def __init__(self) -> None:
        self._stamps: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._paths: dict[str, Path] = {}
        self.moved = 0  # bytes

    def digest(self, path: Path) -> str:
        """Of a file. Raises OSError where it cannot be read."""
        found = path.stat()
        stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
        if path not in self._stamps or self._stamps[path][0] != stamp:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            self._stamps[path] = (stamp, digest)
            self._paths[digest] = path
        return self._stamps[path][1]

    def size(self, digest: str) -> int:
        """Bytes, of a file that was digested."""
        return self._stamps[self._paths[digest]][0][1]

    def messages(self, digests: Iterable[str]) -> Iterator[list[bytes]]:
        """The files of these digests, as many at once as are sent in one message; at least one.

        Raises MachineError where one has changed.
        """
        sent: list[bytes] = []
        for digest in sorted(digests):
            content = _read(self._paths[digest], digest)
            if sent and sum(map(len, sent)) + len(content) > MOST_AT_ONCE:
                yield sent
                sent = []
            sent.append(content)
            self.moved += len(content)
        yield sent


def _read(path: Path, digest: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    if digest_of(content) != digest:
        raise MachineError(f"{path}: changed while the check was at work; check again")
    return content
