"""All that an editor has open, and what it is shown of it."""

import asyncio
import contextlib
import gc
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from checker.engines.snapshot.coqc.memory import used_bytes
from checker.engines.snapshot.worker import Worker
from checker.lsp.desk import Desk, Settings, open_desk, project_of
from checker.lsp.library import Library
from checker.lsp.open_document import OpenDocument
from checker.lsp.progress import Progress
from checker.lsp.view import SOURCE, View
from checker.workers.tokens import Tokens, tokens_for
from makegen.base.errors import MachineError, UserError
from makegen.coq.toolchain import find_toolchain
from makegen.project.project import Project

LOOK_EVERY = 2.0  # seconds, at the memory that snapshots use
SHARE = 0.05  # of the time, at most, to look at memory, for which processes stand still, or to show
HINTS_EVERY = 1.0  # seconds, while something is at work
SOON = 0.01  # seconds, between two updates of what is shown
BURST = 0.5  # seconds, for which it may be so often, whatever it takes


@dataclass(eq=False)
class Service:
    """All that is open, and who shows it."""

    server: LanguageServer
    settings: Settings
    documents: dict[str, OpenDocument] = field(default_factory=dict)  # by URI
    library: Library = field(default_factory=Library)
    _opened: dict[str, asyncio.Event] = field(default_factory=dict)
    _desks: dict[Path, Desk] = field(default_factory=dict)
    _projects: dict[Path, Project] = field(default_factory=dict)  # as they were read for a desk
    _tokens: Tokens | None = None
    _watching: asyncio.Task[None] | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _progress: Progress = field(init=False)
    _waiting: dict[OpenDocument, bool] = field(default_factory=dict)  # whether there is news

    _shown: float = 0.0  # until when all that was shown is within SHARE, by the monotonic clock
    _hinted: float = 0.0  # when hints were refreshed last, by the monotonic clock

    def __post_init__(self) -> None:
        self._progress = Progress(self.server)

    # ---- documents ----

    async def document(self, uri: str) -> OpenDocument | None:
        """The document, once it is open."""
        if opening := self._opened.get(uri):
            await opening.wait()
        return self.documents.get(uri)

    async def open(self, uri: str, text: str, number: int) -> None:
        """The editor has it open."""
        opening = self._opened[uri] = asyncio.Event()
        try:
            await self._open(uri, text, number)
        finally:
            opening.set()

    async def _open(self, uri: str, text: str, number: int) -> None:
        path = path_of(uri)
        if not path.is_file():
            self.note(f"{path}: save it once: coqc needs a file", lsp.MessageType.Error)
            return
        try:
            desk = await self._desk(path)
        except (UserError, MachineError) as error:
            self.note(str(error), lsp.MessageType.Error)
            return
        if before := self.documents.pop(uri, None):
            await self._end(before)
        document = OpenDocument(desk, uri, desk.name_of(path), self)
        self.documents[uri] = document
        document.change(text.encode(errors="replace"), number)

    async def change(self, uri: str) -> None:
        """It has another text."""
        if document := await self.document(uri):
            found = self.server.workspace.get_text_document(uri)
            text = found.source.encode(errors="replace")
            document.change(text, found.version or 0)

    async def close(self, uri: str) -> None:
        """It is open no more: its processes end."""
        if opening := self._opened.get(uri):
            await opening.wait()
        if self._opened.get(uri) is not opening:
            return  # it was opened again
        self._opened.pop(uri, None)
        if document := self.documents.pop(uri, None):
            # Before anything is waited for: it may be opened again at once.
            self.server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))
            await self._end(document)

    async def _end(self, document: OpenDocument) -> None:
        self._progress.end(document.uri)
        await document.close()
        gc.collect()  # never while somebody types

    async def saved(self, uri: str) -> None:
        """What loads it is run again."""
        saved = await self.document(uri)
        if saved is None:  # it had no file
            found = self.server.workspace.get_text_document(uri)
            await self.open(uri, found.source, found.version or 0)
            return
        await self._follow_project(saved)
        saved.saved()
        for other in self.documents.values():
            if other.desk is saved.desk and other.loads(saved.file):
                self.note(f"{other.file}: run again, since {saved.file} has changed")
                other.reload()

    async def _follow_project(self, saved: OpenDocument) -> None:
        """Where its project file says something else by now, its documents are run anew."""
        path = path_of(saved.uri)
        try:
            if await self._desk(path) is saved.desk:
                return
        except (UserError, MachineError) as error:
            self.note(str(error), lsp.MessageType.Error)
            return
        for other in list(self.documents.values()):
            if other.desk is saved.desk:
                self.note(f"{other.file}: run anew, since the project file has changed")
                await self.open(other.uri, other.text.decode(errors="replace"), other.version)

    async def watch_memory(self) -> None:
        """Past the bound snapshots go, of the document that was not used for longest first."""
        due = 0.0
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if workers := self.workers():
                self._tell_workers(workers)
            if (begun := time.monotonic()) >= due:
                await self._bound_memory()
                due = begun + (time.monotonic() - begun) / SHARE

    async def _bound_memory(self) -> None:
        for document in sorted(self.documents.values(), key=lambda document: document.used):
            if not await self._is_too_much(document.desk.memory):
                break
            await document.asking.drop()
            await document.snapshots.thin(len(document.snapshots.kept) // 2)

    async def _is_too_much(self, most: int) -> bool:
        kept = (d.snapshots.kept for d in self.documents.values())
        pids = [snapshot.process.pid for snapshots in kept for snapshot in snapshots]
        pids += [pid for document in self.documents.values() for pid in document.asking.pids]
        return await asyncio.to_thread(used_bytes, pids, enough=most // 2) > most

    async def end(self) -> None:
        """Everything is closed."""
        if self._watching:
            self._watching.cancel()
        for uri in list(self.documents):
            await self.close(uri)
        await self._stack.aclose()
        self._desks.clear()
        self._tokens = None

    async def _desk(self, path: Path) -> Desk:
        async with self._opening:
            project = await asyncio.to_thread(project_of, path)
            if project != self._projects.get(project.root):
                if self._tokens is None:
                    self._watching = asyncio.create_task(self.watch_memory())
                    tokens = tokens_for(self.settings.workers, os.environ, warn=self.note)
                    self._tokens = await self._stack.enter_async_context(tokens)
                desk = open_desk(project, find_toolchain(), self.settings, self._tokens, self.note)
                self._desks[project.root] = await self._stack.enter_async_context(desk)
                self._projects[project.root] = project
            return self._desks[project.root]

    @property
    def sources(self) -> list[Path]:
        """The sources of all projects at hand."""
        return [desk.run.path(f) for desk in self._desks.values() for f in desk.run.project.v_files]

    # ---- what is shown ----

    def show(self, document: OpenDocument, view: View) -> None:
        """Shown at once, and then no more often than one can see."""
        if self.documents.get(document.uri) is not document:
            return  # it was closed, and perhaps opened again
        if document in self._waiting:
            self._waiting[document] = True
            return
        now, begun = time.monotonic(), time.thread_time()
        self._publish(document, view)
        self._waiting[document] = False
        self._shown = max(now, self._shown) + (time.thread_time() - begun) / SHARE
        soon = max(SOON, self._shown - now - BURST)
        asyncio.get_running_loop().call_later(soon, self._show_again, document)

    def _show_again(self, document: OpenDocument) -> None:
        is_news = self._waiting.pop(document, False)
        if is_news and document.view:
            self.show(document, document.view)

    def _publish(self, document: OpenDocument, view: View) -> None:
        self._tell(document.uri, view.version, view.diagnostics(), view.processing())
        self._progress.show(document.file, view)
        self._tell_workers(self.workers())
        self._refresh_hints(is_last=view.is_done)

    def _refresh_hints(self, *, is_last: bool) -> None:
        """Have the editor ask again what is behind the proofs, now and then."""
        workspace, now = self.server.client_capabilities.workspace, time.monotonic()
        hints = workspace and workspace.inlay_hint
        if hints and hints.refresh_support and (is_last or now - self._hinted > HINTS_EVERY):
            self._hinted = now
            self.server.workspace_inlay_hint_refresh(None)

    def fail(self, document: OpenDocument, text: str) -> None:
        """It cannot be run at all, and why."""
        if self.documents.get(document.uri) is not document:
            return
        nowhere = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))
        wrong = lsp.Diagnostic(nowhere, text, severity=lsp.DiagnosticSeverity.Error, source=SOURCE)
        self._tell(document.uri, document.version, [wrong], [])
        self._progress.end(document.uri)

    def _tell(
        self,
        uri: str,
        number: int,
        found: list[lsp.Diagnostic],
        processing: list[dict[str, object]],
    ) -> None:
        """What is wrong with this version of a document, and where something is at work."""
        self.server.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri, found, number)
        )
        told = {"textDocument": {"uri": uri, "version": number}, "processing": processing}
        self.server.protocol.notify("$/coq/fileProgress", told)

    def _tell_workers(self, workers: list[dict[str, object]]) -> None:
        self.server.protocol.notify("$/proofChecker/workers", {"workers": workers})

    def workers(self) -> list[dict[str, object]]:
        """Who is at work: file, proof, CPU seconds, bytes of memory."""
        revisions = (d.revision for d in self.documents.values() if d.revision)
        drivers = (revision.driver for revision in revisions if revision.driver)
        return [_at_work(worker) for driver in drivers for worker in driver.at_work]

    def note(self, text: str, kind: lsp.MessageType = lsp.MessageType.Warning) -> None:
        """Something that the user should know."""
        self.server.window_log_message(lsp.LogMessageParams(kind, text))
        if kind is lsp.MessageType.Error:
            self.server.window_show_message(lsp.ShowMessageParams(kind, text))


def _at_work(worker: Worker) -> dict[str, object]:
    script, cursor = worker.job.file.script, worker.past.cursor
    number = script.steps[cursor].proof if cursor < len(script.steps) else None
    return {
        "file": script.file,
        "proof": None if number is None else script.proofs[number].name,
        "seconds": round(_cpu_seconds(worker.process.pid), 3),
        "memory": used_bytes([worker.process.pid], enough=sys.maxsize),
    }


def _cpu_seconds(pid: int) -> float:
    """By now: a process tells of itself when it has executed what it was fed."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def path_of(uri: str) -> Path:
    """The file of a `file:` URI."""
    return Path(unquote(urlsplit(uri).path))
