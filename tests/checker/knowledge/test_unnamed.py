"""What coqc says where a file of the project is not there yet, of which coqdep did not tell."""

from pathlib import Path

import pytest

from checker.knowledge.unnamed import Unnamed
from checker.report.results import Message
from makegen.coq.dependencies import Dependencies
from makegen.project.project import read_project
from tests.helpers import write_project

EMPTY = "/a folder/.proof-makefile/stand-ins/th/B.vo"


@pytest.mark.parametrize(
    "text",
    [
        "Cannot find a physical path bound to logical path B with prefix T.",
        "Unable to locate library\nT.B (while searching for a .vos file).",
        f"{EMPTY}: premature end of file. Try to rebuild it.",
        f"Error when parsing .vo (from file {EMPTY}) for library T.B: {EMPTY}: premature end of "
        "file.\nTry to rebuild it.",
    ],
)
def test_it_is_found_by_what_coqc_says(tmp_path: Path, text: str) -> None:
    write_project(tmp_path, {"th/A.v": "", "th/B.v": "", "th/C.v": ""}, flags="-R th T")
    unnamed = Unnamed(read_project(tmp_path / "_Project"))
    unnamed.watch(Dependencies({"th/A.v": (), "th/B.v": (), "th/C.v": ("th/A.v",)}, {}))
    unnamed.add_missing("th/A.v", [Message(None, text.replace("B", "C"))])
    assert not unnamed.are_loaded_by("th/A.v")  # which needs this one
    unnamed.add_missing("th/A.v", [Message(None, text)])
    assert unnamed.are_loaded_by("th/A.v")
    assert unnamed.named().sources["th/A.v"] == ("th/B.v",)
