"""What a compiled file tells the files that load it, as a digest.

A .vos, .vo or .vio is (lib/objFile.ml, since Coq 8.13) a magic number, a version, where the table
of segments stands, the segments, each with its MD5, and the table. `Require` reads all segments but
`tasks` (vernac/library.ml: intern_from_file), which in a .vio holds the scripts of the proofs that
were put off. The segment `library` holds source places too (of tactics, notations, and since Rocq 9
of every constant); Coq tells them to its user and makes nothing else of them.

So the digest is that of all segments but the tasks, without the places. docs/ledger.md argues why
no verdict can depend on what is left out. A file of any other form counts by its content.
"""

import hashlib
import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from makegen.coq.marshalled import without_places

MAGIC = b"Coq!"
TASKS = "tasks"
_START = struct.Struct(">4siq")  # magic, version, place of the table
_NUMBER = struct.Struct(">i")
_SEGMENT = struct.Struct(">qq16s")  # place, length, MD5; the name and its length stand before
_MOST_SEGMENTS = 100


@dataclass(frozen=True)
class Segment:
    """One part of a compiled file."""

    name: str
    start: int
    length: int
    md5: bytes


def digest(path: Path) -> str:
    """What the .vos, .vo or .vio tells; raises OSError when it cannot be read."""
    with path.open("rb") as stream:
        segments = read_segments(stream)
        told = hashlib.sha256()
        if segments is None:
            stream.seek(0)
            while data := stream.read(1 << 20):
                told.update(data)
            return told.hexdigest()
        stream.seek(0)
        told.update(stream.read(_START.size)[:8])
        for segment in sorted(segments, key=lambda segment: segment.name):
            if segment.name != TASKS:
                data = read_segment(stream, segment)
                placeless = without_places(data)
                form = "whole" if placeless is None else "without places"
                data = data if placeless is None else placeless
                told.update(f"{segment.name} {form} {len(data)}:".encode() + data)
    return told.hexdigest()


def read_segments(stream: BinaryIO) -> list[Segment] | None:
    """The segments in the order of the table; None when the file has another form."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    start = stream.read(_START.size)
    if len(start) < _START.size or not start.startswith(MAGIC):
        return None
    at = _START.unpack(start)[2]
    if not _START.size <= at < size:
        return None
    stream.seek(at)
    return _read_table(stream.read(), at)


def _read_table(table: bytes, end: int) -> list[Segment] | None:
    """The table, which must be whole and have its segments, one after another, fill the file."""
    segments = []
    try:
        (count,) = _NUMBER.unpack_from(table)
        at = _NUMBER.size
        for _ in range(min(count, _MOST_SEGMENTS)):
            (length,) = _NUMBER.unpack_from(table, at)
            at += _NUMBER.size
            name = table[at : at + length].decode("ascii")
            at += len(name)
            segments.append(Segment(name, *_SEGMENT.unpack_from(table, at)))
            at += _SEGMENT.size
    except (struct.error, UnicodeDecodeError):
        return None
    place = _START.size
    for segment in sorted(segments, key=lambda segment: segment.start):
        if segment.start != place or segment.length < 0:
            return None
        place += segment.length + len(segment.md5)
    names = {segment.name for segment in segments}
    is_whole = at == len(table) and place == end and len(names) == len(segments) == count
    return segments if is_whole else None


def read_segment(stream: BinaryIO, segment: Segment) -> bytes:
    """Its data."""
    stream.seek(segment.start)
    return stream.read(segment.length)


def with_tasks_of(old: Path, new: Path) -> bytes:
    """The old .vio with the tasks of the new one; both are such that `digest` says the same."""
    with old.open("rb") as old_stream, new.open("rb") as new_stream:
        kept = {segment.name: segment for segment in read_segments(old_stream) or ()}
        fresh = read_segments(new_stream) or []
        new_stream.seek(0)
        parts = [new_stream.read(_START.size)[:8], b""]
        at = _START.size
        placed: dict[str, Segment] = {}
        for segment in sorted(fresh, key=lambda segment: segment.start):
            if segment.name == TASKS:
                source, stream = segment, new_stream
            else:
                source, stream = kept[segment.name], old_stream
            parts += (read_segment(stream, source), source.md5)
            placed[segment.name] = Segment(source.name, at, source.length, source.md5)
            at += source.length + len(source.md5)
    parts[1] = struct.pack(">q", at)
    parts.append(_NUMBER.pack(len(fresh)))
    for segment in (placed[segment.name] for segment in fresh):
        name = segment.name.encode()
        parts += (_NUMBER.pack(len(name)), name)
        parts.append(_SEGMENT.pack(segment.start, segment.length, segment.md5))
    return b"".join(parts)
