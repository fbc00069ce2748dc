"""Sentences are taken apart into control prefixes, attributes, keyword and rest."""

import re
from pathlib import Path

import pytest

from checker.document.reader import read_document
from checker.document.sentences import split
from checker.document.vernac import COMMANDS, is_tactic, parse, split_at
from tests.helpers import Coq

PLUGINS = """
Require Import Coq.Program.Program Coq.derive.Derive FunInd Recdef Extraction Lia Nsatz ssreflect.
From Ltac2 Require Import Ltac2.
Print Grammar vernac.
"""
# First words of rules that are no commands of their own.
NO_COMMANDS = {
    *("All", "AllocLimit", "Fail", "Instructions", "Profile", "Redirect", "Succeed", "Time"),
    "Timeout",
}


def test_every_command_of_coq_is_known(coq: Coq, tmp_path: Path) -> None:
    source = tmp_path / "grammar.v"
    source.write_text(PLUGINS)
    grammar = coq.run("coqc", "-q", source, cwd=tmp_path).stdout
    first = re.findall(r'^\s*[\[|] (?:\[ )?(?:IDENT )?"(\w+)"', grammar, re.MULTILINE)
    assert len(set(first)) > 80
    assert set(first) - COMMANDS - NO_COMMANDS == set()


def test_prefixes_are_told_from_the_command() -> None:
    text = b'Time Fail (* x *) #[local, using="x y"] Polymorphic Lemma a : b. '
    command = parse(text)
    assert command.controls == ("Time", "Fail")
    assert command.attributes == ("local", 'using="x y"', "polymorphic")
    assert (command.word, command.rest) == ("Lemma", " a : b")
    assert command.value("using") == "x y"


def test_a_limit_of_what_is_allocated_is_a_control_like_timeout() -> None:
    """Rocq 9.3 has it: `AllocLimit natural (Mw | kw) sentence`."""
    for limit in (b"AllocLimit 40 Mw", b"AllocLimit 40kw"):
        command = parse(b"Time " + limit + b" Fail 2: Lemma a : b.")
        assert command.controls == ("Time", "AllocLimit", "Fail")
        assert (command.selector, command.word) == (True, "Lemma")
        assert is_tactic(parse(limit + b" auto."))
        source = b"Lemma a : b.\nProof.\n%s Qed.\n" % limit
        (proof,) = read_document(source).proofs
        assert proof.why_in_place == "its end has attributes or runs under a control"
        (proof,) = read_document(limit + b" Lemma a : b.\nProof.\nQed.\n").proofs
        assert proof.why_in_place == "its statement stands under AllocLimit"
    assert len(split(b"AllocLimit 40 Mw { AllocLimit 5 kw 2: {")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "auto.",
        "Time auto.",
        "2: { ",
        "1,3-4: auto.",
        "[x]: auto.",
        "(* Set X. *) auto.",
        "Invert H.",
        "Unshelve.",
        "Optimize Proof.",
        "Local.f ().",
        "[> idtac].",
        "by [].",
        "- auto.",
        "Fail a.",
    ],
)
def test_tactics(text: str) -> None:
    assert is_tactic(parse(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "Set X.",
        "Fail Set X.",
        "all: Check x.",
        "#[local] Hint Resolve x.",
        "Optimize Heap.",
        "Global Instance x : y.",
        "infoH auto.",
        "HB.instance Definition x := y.",
        "Qed.",
    ],
)
def test_what_is_no_tactic(text: str) -> None:
    assert not is_tactic(parse(text.encode()))


def test_texts_are_split_outside_strings_and_brackets() -> None:
    assert split_at('f (x := 3) "a := b" := g', ":=") == ['f (x := 3) "a := b"', "g"]
