"""An editor for tests of the language server: pygls' client, and what it was shown."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from tests.helpers import Coq

PATIENCE = 120  # seconds


class Editor:
    """What the server has told of each document."""

    def __init__(self) -> None:
        self.client = LanguageClient("tests", "1")
        self.diagnostics: dict[str, lsp.PublishDiagnosticsParams] = {}
        self.progress: dict[str, Any] = {}
        self.notes: list[str] = []
        self.server: lsp.InitializeResult | None = None
        self.bars: list[Any] = []  # what was told of work-done progress
        self.refreshed: dict[str, int] = {}  # versions when hints were to be asked for last
        self._texts: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._news = asyncio.Condition()
        self._hear()

    def _hear(self) -> None:
        feature: Callable[[str], Callable[[Any], Any]] = self.client.feature

        @feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        async def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.diagnostics[params.uri] = params
            await self._tell()

        @feature("$/coq/fileProgress")
        async def progressed(params: Any) -> None:
            self.progress[params.textDocument.uri] = params
            await self._tell()

        @feature(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE)
        def create(_: Any) -> None:
            pass

        @feature(lsp.PROGRESS)
        async def bar(params: lsp.ProgressParams) -> None:
            self.bars.append(params.value)
            await self._tell()

        @feature("$/proofChecker/workers")
        def working(_: Any) -> None:
            pass

        @feature(lsp.WORKSPACE_INLAY_HINT_REFRESH)
        async def refreshed(_: Any) -> None:
            self.refreshed = {uri: self._versions[uri] for uri in self._versions}
            await self._tell()

        @feature(lsp.WINDOW_LOG_MESSAGE)
        async def noted(params: lsp.LogMessageParams) -> None:
            self.notes.append(params.message)
            await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that the server is to tell."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(holds)
        except TimeoutError:
            raise AssertionError(f"{self.diagnostics} {self.progress} {self.notes}") from None

    # ---- what a user does ----

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file, with this text in the place of its own; its URI."""
        uri = path.as_uri()
        self._texts[uri] = path.read_text() if text is None else text
        self._versions[uri] = 1
        item = lsp.TextDocumentItem(uri, "coq", 1, self._texts[uri])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, old: str, new: str) -> None:
        """Replace these words, which stand there once, and nothing else."""
        text = self._texts[uri]
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        self.put_in(uri, text[: text.index(old)], new, old)

    def put_in(self, uri: str, before: str, new: str, old: str = "") -> None:
        """After this text, replace the old words."""
        start, end = _end(before), _end(before + old)
        self._texts[uri] = before + new + self._texts[uri][len(before) + len(old) :]
        self._versions[uri] += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self._versions[uri], uri),
                [lsp.TextDocumentContentChangePartial(lsp.Range(start, end), new)],
            )
        )

    def replace(self, uri: str, text: str) -> None:
        """The whole has this text now."""
        self.put_in(uri, "", text, self._texts[uri])

    def save(self, uri: str) -> None:
        """Say that it was saved."""
        this = lsp.TextDocumentIdentifier(uri)
        self.client.text_document_did_save(lsp.DidSaveTextDocumentParams(this))

    async def close(self, uri: str) -> None:
        """Close it; all that was told of it is gone."""
        self.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri))
        )
        await self.until(lambda: not self.diagnostics[uri].diagnostics)

    def reopen(self, uri: str) -> None:
        """Close it and open it at once, as `:e` does."""
        self.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri))
        )
        item = lsp.TextDocumentItem(uri, "coq", self._versions[uri], self._texts[uri])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    async def quiet(self, uri: str) -> None:
        """Wait until nothing is at work for the text as it is now."""
        version = self._versions[uri]

        def is_quiet() -> bool:
            told = self.progress.get(uri)
            return bool(told and told.textDocument.version == version and not told.processing)

        await self.until(is_quiet)

    async def errors(self, uri: str) -> list[str]:
        """Once quiet: `line:column words` of each error, lines and columns from 0."""
        await self.quiet(uri)
        return self.errors_now(uri)

    def errors_now(self, uri: str) -> list[str]:
        """As they were told last."""
        found = self.diagnostics[uri].diagnostics
        return [
            f"{d.range.start.line}:{d.range.start.character} {_first_line(d.message)}"
            for d in sorted(found, key=lambda d: (d.range.start.line, d.range.start.character))
            if d.severity is lsp.DiagnosticSeverity.Error
        ]

    def place(self, uri: str, words: str, after: int = 0) -> lsp.Position:
        """Where these words stand, and so many characters after it."""
        return _end(self._texts[uri][: self._texts[uri].index(words) + after])

    async def goals(self, uri: str, words: str, **more: str) -> Any:
        """The answer to `proof/goals` at these words."""
        return await self._goals(uri, self.place(uri, words), more)

    async def _goals(self, uri: str, place: lsp.Position, more: dict[str, str]) -> Any:
        where = {"line": place.line, "character": place.character}
        asked = {"textDocument": {"uri": uri, "version": 1}, "position": where, **more}
        return await self.client.protocol.send_request_async("proof/goals", asked)

    def is_decided(self, uri: str, first: int, last: int) -> bool:
        """Whether nothing in these lines is at work for the text as it is now."""
        told = self.progress.get(uri)
        if told is None or told.textDocument.version != self._versions[uri]:
            return False
        return not any(
            p.range.start.line <= last and p.range.end.line >= first for p in told.processing
        )

    def line_of(self, uri: str, offset: int) -> int:
        """The line of a byte, from 0."""
        return self._texts[uri].encode().count(b"\n", 0, offset)

    async def goals_at(self, uri: str, offset: int) -> Any:
        """The answer to `proof/goals` at a byte."""
        place = _end(self._texts[uri].encode()[:offset].decode())
        return await self._goals(uri, place, {})

    async def states(self, uri: str) -> list[str]:
        """Once quiet: what is said behind each proof."""
        await self.quiet(uri)
        return await self.hints(uri, 0, 10000)

    async def hints(self, uri: str, first: int, last: int | None = None) -> list[str]:
        """What is said in these lines behind proofs."""
        end = lsp.Position(first if last is None else last, 0)
        asked = lsp.InlayHintParams(
            lsp.TextDocumentIdentifier(uri), lsp.Range(lsp.Position(first, 0), end)
        )
        found = await self.client.text_document_inlay_hint_async(asked)
        return [str(hint.label) for hint in found or ()]

    async def actions(self, uri: str, words: str) -> list[lsp.CodeAction]:
        """What the server offers to do at these words."""
        at = self.place(uri, words)
        asked = lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(uri), lsp.Range(at, at), lsp.CodeActionContext([])
        )
        found = await self.client.text_document_code_action_async(asked)
        return [action for action in found or () if isinstance(action, lsp.CodeAction)]

    async def completions(self, uri: str, words: str, after: int) -> list[str]:
        """What may stand where some of these words stand."""
        place = self.place(uri, words, after)
        asked = lsp.CompletionParams(lsp.TextDocumentIdentifier(uri), place)
        found = await self.client.text_document_completion_async(asked)
        assert isinstance(found, lsp.CompletionList)
        return [item.label for item in found.items]

    async def command(self, name: str, *arguments: Any) -> Any:
        """The answer to a command of the server."""
        asked = lsp.ExecuteCommandParams(f"proofChecker.{name}", list(arguments))
        return await self.client.workspace_execute_command_async(asked)


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait for something of which the server tells nothing."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.05)


