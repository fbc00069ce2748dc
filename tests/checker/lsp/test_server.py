"""The language server, as an editor meets it."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types as lsp

from tests.editor import Editor, coqcs, editor, eventually
from tests.helpers import Coq

pytestmark = pytest.mark.ends

TEXT = """\
Lemma first : forall n : nat, n + 0 = n.
Proof.
  intros n.
  induction n.
  - reflexivity.
  - simpl. rewrite IHn. reflexivity.
Qed.

Lemma second : 1 = 2.
Proof.
  reflexivity.
Qed.

Definition three := 3.

Lemma third : three = 3.
Proof. reflexivity. Qed.
"""
WRONG = '10:2 Unable to unify "2" with "1".'


def edit(
    coq: Coq, path: Path, text: str, work: Callable[[Editor, str], Awaitable[Any]], *options: str
) -> None:
    """Have an editor work on a file that has this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

    async def go() -> None:
        async with editor(coq, *options) as user:
            await work(user, user.open(path))

    asyncio.run(go())


def test_a_wrong_proof_is_told_at_its_place_until_it_is_mended(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        assert await user.errors(uri) == [WRONG]
        user.change(uri, "1 = 2", "1 = 1")
        assert await user.errors(uri) == []

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_an_edit_in_a_proof_runs_that_proof_only(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        assert all(" s" in state for state in await user.states(uri))
        user.change(uri, "  intros n.\n", "  idtac.\n  intros n.\n")
        first, *others = await user.states(uri)
        assert first.startswith("checked 0.")
        assert others == ["checked", "checked"]

    edit(coq, tmp_path / "a.v", TEXT.replace("1 = 2", "1 = 1"), work)


def test_errors_after_an_edit_that_moved_them_are_told_where_they_are_now(
    coq: Coq, tmp_path: Path
) -> None:
    """Processes that were fed the text before it moved count other lines."""

    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        user.change(uri, "- reflexivity.\n", "- (* longer *)\n\n    reflexivity.\n")
        assert await user.errors(uri) == ['12:2 Unable to unify "2" with "1".']
        user.change(uri, "three = 3.\nProof. ", "three = 3. Proof. idtac 1. fail. ")
        assert await user.errors(uri) == [
            '12:2 Unable to unify "2" with "1".',
            "17:41 Tactic failure.",
        ]

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_a_wrong_command_is_left_out_and_what_follows_is_checked(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        user.change(uri, "three := 3", "three := tt + 3")
        told = await user.errors(uri)
        assert told[:2] == [
            WRONG,
            '13:20 The term "tt" has type "unit" while it is expected to have type "nat".',
        ]
        assert told[2].startswith("15:14 The reference three was not found")
        notes = [d.message for d in user.diagnostics[uri].diagnostics]
        assert "an error before it may have caused this one" in notes[-1]
        user.change(uri, "three := tt + 3", "three := 3")
        assert await user.errors(uri) == [WRONG]

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_columns_are_utf_16_units(coq: Coq, tmp_path: Path) -> None:
    text = "Lemma a : True. Proof. (* \U0001d53d α *) exact tt. Qed.\n"

    async def work(user: Editor, uri: str) -> None:
        told = await user.errors(uri)
        assert [line.split()[0] for line in told] == [f"0:{text.index('tt') + 1}"]
        assert user.server
        assert user.server.capabilities.position_encoding == lsp.PositionEncodingKind.Utf16

    edit(coq, tmp_path / "a.v", text, work)


def test_lines_end_as_in_the_protocol(coq: Coq, tmp_path: Path) -> None:
    """A form feed, at which Python splits lines, ends none."""
    text = "(* one\fpage \u2028 *)\n" + TEXT

    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        user.change(uri, "1 = 2", "1 = 1")
        assert await user.errors(uri) == []
        user.change(uri, "1 = 1", "1 = 3")
        assert await user.errors(uri) == ['11:2 Unable to unify "3" with "1".']

    edit(coq, tmp_path / "a.v", text, work)


def test_what_is_not_saved_counts(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        other = user.open(tmp_path / "b.v", "Lemma x : 1 = 1. Proof. exact I. Qed.\n")
        assert len(await user.errors(other)) == 1
        await user.close(other)

    (tmp_path / "b.v").write_text("")
    edit(coq, tmp_path / "a.v", TEXT, work)


def test_a_new_document_is_run_once_it_is_saved(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, _: str) -> None:
        new = user.open(tmp_path / "b.v", "Lemma x : 1 = 1. Proof. exact I. Qed.\n")
        await user.until(lambda: any("save it once" in note for note in user.notes))
        (tmp_path / "b.v").write_text("Lemma x : 1 = 1. Proof. exact I. Qed.\n")
        user.save(new)
        assert len(await user.errors(new)) == 1

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_a_section_that_is_not_closed_is_told_where_it_begins_in_coqcs_words(
    coq: Coq, tmp_path: Path
) -> None:
    text = "Module M. End M.\n  Section S.\n"
    (tmp_path / "b.v").write_text("Section S. Section T.\n")
    done = coq.run("coqc", "b.v", cwd=tmp_path)

    async def work(user: Editor, uri: str) -> None:
        assert await user.errors(uri) == ["1:2 The section S needs to be closed."]
        user.replace(uri, "Section S. Section T.\n")
        (error,) = await user.errors(uri)
        assert error.startswith("0:11 ")
        assert error.removeprefix("0:11 ") in done.stderr

    edit(coq, tmp_path / "a.v", text, work)


VARIABLES = (
    "Section S.\nVariables n m : nat.\n"
    "Lemma a : n = n \\/ n = n.\nProof.\n  left. reflexivity.\nQed.\nEnd S.\n"
    "Lemma wrong : 1 = 2. Proof. reflexivity. Qed.\n"
    "Lemma c : 0 = 0 \\/ 0 = 0. Proof. exact (a 0). Qed.\n"
    "Definition d : 0 = 0 \\/ 0 = 0 := a 0.\n"
)


def lines(user: Editor, uri: str) -> list[str]:
    """The lines of errors, from 0."""
    return [error.partition(":")[0] for error in user.errors_now(uri)]


def test_a_proof_that_needs_another_section_variable_now_changes_what_follows(
    coq: Coq, tmp_path: Path
) -> None:
    """What was executed after it took for granted what it used before."""

    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        assert lines(user, uri) == ["7"]
        user.change(uri, "left. reflexivity", "pose (x := m). left. reflexivity")
        await user.quiet(uri)
        await user.until(lambda: lines(user, uri) == ["7", "8", "9"])
        user.change(uri, "pose (x := m). left", "left")
        await user.quiet(uri)
        await user.until(lambda: lines(user, uri) == ["7"])

    edit(coq, tmp_path / "a.v", VARIABLES, work)


SLOW_COPIES = """
import asyncio
import pathlib
from dataclasses import replace

from checker.lsp import snapshots

copy = snapshots.Snapshots.copy

class Slow:
    def __init__(self, process):
        self.process = process

    async def fork(self):
        await asyncio.sleep(1)
        return await self.process.fork()

async def slow(self, snapshot, file):
    if snapshot.cursor > 4:
        pathlib.Path(__file__).with_name("slow").touch()
        snapshot = replace(snapshot, process=Slow(snapshot.process))
    return await copy(self, snapshot, file)

snapshots.Snapshots.copy = slow
snapshots.EVERY = snapshots.NEAR = 0.0
"""


def test_what_is_found_out_while_a_process_is_copied_does_not_count_for_the_copy(
    coq: Coq, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SLOW_COPIES)
    (tmp_path / "a.v").write_text(VARIABLES)
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    environ = {**coq.environ, "PYTHONPATH": path.rstrip(os.pathsep)}

    async def go() -> None:
        async with editor(coq, "-j", "3", environ=environ) as user:
            uri = user.open(tmp_path / "a.v")
            await user.quiet(uri)
            user.change(uri, "left. reflexivity", "pose (x := m). left. reflexivity")
            await user.quiet(uri)
            await user.until(lambda: lines(user, uri) == ["7", "8", "9"])

    asyncio.run(go())
    assert (tmp_path / "slow").exists()


def test_a_command_that_sees_through_proofs_is_run_over_whole_files(
    coq: Coq, tmp_path: Path
) -> None:
    """A proof that was put off would be an axiom, which `Transparent` accepts."""
    (tmp_path / "_CoqProject").write_text("-R . P\nA.v\nB.v\n")
    slow = "do 100000 idtac."
    (tmp_path / "A.v").write_text(f"Lemma l : True.\nProof. {slow} exact I. Qed.\n")
    text = "From P Require Import A.\nLemma b : True. Proof. exact l. Qed.\n"

    async def work(user: Editor, uri: str) -> None:
        assert await user.errors(uri) == []
        user.change(uri, "Lemma b", "Transparent l.\nLemma b")
        assert len(await user.errors(uri)) == 1

    edit(coq, tmp_path / "B.v", text, work, "--delegation-threshold", "0")


def test_goals_are_those_at_the_place(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        def types(answer: Any) -> list[str]:
            return [goal.ty for goal in answer.goals.goals]

        assert types(await user.goals(uri, "intros", mode="Prev")) == ["forall n : nat, n + 0 = n"]
        after = await user.goals(uri, "intros")
        assert types(after) == ["n + 0 = n"]
        assert [(h.names, h.ty) for h in after.goals.goals[0].hyps] == [(["n"], "nat")]
        both = await user.goals(uri, "induction")
        assert types(both) == ["0 + 0 = 0", "S n + 0 = S n"]
        assert [h.names for h in both.goals.goals[1].hyps] == [["n"], ["IHn"]]
        solved = await user.goals(uri, "reflexivity.\n  - simpl")
        assert types(solved) == []
        assert [goal.ty for goal in solved.goals.stack[0][1]] == ["S n + 0 = S n"]
        assert (await user.goals(uri, "Definition")).goals is None

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_goals_of_a_proof_that_is_being_written(coq: Coq, tmp_path: Path) -> None:
    """It has no end yet: at the end of the file, and before another statement."""

    async def work(user: Editor, uri: str) -> None:
        async def types(words: str) -> list[str]:
            answer = await user.goals(uri, words)
            return [goal.ty for goal in answer.goals.goals]

        user.replace(uri, "Lemma a : forall n, n = 0 -> n = 0.")
        assert await types("0.") == ["forall n : nat, n = 0 -> n = 0"]
        user.replace(uri, "Lemma a : forall n, n = 0 -> n = 0.\nProof.\n  intros n.\n")
        assert await types("Proof.") == ["forall n : nat, n = 0 -> n = 0"]
        assert await types("intros n.") == ["n = 0 -> n = 0"]
        user.change(uri, "intros n.\n", "intros n.\n  induction")
        assert await types("induction") == ["n = 0 -> n = 0"]
        user.change(uri, "n.\n  induction", "n. (* not yet *)\nLemma b : 1 = 1. Proof. intros.")
        assert await types("(* not yet") == ["n = 0 -> n = 0"]
        user.replace(uri, "Class C := c : nat.\nInstance i : C := 3.\n")
        assert (await user.goals(uri, "3.")).goals is None

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_goals_at_a_wrong_tactic_are_those_that_it_met(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        found = await user.goals(uri, "reflexivity.\nQed.\n\nDefinition")
        assert found.error.startswith("Unable to unify")
        assert [goal.ty for goal in found.goals.goals] == ["1 = 2"]

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_goals_follow_the_text(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        await user.goals(uri, "induction")
        user.change(uri, "induction n", "destruct n")
        found = await user.goals(uri, "destruct")
        assert [len(goal.hyps) for goal in found.goals.goals] == [0, 1]

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_a_tactic_that_never_ends_stops_nothing_else(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        user.change(uri, "  induction n.\n", "  do 1000000000 idtac. induction n.\n")
        user.change(uri, "1 = 2", "1 = 3")
        await user.until(lambda: any('unify "3"' in error for error in user.errors_now(uri)))
        assert await user.goals(uri, "intros") is not None
        user.change(uri, "  do 1000000000 idtac. induction n.\n", "  induction n.\n")
        assert await user.errors(uri) == ['10:2 Unable to unify "3" with "1".']

    edit(coq, tmp_path / "a.v", TEXT, work, "-j", "2")


def test_files_of_the_project_are_made_as_far_as_the_document_needs_them(
    coq: Coq, tmp_path: Path
) -> None:
    (tmp_path / "_CoqProject").write_text("-R theories P\ntheories/A.v\ntheories/B.v\n")
    (tmp_path / "theories").mkdir()
    (tmp_path / "theories/A.v").write_text("Lemma base : 1 = 1. Proof. reflexivity. Qed.\n")
    text = "From P Require Import A.\nLemma b : 1 = 1. Proof. exact base. Qed.\nCheck base.\n"

    async def work(user: Editor, uri: str) -> None:
        assert await user.errors(uri) == []
        where = lsp.TextDocumentPositionParams(
            lsp.TextDocumentIdentifier(uri), user.place(uri, "base. Qed", 1)
        )
        found = await user.client.text_document_definition_async(
            lsp.DefinitionParams(where.text_document, where.position)
        )
        assert isinstance(found, lsp.Location)
        assert found.uri == (tmp_path / "theories/A.v").as_uri()
        assert found.range.start == lsp.Position(0, 6)
        assert "base" in await user.completions(uri, "base. Qed", 2)  # in a proof, tactics too
        assert await user.completions(uri, "Check base", len("Check ba")) == ["base"]
        symbols = await user.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("as"))
        assert [symbol.name for symbol in symbols or ()] == ["base"]

    edit(coq, tmp_path / "theories/B.v", text, work)


def test_a_document_is_run_again_when_a_file_that_it_loads_is_saved(
    coq: Coq, tmp_path: Path
) -> None:
    (tmp_path / "_CoqProject").write_text("-R . P\nA.v\nB.v\n")
    first = tmp_path / "A.v"
    first.write_text("Definition number := 1.\n")
    text = "From P Require Import A.\nLemma b : number = 1. Proof. reflexivity. Qed.\n"

    async def work(user: Editor, uri: str) -> None:
        assert await user.errors(uri) == []
        other = user.open(first)
        await user.quiet(other)
        user.change(other, ":= 1", ":= 2")
        first.write_text("Definition number := 2.\n")
        user.save(other)
        await user.until(lambda: bool(user.errors_now(uri)))
        assert user.errors_now(uri) == ["1:29 In environment"] or "unify" in user.errors_now(uri)[0]

    edit(coq, tmp_path / "B.v", text, work)


def test_a_file_that_only_the_unsaved_text_requires_is_made(coq: Coq, tmp_path: Path) -> None:
    (tmp_path / "_CoqProject").write_text("-R . P\nA.v\nB.v\n")
    (tmp_path / "A.v").write_text("Definition number := 1.\n")
    (tmp_path / "B.v").write_text("Definition saved := 1.\n")
    text = "From P Require Import A.\nLemma b : number = 1. Proof. reflexivity. Qed.\n"

    async def go() -> None:
        async with editor(coq) as user:
            assert await user.errors(user.open(tmp_path / "B.v", text)) == []

    asyncio.run(go())


def test_hover_tells_the_type_and_the_state_of_the_proof(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        asked = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), user.place(uri, "first", 2))
        found = await user.client.text_document_hover_async(asked)
        assert found
        assert isinstance(found.contents, lsp.MarkupContent)
        assert "its proof: checked" in found.contents.value
        asked = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), user.place(uri, "three = 3", 2))
        found = await user.client.text_document_hover_async(asked)
        assert found
        assert isinstance(found.contents, lsp.MarkupContent)
        assert "three : nat" in found.contents.value

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_names_have_letters_of_all_alphabets(coq: Coq, tmp_path: Path) -> None:
    text = "Definition x := 1.\nDefinition x\u2081 := true.\nDefinition \u03b2_red := x\u2081.\n"

    async def work(user: Editor, uri: str) -> None:
        asked = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), user.place(uri, "x\u2081.", 1))
        found = await user.client.text_document_hover_async(asked)
        assert found
        assert isinstance(found.contents, lsp.MarkupContent)
        assert "x\u2081 : bool" in found.contents.value
        where = lsp.DefinitionParams(asked.text_document, asked.position)
        place = await user.client.text_document_definition_async(where)
        assert isinstance(place, lsp.Location)
        assert place.range == lsp.Range(lsp.Position(1, 11), lsp.Position(1, 13))
        assert await user.completions(uri, "\u03b2_red", 2) == ["\u03b2_red"]

    edit(coq, tmp_path / "a.v", text, work)


def test_a_selection_grows(coq: Coq, tmp_path: Path) -> None:
    """Between a bullet and its tactic as well: each range is in the next one."""
    text = "Lemma a : True /\\ True.\nProof. split.\n-exact I.\n-{exact I.}\nQed.\n"

    async def work(user: Editor, uri: str) -> None:
        places = [user.place(uri, "-exact", 1), user.place(uri, "{exact", 1)]
        asked = lsp.SelectionRangeParams(lsp.TextDocumentIdentifier(uri), places)
        for found in await user.client.text_document_selection_range_async(asked) or ():
            inner: lsp.SelectionRange | None = found
            while inner and inner.parent:
                assert inner.parent.range.start <= inner.range.start
                assert inner.range.end <= inner.parent.range.end
                inner = inner.parent

    edit(coq, tmp_path / "a.v", text, work)


def test_the_outline_has_modules_sections_and_statements(coq: Coq, tmp_path: Path) -> None:
    text = "Module M.\nSection S.\nDefinition d := 1.\nLemma a : True.\nProof.\nexact I.\nQed.\n"
    text += "End S.\nEnd M.\n"

    async def work(user: Editor, uri: str) -> None:
        this = lsp.TextDocumentIdentifier(uri)
        asked = lsp.DocumentSymbolParams(this)
        found = await user.client.text_document_document_symbol_async(asked)
        assert found
        module = found[0]
        assert isinstance(module, lsp.DocumentSymbol)
        assert module.name == "M"
        assert module.children
        section = module.children[0]
        assert [child.name for child in section.children or ()] == ["d", "a"]
        folds = await user.client.text_document_folding_range_async(lsp.FoldingRangeParams(this))
        assert [(fold.start_line, fold.end_line) for fold in folds or ()] == [
            (0, 8),
            (1, 7),
            (3, 6),
        ]

    edit(coq, tmp_path / "a.v", text, work)


def test_coqc_s_section_variables_can_be_written_down(coq: Coq, tmp_path: Path) -> None:
    text = "Section S.\nVariable A : Prop.\nHypothesis H : A.\n"
    text += "Lemma a : A.\nProof.\n  exact H.\nQed.\nEnd S.\n"

    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        found = await user.actions(uri, "exact")
        assert [action.title for action in found] == ["Write `Proof using H.`"]
        user.change(uri, "Proof.\n  exact H.", "Proof with exact H.\n  idtac...")
        await user.quiet(uri)
        (action,) = await user.actions(uri, "idtac")
        assert action.edit
        assert action.edit.changes
        (edit,) = action.edit.changes[uri]
        user.put_in(uri, text[: text.index("Proof")] + "Proof", edit.new_text)
        assert edit.range == lsp.Range(lsp.Position(4, 5), lsp.Position(4, 5))
        assert await user.errors(uri) == []
        assert (await user.states(uri))[0].startswith("checked")

    edit(coq, tmp_path / "a.v", text, work)


def test_a_wrong_command_can_be_left_out(coq: Coq, tmp_path: Path) -> None:
    text = "Definition d := tru.\nLemma a : 1 = 1.\nProof. reflexivity. Qed.\n"

    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        (action,) = await user.actions(uri, "d := tru")
        assert action.title == "Leave this command out"
        assert action.edit
        assert action.edit.changes
        (edit,) = action.edit.changes[uri]
        user.change(uri, "Definition d := tru.", edit.new_text)
        assert await user.errors(uri) == []
        user.replace(uri, "Require Import Arith.\nSection S.\n")
        assert len(await user.errors(uri)) == 1
        assert await user.actions(uri, "Require") == []  # that is not what is wrong

    edit(coq, tmp_path / "a.v", text, work)


def test_an_error_between_proofs_is_told_before_what_follows_is_run(
    coq: Coq, tmp_path: Path
) -> None:
    """And what it may have caused names it."""
    text = "Definition d := tru.\nLemma long : True.\nProof. do 1000000000 idtac. exact I. Qed.\n"

    async def work(user: Editor, uri: str) -> None:
        await user.until(lambda: uri in user.diagnostics and bool(user.errors_now(uri)))
        assert user.errors_now(uri)[0].startswith("0:16 ")
        await user.until(lambda: bool(user.bars))
        user.change(uri, "do 1000000000 idtac. exact I", "exact d")
        await user.quiet(uri)
        await user.until(lambda: len(user.errors_now(uri)) == 2)
        related = user.diagnostics[uri].diagnostics[1].related_information
        first = user.diagnostics[uri].diagnostics[0].related_information
        (caused,) = [found for found in (related, first) if found]
        assert caused[0].location.range.start == lsp.Position(0, 16)

    edit(coq, tmp_path / "a.v", text, work)


def test_tactics_are_completed_in_proofs(coq: Coq, tmp_path: Path) -> None:
    text = "Ltac inspect_it := idtac.\nLemma a : True.\nProof.\n  in\n  exact I.\nQed.\n"

    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        found = await user.completions(uri, "in\n", 2)
        assert {"intros", "induction", "inspect_it"} <= set(found)
        assert "intros" not in await user.completions(uri, "Lemma", 0)

    edit(coq, tmp_path / "a.v", text, work)


def test_a_lazy_server_runs_what_is_looked_at(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        assert await user.errors(uri) == []
        await user.goals(uri, "reflexivity.\nQed.\n\nDefinition")
        await user.until(lambda: user.errors_now(uri) == [WRONG])

    edit(coq, tmp_path / "a.v", TEXT, work, "--async-proofs", "lazy")


def test_queries_are_answered_where_they_are_asked(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        place = user.place(uri, "Lemma third")
        at = {"line": place.line, "character": place.character}
        assert "three = 3" in await user.command("query", uri, at, "Print three.")
        at = {"line": 0, "character": 0}
        assert "not" in await user.command("query", uri, at, "Print three.")

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_the_whole_document_is_checked_by_the_batch_engine(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        told = await user.command("checkDocument", uri)
        assert not told["good"]
        assert not told["differs"]
        assert 'Unable to unify "2" with "1"' in " ".join(told["output"].split())

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_processes_end_with_their_document_and_with_the_server(coq: Coq, tmp_path: Path) -> None:
    (tmp_path / "a.v").write_text(TEXT)

    async def go() -> None:
        async with editor(coq) as user:
            uri = user.open(tmp_path / "a.v")
            await user.quiet(uri)
            await user.goals(uri, "induction")
            assert coqcs()
            await user.close(uri)
            await eventually(lambda: not coqcs())
            await user.quiet(user.open(tmp_path / "a.v"))
            server = user.client._server
            assert server
            left = coqcs()
            server.kill()
            await server.wait()
            assert psutil.wait_procs(left, timeout=60)[1] == []

    with pytest.raises(RuntimeError, match="stopped"):  # the editor cannot say goodbye
        asyncio.run(go())


def test_without_pygls_the_command_says_what_to_install(coq: Coq, tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ImportError('no module named pygls')\n")
    (tmp_path / "lsprotocol.py").write_text("raise ImportError('no module named lsprotocol')\n")
    done = coq.run(
        sys.executable, "-m", "checker", "lsp", cwd=tmp_path, environ={"PYTHONPATH": str(tmp_path)}
    )
    assert done.returncode == 2
    assert "pip install 'proof-makefile[lsp]'" in done.stderr
