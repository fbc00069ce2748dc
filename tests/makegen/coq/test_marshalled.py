"""Reading marshalled data, as OCaml itself writes it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from makegen.coq.marshalled import without_places

pytestmark = pytest.mark.skipif(shutil.which("ocaml") is None, reason="no ocaml here")

# Coq's Loc.t, and values that come near it. {line} and {bp} are to be given.
PROGRAM = """
type source = InFile of {{ dirpath : string option; file : string }} | Toplevel
type loc = {{ fname : source; line_nb : int; bol_pos : int; line_nb_last : int; bol_pos_last : int;
  bp : int; ep : int }}
let source = InFile {{ dirpath = Some "Top.A"; file = "./A.v" }}
let place fname = {{ fname; line_nb = {line}; bol_pos = {bp} - 3; line_nb_last = {line} + 1;
  bol_pos_last = {bp} + 5; bp = {bp}; ep = {bp} + 9 }}
let all_kinds = ( [0; 63; 64; -1; -200; 70000; 1 lsl 40], String.make 31 'a', String.make 255 'b',
  String.make 300 'c', 3.14, [| 1; 2 |], Array.make 40 (Some "x"), Array.init 300 string_of_int )
let write value = Marshal.to_channel stdout value []
let () = set_binary_mode_out stdout true; write ({value})
"""


def marshalled(folder: Path, value: str, line: int = 1, bp: int = 10) -> bytes:
    """What OCaml writes of an expression, where `place source` is a Loc.t."""
    program = folder / "program.ml"
    program.write_text(PROGRAM.format(value=value, line=line, bp=bp))
    return subprocess.run(["ocaml", program], stdout=subprocess.PIPE, check=True).stdout


@pytest.mark.parametrize(
    "value",
    [
        "place source",
        "(all_kinds, [place source; place source], all_kinds)",
        '(source, place (InFile { dirpath = None; file = "sub/B.v" }))',
        "let p = place source in (p, p, Some (place source), Array.make 500 p)",
    ],
)
def test_values_that_differ_in_places_alone_give_the_same(value: str, tmp_path: Path) -> None:
    found = {
        without_places(marshalled(tmp_path, value, line, bp))
        for line, bp in ((1, 10), (60, 63), (99, 5000), (70000, 5_000_000))
    }
    assert len(found) == 1
    assert None not in found


@pytest.mark.parametrize(
    "value",
    [
        "({line}, {bp})",
        "(source, {line}, 3, {line}, 4, {bp}, 5, 6)",  # eight fields
        '(("A.v", "B.v"), {line}, 3, 4, 5, 6, {bp})',  # no option
        '((Some "Top", "A"), {line}, 3, 4, 5, 6, {bp})',  # no .v file
        '(Some (Some "Top", "A.v"), {line}, 3, 4, 5, 6, {bp})',
        "(source, place source, {line}, 3, 4, 5, {bp}, 7)",
        "(source, {line}, 3, 4, 5, 6, - {bp})",  # no position is below 0
        '(source, {line}, 3, 4, 5, "", {bp})',
    ],
)
def test_integers_elsewhere_stay(value: str, tmp_path: Path) -> None:
    first = marshalled(tmp_path, value.format(line=1, bp=10))
    second = marshalled(tmp_path, value.format(line=2, bp=10))
    assert None is not without_places(first) != without_places(second) is not None
    third = marshalled(tmp_path, value.format(line=1, bp=11))
    assert without_places(first) != without_places(third)


def test_names_and_neighbours_of_places_stay(tmp_path: Path) -> None:
    values = [
        "(place source, 1)",
        "(place source, 2)",
        '(place (InFile { dirpath = Some "Top.B"; file = "./A.v" }), 1)',
        '(place (InFile { dirpath = Some "Top.A"; file = "./B.v" }), 1)',
        "(place source, place source)",
        "(let p = place source in (p, p))",
        "(place Toplevel, 1)",
    ]
    found = {without_places(marshalled(tmp_path, value)) for value in values}
    assert len(found) == len(values)
    assert None not in found


def test_what_is_not_whole_is_not_read(tmp_path: Path) -> None:
    data = marshalled(tmp_path, "(all_kinds, place source)")
    assert without_places(data) is not None
    assert without_places(data[:-1]) is None
    assert without_places(data + b"@") is None
    assert without_places(b"") is None
    assert without_places(b"Coq!" + data[4:]) is None
    more_objects = data[:8] + b"\0\0\1\0" + data[12:]
    assert without_places(more_objects) is None
    assert without_places(marshalled(tmp_path, "(Int64.one, place source)")) is None  # unknown