def coqcs() -> list[psutil.Process]:
    """The processes of Coq below this one."""
    return [child for child in psutil.Process().children(recursive=True) if _is_coqc(child)]


def _is_coqc(process: psutil.Process) -> bool:
    try:
        return any("coqc" in word or "rocq" in word for word in process.cmdline())
    except psutil.Error:
        return False


def _first_line(message: str) -> str:
    return message.strip().split("\n")[0]


def _end(text: str) -> lsp.Position:
    last = text.rpartition("\n")[2]
    return lsp.Position(text.count("\n"), len(last.encode("utf-16-le")) // 2)


@contextlib.asynccontextmanager
async def editor(
    coq: Coq, *options: str, environ: Mapping[str, str] | None = None
) -> AsyncIterator[Editor]:
    """An editor that has started `proof-checker lsp`."""
    found = Editor()
    await found.client.start_io("proof-checker", "lsp", *options, env=environ or coq.environ)
    able = lsp.ClientCapabilities(
        workspace=lsp.WorkspaceClientCapabilities(
            inlay_hint=lsp.InlayHintWorkspaceClientCapabilities(refresh_support=True)
        ),
        window=lsp.WindowClientCapabilities(work_done_progress=True),
        general=lsp.GeneralClientCapabilities(
            position_encodings=[lsp.PositionEncodingKind.Utf8, lsp.PositionEncodingKind.Utf16]
        ),
    )
    found.server = await found.client.initialize_async(lsp.InitializeParams(able))
    found.client.initialized(lsp.InitializedParams())
    try:
        yield found
    finally:
        await found.client.shutdown_async(None)
        found.client.exit(None)
        await found.client.stop()  # type: ignore[no-untyped-call]
