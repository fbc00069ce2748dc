"""The block of a failing tactic is found, given up, and the proof goes on behind it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.document.blocks import Block, Script, block_of, known_kinds, parse_kinds, resolved
from checker.document.reader import read_document
from checker.document.sentences import Lines
from makegen.base.errors import UserError
from tests.helpers import GOOD, Coq, check, write_project
from tests.helpers import WRONG as WRONG_PROOF

ALL = ("curly", "par", "indent", "bullet")


def script_of(body: str) -> Script:
    document = read_document(f"Lemma a : T.\nProof.\n{body}\nQed.\n".encode())
    return Script.of(document, document.proofs[0])


def given_up(body: str, *kinds: str) -> str | None:
    """What is given up when the sentence that begins with BAD fails; its kind and its text."""
    script = script_of(body)
    bad = [i for i in range(len(script.sentences)) if b"BAD" in script.source(i)]
    return shown(script, block_of(script, bad[0], kinds or ALL))


def shown(script: Script, block: Block | None) -> str | None:
    if block is None:
        return None
    bounds = block.range(script)
    text = script.text[bounds.start : bounds.stop].decode()
    return f"{block.kind}: {' '.join(text.split())}"


# Where blocks are. ------------------------------------------------------------------------------


def test_a_curly_block_is_what_stands_between_the_braces() -> None:
    assert given_up("split. { a. { b. } BAD. { c. } d. } e.", "curly") == (
        "curly: a. { b. } BAD. { c. } d."
    )


def test_the_inner_curly_block_is_given_up_first() -> None:
    assert given_up("{ a. 2: { BAD. } b. }", "curly") == "curly: BAD."


def test_a_closing_brace_that_fails_blames_its_own_block() -> None:
    script = script_of("{ a. } b.")
    assert shown(script, block_of(script, 2, ["curly"])) == "curly: a."


def test_an_opening_brace_that_fails_blames_the_block_around() -> None:
    script = script_of("{ a. { b. } c. } d.")
    assert shown(script, block_of(script, 2, ["curly"])) == "curly: a. { b. } c."


def test_an_empty_block_is_the_place_between_its_braces() -> None:
    script = script_of("{ } b.")
    block = block_of(script, 1, ["curly"])
    assert block == Block("curly", 1, 1)
    assert script.text[block.range(script).start :].startswith(b" } b.")


def test_outside_braces_there_is_no_curly_block() -> None:
    assert given_up("{ a. } BAD. { b. }", "curly") is None


def test_a_par_block_is_one_tactic() -> None:
    assert given_up("a. Time par: BAD. b.", "par") == "par: Time par: BAD."
    assert given_up("a. all: BAD. b.", "par") is None


BULLETS = """
  split.
  - a.
    + b. BAD1.
    + BAD2.
      c.
  - BAD3.
"""


def test_a_bullet_block_stands_between_equal_bullets_in_one_column() -> None:
    body = BULLETS.replace("BAD1", "BAD")
    assert given_up(body, "bullet") == "bullet: b. BAD."


def test_the_last_bullet_is_given_up_with_the_one_around_it() -> None:
    assert given_up(BULLETS.replace("BAD2", "BAD").replace("BAD1", "x"), "bullet") == (
        "bullet: a. + b. x. + BAD. c."
    )


def test_the_very_last_bullet_is_no_block() -> None:
    body = BULLETS.replace("BAD3", "BAD").replace("BAD1", "x").replace("BAD2", "x")
    assert given_up(body, "bullet") is None


def test_a_bullet_that_fails_blames_the_block_before_it() -> None:
    script = script_of("\n- a.\n  b.\n- c.")
    assert shown(script, block_of(script, 3, ["bullet"])) == "bullet: a. b."


def test_bullets_in_other_columns_do_not_match() -> None:
    assert given_up("\n- BAD.\n - b.\n  - c.", "bullet") is None


def test_an_indent_block_ends_where_a_tactic_is_indented_less() -> None:
    body = "\n  assert x.\n    BAD.\n    b.\n  c."
    assert given_up(body, "indent") == "indent: BAD. b."
    assert given_up("\n  a.\n  BAD.\n  b.", "indent") is None


def test_an_indent_block_admits_all_goals_but_the_last() -> None:
    script = script_of("\n  assert x.\n    BAD.\n  c.")
    block = block_of(script, 1, ["indent"])
    assert block
    assert block.recovery == b"all: [> admit .. | ]."


def test_the_smallest_block_of_the_chosen_kinds_wins() -> None:
    body = "\n- { a.\n    BAD. }\n  b.\n- c."
    assert given_up(body) == "curly: a. BAD."
    assert given_up(body, "bullet") == "bullet: { a. BAD. } b."
    assert given_up(body, "par") is None


def test_a_failing_sentence_is_found_by_an_offset_in_it() -> None:
    script = script_of("a. b. c.")
    start = script.text.index(b"b.")
    assert [script.index_at(start + i) for i in (-1, 0, 1, 2)] == [None, 1, 1, None]


# Against Coq. -----------------------------------------------------------------------------------

WRONG = """
Lemma wrong : (True /\\ 0 = 1) /\\ (True /\\ (2 = 3 /\\ True)).
Proof.
  split.
  - split.
    + exact bad_bullet.
    + exact bad_last_bullet.
  - split.
    { idtac. exact bad_curly. }
    assert (4 = 5).
      exact bad_indent.
    split.
    par: exact bad_par.
