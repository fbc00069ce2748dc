"""What coqc warns of is shown in the editor for as long as it holds."""

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from tests.checker.lsp.test_server import edit
from tests.editor import Editor
from tests.helpers import Coq

pytestmark = pytest.mark.ends

TEXT = """\
#[deprecated(note="no more", since="1")] Notation old := I.
Definition between := old.
Lemma one : True.
Proof. exact old. Qed.
Lemma two : 1 = 1.
Proof. reflexivity. Qed.
Definition after := old.
"""


async def warnings(user: Editor, uri: str) -> list[str]:
    """Once quiet: where coqc says that the notation is old."""
    await user.quiet(uri)
    return [
        f"{d.range.start.line}:{d.range.start.character}"
        for d in sorted(user.diagnostics[uri].diagnostics, key=lambda d: d.range.start.line)
        if d.severity is lsp.DiagnosticSeverity.Warning and "Notation old" in d.message
    ]


def test_warnings_of_commands_and_of_proofs_stay_where_their_text_is(
    coq: Coq, tmp_path: Path
) -> None:
    async def work(user: Editor, uri: str) -> None:
        assert await warnings(user, uri) == ["1:22", "3:13", "6:20"]
        user.change(uri, "Proof. reflexivity", "Proof.\n  reflexivity")
        assert await warnings(user, uri) == ["1:22", "3:13", "7:20"]
        user.change(uri, "Definition between", "\nDefinition  between")  # it says the same
        assert await warnings(user, uri) == ["2:23", "4:13", "8:20"]
        user.change(uri, "exact old. Qed", "exact  old . Qed")
        assert await warnings(user, uri) == ["2:23", "4:14", "8:20"]

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_a_warning_goes_with_what_caused_it(coq: Coq, tmp_path: Path) -> None:
    async def work(user: Editor, uri: str) -> None:
        assert len(await warnings(user, uri)) == 3
        user.change(uri, "exact old", "exact I")
        assert await warnings(user, uri) == ["1:22", "6:20"]
        user.change(uri, "exact I", "exact II")
        assert await warnings(user, uri) == ["1:22", "6:20"]
        user.change(uri, "exact II", "exact old")
        user.change(uri, "exact old", "exact I")
        assert await warnings(user, uri) == ["1:22", "6:20"]
        user.change(uri, "exact I", "exact old")
        await user.quiet(uri)
        user.change(uri, "exact old", "exact I")
        assert await warnings(user, uri) == ["1:22", "6:20"]
        user.change(uri, "between := old", "between := I")
        assert await warnings(user, uri) == ["6:20"]
        user.change(uri, '#[deprecated(note="no more", since="1")] ', "")
        assert await warnings(user, uri) == []

    edit(coq, tmp_path / "a.v", TEXT, work)


def test_a_warning_makes_no_document_differ_from_what_the_batch_engine_says(
    coq: Coq, tmp_path: Path
) -> None:
    async def work(user: Editor, uri: str) -> None:
        assert len(await warnings(user, uri)) == 3
        told = await user.command("checkDocument", uri)
        assert (told["good"], told["differs"]) == (True, False)
        assert await user.command("errors") == []

    edit(coq, tmp_path / "a.v", TEXT, work)
