"""OCaml's marshalled data, read token by token so that source places can be left out.

The format is that of OCaml's runtime (intext.h, extern.c, intern.c), the same since OCaml 4: a
header, then the value in prefix order, where a block or string that was seen before is written as
the distance to it, counted in objects.

Coq's Loc.t (lib/loc.ml), as it is since 8.15 at least, is `{fname; line_nb; bol_pos; line_nb_last;
bol_pos_last; bp; ep}` with `fname = InFile {dirpath : string option; file : string}`: a block of
tag 0 with seven fields, of which the first is a block of tag 0 that holds the name of a .v file,
and the others are integers from 0 on. Only these integers are places.
"""

import functools
import re
import struct

_HEADER = struct.Struct(">4sIIII")  # magic, length, objects, words on 32 and on 64 bits
_MAGIC = b"\x84\x95\xa6\xbe"  # of data below 4 GB
_PLACE = b"\x1e"  # in the stead of the six integers; no token of the format begins so


def _strings(least: int, first: int, last: int) -> bytes:
    """A pattern for the strings of these lengths, whose heads count up from `least`."""
    return b"|".join(b"\\x%02x.{%d}" % (least + n - first, n) for n in range(first, last))


_STRING = b"(?:" + _strings(0x20, 0, 32) + rb"|\x09(?:" + _strings(0, 0, 256) + b"))"
_SHARED = rb"(?:\x04.|\x05..|\x06.{4})"
_SEEN_OR_STRING = b"(?:" + _SHARED + b"|(" + _STRING + b"))"
_SOURCE = rb"\xa0(?:\x40|\x90" + _SEEN_OR_STRING + b")" + _SEEN_OR_STRING
_PLACES = rb"(?:[\x40-\x7f]|\x00[\x40-\x7f]|\x01[\x00-\x7f].|\x02[\x00-\x7f].{3}){6}"


@functools.cache  # compiled when first needed: that takes as long as many a file
def _tokens() -> re.Pattern[bytes]:
    """Matches where a token begins, whole tokens. Groups have numbers: names would cost time."""
    return re.compile(
        b"|".join(
            (
                rb"([\x40-\xef\xf1-\xff]+)",  # 1: small integers and heads of small blocks
                b"(" + _STRING + b")",  # 2: a string
                rb"((?:\x00.|\x01..|\x02.{4}|\x03.{8}|"
                + _SHARED
                + b")+)",  # 3: integers, seen before
                rb"\xf0(" + _SHARED + b")" + _PLACES,  # 4: seven fields, maybe a Loc.t
                rb"(\xf0" + _SOURCE + b")" + _PLACES,  # 5: the same; 6 and 7: strings in it, if new
                rb"(\xf0)",  # 8: another block of tag 0 with seven fields
                rb"(\x08.{4})",  # 9: the head of a larger block
                rb"([\x0b\x0c].{8})",  # 10: a floating-point number
                rb"(\x0a.{4})",  # 11: the head of a long string
            )
        ),
        re.DOTALL,
    )


_NO_OBJECTS = bytes(range(0x40, 0x90))  # small integers, and blocks without fields


def without_places(data: bytes) -> bytes | None:
    """The value with the places of all Loc.t left out; None where the data has another form.

    Two values that give the same bytes differ in such places alone: the bytes are the header and
    the tokens themselves, and what stands for places is no token.
    """
    if len(data) < _HEADER.size:
        return None
    magic, length, objects, _, _ = _HEADER.unpack_from(data)
    if magic != _MAGIC or length != len(data) - _HEADER.size:
        return None
    walk = _Walk(data)
    if not walk.is_whole or walk.objects != objects:
        return None
    return b"".join((data[8 : _HEADER.size], *walk.parts))  # the length changes with places


class _Walk:
    """One pass over the tokens; `parts` are what is left."""

    def __init__(self, data: bytes) -> None:
        self.parts: list[bytes] = []
        self.objects = 0  # blocks and strings so far
        self._data = data
        self._sources: set[int] = set()  # those that are an InFile
        at = _HEADER.size
        while at < len(data) and (end := self._run(at)) > at:
            at = end
        self.is_whole = at == len(data)

    def _run(self, start: int) -> int:
        """Take tokens from `start` on, up to a long string, the end or what is no token."""
        data, at, kept, objects = self._data, start, start, self.objects
        for match in _tokens().finditer(data, start):
            if match.start() != at:
                break
            at = match.end()
            kind = match.lastindex
            if kind == 1:
                objects += len(match[0].translate(None, _NO_OBJECTS))
            elif kind in {2, 8, 10}:
                objects += 1
            elif kind == 4:
                seen = objects + 1 - int.from_bytes(match[4][1:])
                objects += 1
                if seen in self._sources:
                    self.parts += (data[kept : match.end(4)], _PLACE)
                    kept = at
            elif kind == 5:
                if (match[7] or b"").endswith(b".v"):
                    self._sources.add(objects + 1)
                    self.parts += (data[kept : match.end(5)], _PLACE)
                    kept = at
                new_strings = (match[6] is not None) + (match[7] is not None)
                objects += 2 + (match[5][2] == 0x90) + new_strings
            elif kind == 9:
                objects += int.from_bytes(match[9][1:]) >= 1 << 10
            elif kind == 11:
                objects += 1
                at += int.from_bytes(match[11][1:])
                break
        self.objects = objects
        self.parts.append(data[kept:at])
        return at
