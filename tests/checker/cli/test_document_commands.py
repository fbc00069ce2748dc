"""proof-checker sentences and proofs: what a file holds, for people and for programs."""

import json
from pathlib import Path

import pytest

from checker.cli.main import main
from tests.helpers import TESTS, Coq, write_files
from tests.oracle import ran_ranges

NASTY = TESTS / "corpus" / "nasty.v"


def test_sentences_as_json_are_in_the_units_of_coqc(
    coq: Coq, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "nasty.v"
    source.write_bytes(b"\xef\xbb\xbf" + NASTY.read_bytes())
    assert main(["sentences", str(source), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [range(row["start"], row["end"]) for row in rows] == ran_ranges(coq, source)
    assert {row["kind"] for row in rows} == {"command", "bullet", "open", "close"}


def test_sentences_are_listed_one_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "a.v"
    source.write_text("Check\n  1. (* c *) -")
    assert main(["sentences", str(source)]) == 0
    assert capsys.readouterr().out == (
        "Chars 0 - 10 command: Check 1.\nChars 19 - 20 bullet: -\n"
    )  # fmt: skip


PROOFS = """Section S.
Lemma a : True. Proof using. exact I. Qed.
Lemma b : True. exact I. Defined.
Lemma c : True. exact I. Qed.
End S.
"""


def test_proofs_say_whether_they_can_be_delegated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "a.v"
    source.write_text(PROOFS)
    assert main(["proofs", str(source)]) == 0
    lines = capsys.readouterr().out.replace(str(source), "a.v").splitlines()
    assert lines[0] == "a.v:2: a: can be delegated"
    assert lines[1].startswith("a.v:3: b: stays in place: it ends in Defined")
    assert lines[2].startswith("a.v:4: c: can be delegated, once its section variables are known")
    assert lines[3] == "2 of 3 proofs can be delegated"


def test_proofs_as_json_have_the_ranges_of_their_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "a.v"
    source.write_text(PROOFS)
    assert main(["proofs", str(source), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    texts = [PROOFS[start:end] for start, end in (row["statement"], row["proof"], *row["body"])]
    assert texts == ["Lemma a : True.", "Proof using.", "exact I."]
    assert (row["using"], row["scopes"], row["delegable"]) == ("", ["S"], True)


def test_a_file_that_is_not_there_is_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proofs", "missing.v"]) == 2
    assert capsys.readouterr().err == (
        "proof-checker: error: missing.v: no such file; name a .v file\n"
    )


@pytest.mark.parametrize("command", ["check", "vio2vo", "plan", "using"])
def test_a_project_without_a_v_file_is_no_success(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(tmp_path, {"_Project": "-I .\na.ml\n", "a.ml": "let a = 1\n"})
    assert main([command, "-f", str(tmp_path / "_Project")]) == 2
    assert "lists no .v file: there is nothing to do" in capsys.readouterr().err