Qed.
"""


def test_independent_mistakes_of_one_proof_are_all_met(coq: Coq, tmp_path: Path) -> None:
    text = WRONG.encode()
    met: list[bytes] = []
    while offset := error_offset(coq, text.replace(b"Qed", b"Admitted"), tmp_path):
        document = read_document(text)
        script = Script.of(document, document.proofs[0])
        index = script.index_at(offset)
        assert index is not None
        met += re.findall(rb"bad_\w+", script.source(index))
        block = block_of(script, index, ALL)
        assert block
        bounds = block.range(script)
        text = text[: bounds.start] + block.recovery + text[bounds.stop :]
    assert met == [b"bad_bullet", b"bad_last_bullet", b"bad_curly", b"bad_indent", b"bad_par"]


def error_offset(coq: Coq, text: bytes, folder: Path) -> int | None:
    """Where coqc finds its first error in the text."""
    source = folder / "wrong.v"
    source.write_bytes(text)
    done = coq.run("coqc", "-q", source, cwd=folder)
    found = re.search(r"line (\d+), characters (\d+)-\d+:\n(?:Error|The)", done.stderr)
    if not found:
        assert done.returncode == 0, done.stderr
        return None
    before = text.split(b"\n")[: int(found[1]) - 1]
    offset = sum(len(line) + 1 for line in before) + int(found[2])
    assert Lines(text).position(offset) == (int(found[1]), int(found[2]))
    return offset


# Choosing kinds. --------------------------------------------------------------------------------


def test_kinds_are_chosen_by_name() -> None:
    assert parse_kinds("off") == ()
    assert resolved(parse_kinds("all")) == ALL
    assert parse_kinds("bullet,curly") == ("bullet", "curly")


def test_an_unknown_kind_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(UserError, match=r"'square'.*curly, par, indent, bullet"):
        parse_kinds("curly,square")


TOY = """
from checker.document.blocks import Block

def find(script, index):
    \"\"\"All that stands between `begin` and `end`.\"\"\"
    words = [script.source(i) for i in range(len(script.sentences))]
    if b"begin." not in words[:index] or b"end." not in words[index:]:
        return None
    return Block("toy", words.index(b"begin.") + 1, words.index(b"end.", index))
"""


def install(folder: Path, name: str, value: str) -> None:
    """A package as pip would leave it, with one entry point."""
    (folder / "toy_blocks.py").write_text(TOY)
    about = folder / f"toy_{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: toy-{name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[proof_makefile.blocks]\n{name} = {value}\n")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known_kinds.cache_clear()
    yield tmp_path
    known_kinds.cache_clear()


def test_another_package_adds_a_kind(packages: Path) -> None:
    install(packages, "toy", "toy_blocks:find")
    assert resolved(parse_kinds("all")) == (*ALL, "toy")
    assert given_up("a. begin. b. BAD. end. c.", *parse_kinds("toy")) == "toy: b. BAD."


def test_a_package_that_cannot_be_loaded_is_named(packages: Path) -> None:
    install(packages, "toy", "toy_blocks:missing")
    with pytest.raises(UserError, match="toy_blocks:missing"):
        resolved(parse_kinds("all"))


def test_a_package_cannot_take_the_name_of_another_kind(packages: Path) -> None:
    install(packages, "curly", "toy_blocks:find")
    with pytest.raises(UserError, match="'curly', which is taken"):
        resolved(parse_kinds("all"))


@pytest.mark.once
def test_a_check_that_meets_a_wrong_proof_then_says_which_package_is_broken(
    coq: Coq, packages: Path, tmp_path: Path
) -> None:
    install(packages, "toy", "toy_blocks:missing")
    path = os.pathsep.join([str(packages), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    root = write_project(tmp_path / "good", {"A.v": GOOD})
    assert check(coq, root, PYTHONPATH=path).returncode == 0
    root = write_project(tmp_path / "wrong", {"A.v": GOOD + WRONG_PROOF})
    done = check(coq, root, PYTHONPATH=path)
    assert done.returncode == 2
    (line,) = (line for line in done.stderr.splitlines() if "error: " in line)
    assert line.startswith("proof-checker: error: the proof blocks 'toy' of toy_blocks:missing")
