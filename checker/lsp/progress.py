"""Work-done progress: what an editor shows of a document that is at work for more than a moment."""

import asyncio
from dataclasses import dataclass, field
from itertools import count

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from checker.lsp.view import View

MOMENT = 1.0  # seconds


@dataclass(eq=False)
class Progress:
    """Of each document that is at work."""

    server: LanguageServer
    _waiting: dict[str, asyncio.Task[None]] = field(default_factory=dict)  # by URI
    _tokens: dict[str, str] = field(default_factory=dict)  # by URI, of what an editor shows
    _numbers: "count[int]" = field(default_factory=count)

    def show(self, title: str, view: View) -> None:
        """How far a state of a document is."""
        if view.is_done:
            self.end(view.uri)
        elif token := self._tokens.get(view.uri):
            decided, proofs = _counts(view)
            words, percentage = f"{decided} of {proofs} proofs", _percentage(decided, proofs)
            report = lsp.WorkDoneProgressReport(message=words, percentage=percentage)
            self.server.work_done_progress.report(token, report)
        elif self._is_shown and view.uri not in self._waiting:
            self._waiting[view.uri] = asyncio.create_task(self._begin(title, view))

    def end(self, uri: str) -> None:
        """Nothing is at work for the document."""
        if waiting := self._waiting.pop(uri, None):
            waiting.cancel()
        if token := self._tokens.pop(uri, None):
            self.server.work_done_progress.end(token, lsp.WorkDoneProgressEnd())

    @property
    def _is_shown(self) -> bool:
        window = self.server.client_capabilities.window
        return bool(window and window.work_done_progress)

    async def _begin(self, title: str, view: View) -> None:
        await asyncio.sleep(MOMENT)
        progress, token = self.server.work_done_progress, f"proof-checker {next(self._numbers)}"
        await progress.create_async(token)
        begin = lsp.WorkDoneProgressBegin(title=title, percentage=_percentage(*_counts(view)))
        progress.begin(token, begin)
        self._tokens[view.uri] = token


def _counts(view: View) -> tuple[int, int]:
    """The proofs that have a verdict, and all of them."""
    proofs = [proof for proof in view.document.proofs if proof.depth == 0]
    return sum(view.verdict(proof) is not None for proof in proofs), len(proofs)


def _percentage(decided: int, proofs: int) -> int:
    return 100 * decided // max(1, proofs)
