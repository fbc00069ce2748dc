"""What the server answers to: the protocol, and what clients of coq-lsp ask beside it."""

from collections.abc import Generator
from importlib.metadata import version
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from checker.lsp import answers, commands, symbols
from checker.lsp.actions import actions
from checker.lsp.desk import Settings
from checker.lsp.names import begun_at, proof_around
from checker.lsp.open_document import OpenDocument
from checker.lsp.places import Places
from checker.lsp.service import Service
from checker.lsp.view import View

NAME = "proof-checker"


class _Protocol(LanguageServerProtocol):
    """Lines and columns are those of `Places`, in pygls too.

    Columns are counted as all clients can, in units of UTF-16; and a form feed ends no line.
    """

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: lsp.DidChangeTextDocumentParams
    ) -> Generator[Any, Any, None]:
        found = self.workspace.get_text_document(params.text_document.uri)
        text = found.source.encode(errors="replace")
        for change in params.content_changes:
            text = Places(text).after(change)
        params.content_changes = [lsp.TextDocumentContentChangeWholeDocument(text.decode())]
        yield from super().lsp_text_document__did_change(params)

    @lsp_method(lsp.INITIALIZE)
    def lsp_initialize(self, params: lsp.InitializeParams) -> Generator[Any, Any, Any]:
        if params.capabilities.general:
            params.capabilities.general.position_encodings = None
        return (yield from super().lsp_initialize(params))


def build(settings: Settings) -> LanguageServer:
    """The server, not started."""
    server = LanguageServer(
        NAME,
        version("proof-makefile"),
        text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
        protocol_cls=_Protocol,
    )
    service = Service(server, settings)
    _follow(server, service)
    _ask(server, service)
    _find(server, service)
    _outline(server, service)
    _of_coq_lsp(server, service)
    _obey(server, service)
    return server


def _follow(server: LanguageServer, service: Service) -> None:
    """Documents are opened, changed, saved, closed."""

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        await service.open(item.uri, item.text, item.version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        await service.change(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        await service.saved(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        await service.close(params.text_document.uri)

    @server.feature(lsp.SHUTDOWN)
    async def shut_down(_: Any) -> None:
        await service.end()


def _ask(server: LanguageServer, service: Service) -> None:
    """A name at a place."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        document = await service.document(params.text_document.uri)
        if document is None:
            return None
        text = await answers.hover(document, params.position)
        return (text and lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text))) or None

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        document = await service.document(params.text_document.uri)
        return await answers.definition(document, params.position) if document else None


def _find(server: LanguageServer, service: Service) -> None:
    """Names of the project."""

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION)
    async def complete(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        document = await service.document(params.text_document.uri)
        if document is None:
            return None
        offset = Places(document.text).offset(params.position)
        tactics = await _tactics(document, offset)
        begun = begun_at(document.text, offset)
        return service.library.complete(begun, document.text, document.loaded, tactics)

    @server.feature(lsp.WORKSPACE_SYMBOL)
    def find(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        return service.library.symbols(params.query, service.sources)


def _outline(server: LanguageServer, service: Service) -> None:
    """Symbols, folds, selections, and the state of proofs."""

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def document_symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        view = await _view(service, params.text_document.uri)
        return symbols.symbols(view.document, view.places) if view else []

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folds(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
        view = await _view(service, params.text_document.uri)
        return symbols.folds(view.document, view.places) if view else []

    @server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    async def selections(params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange]:
        view = await _view(service, params.text_document.uri)
        if view is None:
            return []
        offsets = map(view.places.offset, params.positions)
        return [symbols.selection(view.document, view.places, at) for at in offsets]

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    async def hints(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        view = await _view(service, params.text_document.uri)
        return symbols.hints(view, params.range) if view else []

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    async def mend(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        view = await _view(service, params.text_document.uri)
        return actions(params.text_document.uri, view, params.range) if view else []


async def _tactics(document: OpenDocument, offset: int) -> frozenset[str]:
    """Those that may stand at a place."""
    revision = document.revision
    proof = proof_around(revision.known.document, offset) if revision else None
    if proof is None or offset <= proof.statement.end:
        return frozenset()
    return await document.tactics(proof.statement.end)


async def _view(service: Service, uri: str) -> View | None:
    document = await service.document(uri)
    return document.view if document and await document.read() else None


def _of_coq_lsp(server: LanguageServer, service: Service) -> None:
    """What clients that were written for coq-lsp ask."""

    @server.feature("proof/goals")
    async def goals(params: Any) -> Any:
        return await _goals(service, params)

    @server.feature("coq/getDocument")
    async def document(params: Any) -> Any:
        view = await _view(service, params.textDocument.uri)
        return view and _spans(view)

    @server.feature("coq/saveVo")
    async def save(params: Any) -> Any:
        return await commands.execute(service, commands.CHECK, [params.textDocument.uri])

    @server.feature("coq/viewRange")
    def in_view(params: Any) -> None:
        document = service.documents.get(params.textDocument.uri)
        if document and document.view:
            first, last = params.range.start.line, params.range.end.line
            document.look_from(document.view.places.offset(lsp.Position(first, 0)))
            for proof in document.view.document.proofs:
                if first <= document.view.places.position(proof.statement.start).line <= last:
                    document.look_at(proof.full_name)


def _obey(server: LanguageServer, service: Service) -> None:
    """Commands."""

    def command(name: str) -> None:
        @server.command(name)
        async def execute(*arguments: Any) -> Any:
            return await commands.execute(service, name, arguments)

    for name in commands.NAMES:
        command(name)


async def _goals(service: Service, params: Any) -> Any:
    document = await service.document(params.textDocument.uri)
    revision = await document.read() if document else None
    if document is None or revision is None:
        return None
    position = lsp.Position(params.position.line, params.position.character)
    offset = Places(revision.known.document.text).offset(position)
    if proof := proof_around(revision.known.document, offset):
        document.look_at(proof.full_name)
    words = getattr(params, "command", None) or getattr(params, "pretac", None) or ""
    mode = getattr(params, "mode", None) or "After"
    found = await answers.goals(revision, document.asking, offset, mode=mode, commands=words)
    place = {"line": position.line, "character": position.character}
    identifier = {"uri": document.uri, "version": document.version}
    return {"textDocument": identifier, "position": place, **found}


def _spans(view: View) -> dict[str, Any]:
    sentences = view.document.sentences
    spans = [{"range": view.places.range(s.start, s.end)} for s in sentences]
    whole = view.places.range(0, len(view.document.text))
    return {
        "spans": spans,
        "completed": {"status": "Yes" if view.is_done else "Stopped", "range": whole},
    }
