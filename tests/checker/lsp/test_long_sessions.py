"""The language server over a long session: what is opened again, changed from outside, stuck."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from checker.lsp.asking import CHANGED, LATE, PATIENCE
from tests.editor import Editor, editor, eventually
from tests.helpers import Coq

pytestmark = pytest.mark.ends

STUCK = "do 1000000000 idtac."
TEXT = (
    "Lemma a : 1 = 1.\nProof.\n  idtac.\n  reflexivity.\nQed.\n"
    "Lemma b : 1 = 2.\nProof. reflexivity. Qed.\n"
)
WRONG = '6:7 Unable to unify "2" with "1".'


def edit(coq: Coq, path: Path, text: str, work: Callable[[Editor, str], Awaitable[Any]]) -> None:
    """Have an editor work on a file that has this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

    async def go() -> None:
        async with editor(coq, "-j", "2") as user:
            await work(user, user.open(path))

    asyncio.run(go())


def test_a_document_that_is_opened_again_at_once_keeps_its_errors(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        assert await user.errors(uri) == [WRONG]
        for _ in range(3):
            user.reopen(uri)
            await user.until(lambda: not user.diagnostics[uri].diagnostics)
            await user.until(lambda: user.errors_now(uri) == [WRONG])
        user.change(uri, "1 = 2", "2 = 2")
        assert await user.errors(uri) == []

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_a_project_file_that_changes_is_followed(coq: Coq, tmp_path: Path) -> None:
    """When a document is saved, its project file is read again; no restart is needed."""
    project, other = tmp_path / "_CoqProject", tmp_path / "C.v"
    text = "From P Require Import C.\nLemma b : number = 1. Proof. reflexivity. Qed.\n"

    async def work(user: Editor, uri: str) -> None:
        assert len(await user.errors(uri)) >= 1
        other.write_text("Definition number := 1.\n")
        project.write_text("-R . P\nB.v\nC.v\n")
        user.save(uri)
        await user.until(lambda: user.errors_now(uri) == [])
        user.change(uri, "number = 1", "number = 2")
        assert len(await user.errors(uri)) == 1
        project.write_text("-nonsense\n")
        user.save(uri)
        await user.until(lambda: any("_CoqProject" in note for note in user.notes))
        user.change(uri, "number = 2", "number = 1")
        assert await user.errors(uri) == []

    edit(coq, tmp_path / "B.v", text, work)


def test_a_question_at_a_place_that_is_never_reached_keeps_no_other_waiting(
    coq: Coq, tmp_path: Path
) -> None:
    """Once the text is another one, nobody waits for what was asked about the old one."""

    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        user.change(uri, "idtac.", STUCK)
        asked = [asyncio.create_task(user.goals(uri, STUCK, mode="After")) for _ in range(4)]
        await asyncio.sleep(0.5)
        since = time.monotonic()
        user.change(uri, STUCK, "idtac.")
        found = await asyncio.gather(*asked)
        assert {answer.error for answer in found} <= {CHANGED, LATE}
        assert (await user.goals(uri, "idtac.")).goals.goals[0].ty == "1 = 1"
        assert time.monotonic() - since < PATIENCE

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_hints_are_asked_for_again_when_all_is_known(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        user.change(uri, "idtac", "auto")
        await user.until(lambda: user.refreshed.get(uri) == 2)
        await user.quiet(uri)

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_opening_another_file_leaves_what_is_known_of_the_first(coq: Coq, tmp_path: Path) -> None:
    """Both load a file that nobody has made: it is made once."""
    stand_in = tmp_path / ".proof-makefile/stand-ins/A.vo"
    (tmp_path / "_CoqProject").write_text("-R . P\nA.v\nB.v\nC.v\n")
    (tmp_path / "A.v").write_text("Definition number := 1.\n")
    (tmp_path / "C.v").write_text("From P Require Import A.\n")
    text = "From P Require Import A.\nLemma b : number = 1. Proof. idtac. reflexivity. Qed.\n"

    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        made = stand_in.stat().st_ctime_ns
        await user.quiet(user.open(tmp_path / "C.v"))
        assert stand_in.stat().st_ctime_ns == made
        user.change(uri, "idtac", "simpl")
        assert (await user.states(uri))[0].startswith("checked 0.")
        (tmp_path / "B.v").write_text(text.replace("idtac", "simpl"))
        await user.close(uri)
        again = user.open(tmp_path / "B.v")
        assert await user.states(again) == ["checked"]  # known from before

    edit(coq, tmp_path / "B.v", text, work)


def test_no_process_is_left_of_questions_that_were_given_up(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        await user.quiet(uri)
        for _ in range(3):
            user.change(uri, "idtac.", STUCK)
            asked = asyncio.create_task(user.goals(uri, STUCK))
            await asyncio.sleep(0.3)
            user.change(uri, STUCK, "idtac.")
            await asked
        await user.quiet(uri)
        await user.close(uri)
        await eventually(lambda: not _below())

    edit(coq, tmp_path / "a.v", TEXT, work)


def _below() -> list[psutil.Process]:
    """What the server has started, zombies too."""
    return [
        process
        for server in psutil.Process().children()
        for process in server.children(recursive=True)
    ]
