"""Coq's .aux files, read and written.

`.F.aux` stands beside F.v. Its first line is `COQAUX1 <md5 of F.v> <absolute path of F.v>`, each
further line `START END KEY "VALUE"` with byte offsets into F.v (`0 0`: no place). Source: Coq's
lib/aux_file.ml. Coq ignores a file whose path or digest differs; we look only at the digest, so
that a project that moved keeps its times.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from makegen.base.files import write_whole

_HEADER = re.compile(r"COQAUX1 ([0-9a-f]{32}) (.*)")
_ENTRY = re.compile(r'(\d+) (\d+) (\S+) "((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\([0-9]{3}|.)", re.DOTALL)
_NAMED_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b"}


@dataclass(frozen=True)
class Entry:
    """One line of an .aux file."""

    start: int  # byte offsets into the source; 0 0: of the file as a whole
    end: int
    key: str
    value: str


@dataclass(frozen=True)
class AuxFile:
    """What one run of coqc left behind about a source."""

    digest: str  # md5 of the source it speaks of, hexadecimal
    source: str  # where that source was, absolute
    entries: tuple[Entry, ...]

    def seconds(self, key: str) -> dict[tuple[int, int], float]:
        """The times under `key`, by range; entries that are no numbers are left out."""
        times = {}
        for entry in self.entries:
            if entry.key == key and (value := _number(entry.value)) is not None:
                times[entry.start, entry.end] = value
        return times

    @property
    def proof_times(self) -> dict[tuple[int, int], float]:
        """Seconds to build and check a proof, by the byte range of its last sentence (Qed)."""
        checks = self.seconds("proof_check_time")
        return {
            place: seconds + checks.get(place, 0.0)
            for place, seconds in self.seconds("proof_build_time").items()
        }

    @property
    def compile_time(self) -> float | None:
        """Seconds that coqc took for the whole file (vo_compile_time), where recorded."""
        return self.seconds("vo_compile_time").get((0, 0))


def aux_path(source: Path) -> Path:
    """Where coqc keeps the .aux of a source.

    >>> str(aux_path(Path("theories/F.v")))
    'theories/.F.aux'
    """
    return source.with_name(f".{source.stem}.aux")


def read_aux(source: Path) -> AuxFile | None:
    """What the .aux file of `source` says; None when it is missing or broken.

    Lines that do not read as entries are passed over: the file is a hint, never a fact.
    """
    try:
        text = aux_path(source).read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None
    header, _, body = text.partition("\n")
    if not (match := _HEADER.fullmatch(header.rstrip("\r"))):
        return None
    found = (_ENTRY.fullmatch(line) for line in body.split("\n"))
    entries = tuple(
        Entry(int(m[1]), int(m[2]), m[3], _ESCAPE.sub(_unescape, m[4])) for m in found if m
    )
    return AuxFile(match[1], match[2], entries)


def speaks_of(aux: AuxFile, text: bytes) -> bool:
    """Whether the offsets of `aux` are those of this text."""
    return aux.digest == _digest(text)


def write_aux(source: Path, aux: AuxFile) -> None:
    """Write the .aux file of `source`, as coqc would."""
    lines = [f"COQAUX1 {aux.digest} {aux.source}"]
    lines += [f'{e.start} {e.end} {e.key} "{_escape(e.value)}"' for e in aux.entries]
    write_whole(aux_path(source), "".join(f"{line}\n" for line in lines))


def _digest(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _unescape(match: re.Match[str]) -> str:
    word = match[1]
    if len(word) == 3:
        return os.fsdecode(bytes([int(word) & 0xFF]))
    return _NAMED_ESCAPES.get(word, word)


def _escape(value: str) -> str:
    """OCaml's %S."""
    out = value.replace("\\", "\\\\").replace('"', '\\"')
    for letter, char in _NAMED_ESCAPES.items():
        out = out.replace(char, f"\\{letter}")
    return out
