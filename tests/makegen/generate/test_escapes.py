"""Escapes are right when make, sh and Python read back what was written."""

import ast
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from makegen.generate import escapes

# Everything but what no line of a Makefile can hold.
LINES = st.text(st.characters(exclude_characters="\0\r\n", codec="utf-8"))
FEW = settings(max_examples=40, deadline=None)


def make(makefile: str) -> str:
    command = ["make", "-s", "-f", "-"]
    done = subprocess.run(command, input=makefile.encode(), capture_output=True, check=True)
    return done.stdout.decode()


@given(st.lists(LINES, max_size=4))
@example(["a\\#b", "\\\\#", "end\\"])
@FEW
def test_words_reach_a_command_of_a_recipe_unchanged(items: list[str]) -> None:
    printed = make(f"WORDS = {escapes.words(tuple(items))}\nall:\n\t@printf '<%s>' $(WORDS)\n")
    assert printed == ("".join(f"<{item}>" for item in items) or "<>")


@given(LINES)
@example("a\\#b")
@example("end\\")
@FEW
def test_a_word_of_a_recipe_reaches_the_command_unchanged(word: str) -> None:
    assert make(f"all:\n\t@printf '<%s>' {escapes.recipe(word)}\n") == f"<{word}>"


@pytest.mark.parametrize("name", ["a$b.v", "a#b.v", "50%.v", "a:b.v", "plain/Name.v"])
def test_a_name_is_one_target_and_one_prerequisite(name: str, tmp_path: Path) -> None:
    tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
    rule = f"{escapes.target(name)}:\n\t@touch '$@'\n"
    makefile = f"all: {escapes.prerequisite(name)}\n{rule}"
    tmp_path.joinpath("Makefile").write_text(makefile)
    subprocess.run(["make", "-s"], cwd=tmp_path, check=True)
    assert tmp_path.joinpath(name).exists()


@given(st.text(st.characters(codec="utf-8")))
def test_python_reads_its_literals_back(text: str) -> None:
    assert ast.literal_eval(escapes.python(text)) == text
    assert ast.literal_eval(escapes.python((text, text))) == (text, text)
    assert ast.literal_eval(escapes.python((text,))) == (text,)


@given(st.text())
def test_a_comment_stays_on_one_line(text: str) -> None:
    written = escapes.comment(text)
    assert len(written.splitlines()) <= 1
    assert not written.endswith("\\")
