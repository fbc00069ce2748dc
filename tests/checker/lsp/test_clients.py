"""What the server sends is what each client can take, by what pytest-lsp knows of these."""

import asyncio
import sys
import warnings
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pytest_lsp import (
    ClientServerConfig,
    LanguageClient,
    LspSpecificationWarning,
    client_capabilities,
)

from tests.checker.lsp.test_server import TEXT
from tests.helpers import Coq

pytestmark = pytest.mark.ends

CLIENTS = ("visual-studio-code", "neovim@v0.11", "neovim@v0.7", "emacs")


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_is_sent_what_it_can_take(name: str, coq: Coq, tmp_path: Path) -> None:
    path = tmp_path / "a.v"
    path.write_text(TEXT)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", LspSpecificationWarning)
        asyncio.run(_session(name, coq, path))
    assert not [str(w.message) for w in told if w.category is LspSpecificationWarning]


async def _session(name: str, coq: Coq, path: Path) -> None:
    server = str(Path(sys.executable).with_name("proof-checker"))
    client = await ClientServerConfig([server, "lsp", "-j", "2"], server_env=coq.environ).start()
    assert isinstance(client, LanguageClient)
    folder = lsp.WorkspaceFolder(path.parent.as_uri(), "a")
    capabilities = client_capabilities(name)
    await client.initialize_session(
        lsp.InitializeParams(capabilities=capabilities, workspace_folders=[folder])
    )
    try:
        await _use(client, path)
    finally:
        await client.shutdown_session()


async def _use(client: LanguageClient, path: Path) -> None:
    uri = path.as_uri()
    this = lsp.TextDocumentIdentifier(uri)
    item = lsp.TextDocumentItem(uri, "coq", 1, TEXT)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    while not any("Unable to unify" in d.message for d in client.diagnostics.get(uri, ())):
        await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    place = lsp.Position(0, 7)
    hover = await client.text_document_hover_async(lsp.HoverParams(this, place))
    assert hover
    assert hover.contents
    symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(this))
    assert symbols
    await client.text_document_folding_range_async(lsp.FoldingRangeParams(this))
    await client.text_document_selection_range_async(lsp.SelectionRangeParams(this, [place]))
    found = await client.text_document_completion_async(lsp.CompletionParams(this, place))
    assert found is not None
    every = lsp.Range(place, lsp.Position(20, 0))
    context = lsp.CodeActionContext([])
    await client.text_document_code_action_async(lsp.CodeActionParams(this, every, context))
    await client.text_document_inlay_hint_async(lsp.InlayHintParams(this, every))
    await client.workspace_symbol_async(lsp.WorkspaceSymbolParams("a"))
    await client.text_document_definition_async(lsp.DefinitionParams(this, place))
