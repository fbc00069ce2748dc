"""An open document: the text as the editor has it, its snapshots, and the run that is about it."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from checker.check.settlement import Settlement
from checker.check.targets import document_sees
from checker.document.document import Document
from checker.document.sentences import common_prefix
from checker.engines.snapshot.confirm import Confirmation
from checker.engines.snapshot.file.warned import carry_warnings
from checker.engines.snapshot.steps.costs import Rates
from checker.knowledge.keys import loading_of
from checker.lsp.asking import Asking
from checker.lsp.desk import Desk
from checker.lsp.names import ASK_TACTICS, tactics_in
from checker.lsp.places import Places
from checker.lsp.revision import Outdated, Revision, revision_of
from checker.lsp.snapshots import Snapshots
from checker.lsp.surroundings import Patient, Surroundings, surroundings_of
from checker.lsp.view import View
from checker.report.events import Event, Note, tell_nobody
from makegen.base.errors import MachineError, UserError
from makegen.base.guard import explain, first
from makegen.base.temporary import temporary_folder

MOST_ROUNDS = 3  # of a text in which verdicts are believed that others refute
CALM = 5.0  # seconds, after which what changed may stand: it may be compiled right now
ALWAYS_NEW = "what this file loads changes all the time: save it when that is over, and it is run"


class Screen(Protocol):
    """Where it is shown."""

    def show(self, document: "OpenDocument", view: View) -> None:
        """There is something new to be seen."""

    def fail(self, document: "OpenDocument", text: str) -> None:
        """It cannot be run at all, and why."""

    def note(self, text: str) -> None:
        """Something that the user should know."""


@dataclass(eq=False)
class OpenDocument:
    """One document of a desk."""

    desk: Desk
    uri: str
    file: str  # as the project names it
    screen: Screen
    text: bytes = b""
    version: int = 0
    view: View | None = None
    revision: Revision | None = None  # of `view`
    snapshots: Snapshots = field(default_factory=Snapshots)
    asking: Asking = field(init=False)
    asked: frozenset[str] | None = None  # the proofs that are run; None: all
    _rates: Rates = field(default_factory=Rates)
    used: float = field(default_factory=time.monotonic)  # when it was changed or asked last
    _around: Surroundings | None = None
    _focus: int = 0  # the byte where it was edited last
    _loading: str = ""  # what it required when its surroundings were made
    _tactics: dict[str, frozenset[str]] = field(default_factory=dict)  # by what was required
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)
    _is_closed: bool = False
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)  # all but the last end
    _read: asyncio.Event = field(default_factory=asyncio.Event)  # `revision` is of this text

    def __post_init__(self) -> None:
        self.asking = Asking(self.reload)

    # ---- its life ----

    def change(self, text: bytes, version: int) -> None:
        """It has this text now; what was at work for another one ends."""
        self._forget()
        self._focus = common_prefix(self.text, text)
        self.text, self.version, self.used = text, version, time.monotonic()
        if self.desk.lazy and self.asked is None:
            self.asked = frozenset()
        self._restart()

    def loads(self, file: str) -> bool:
        """Whether it is made from this file of the project, directly or not."""
        if self._around is None:  # it may
            return file != self.file
        targets = self._around.run.targets
        return targets is not None and file in targets.needs and file != self.file

    @property
    def loaded(self) -> list[Path]:
        """The files of the project that it is made from, without itself."""
        targets = self._around.run.targets if self._around else None
        needs = targets.needs if targets else ()
        return [self.desk.run.path(file) for file in needs if file != self.file]

    def reload(self) -> None:
        """What it loads has changed: it is run again from its beginning."""
        self._around = None
        self._restart()

    def saved(self) -> None:
        """All of its proofs are asked for, until it changes."""
        if self.asked is not None or self.revision is None:
            self.asked = None
            self._restart()

    def look_at(self, name: str) -> None:
        """The user looks at this proof."""
        if self.asked is not None and name not in self.asked:
            self.asked |= {name}
            self._restart()

    def look_from(self, offset: int) -> None:
        """The user sees what is here: it comes first."""
        self._focus = offset
        if self.revision:
            self.revision.look_from(offset)

    async def tactics(self, offset: int) -> frozenset[str]:
        """The tactics that there are for a proof, asked where its tactics begin."""
        revision = self.revision if self._read.is_set() else None
        if revision and self._loading not in self._tactics:
            said = await self.asking.ask(revision, offset, ASK_TACTICS)
            if found := tactics_in(said.output):  # none where what is above is broken
                self._tactics[self._loading] = found
        return self._tactics.get(self._loading, frozenset())

    def interrupt(self) -> None:
        """What is at work ends; the next edit begins anew."""
        self._stop()
        self._read.set()
        if self.view:
            self.view.end()

    def _restart(self) -> None:
        if self._is_closed:
            return
        self._stop()
        self._read.clear()
        task = asyncio.create_task(self._live(frozenset(self._tasks)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _forget(self) -> None:
        """Nobody asks any more about the text as it was."""
        if self.revision:
            self.revision.is_old = True
        self.asking.forget()

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """All of its processes end."""
        self._is_closed = True
        self._forget()
        self._stop()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self.asking.drop()
        await self.snapshots.drop()
        await self._stack.aclose()

    async def read(self) -> Revision | None:
        """The state of the document that is run, once there is one of its present text."""
        self.used = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                await self._read.wait()
        is_present = self.view is not None and self.view.version == self.version
        return self.revision if is_present else None

    # ---- a text is run ----

    async def _live(self, before: frozenset[asyncio.Task[None]]) -> None:
        if before:
            await asyncio.wait(before)
        for _ in range(MOST_ROUNDS):
            try:
                if not await self._once():
                    return
            except Exception as several:  # others are served
                error = first(several)
                self._fail(explain("proof-checker", error)[0])
                await self.snapshots.drop()
                if isinstance(error, UserError | MachineError):
                    return
        if self._around is None and self.view:
            self._fail(ALWAYS_NEW)

    def _fail(self, why: str) -> None:
        """What is known of its text, nobody can say."""
        self.view = self.revision = None
        self._read.set()
        self.screen.note(why)
        self.screen.fail(self, why)

    async def _once(self) -> bool:
        """Whether it is to be run again: on something that it took for granted."""
        around, document = await self._surroundings()
        try:
            return await self._run(around, document)
        except* Outdated:
            self._around = None
        await asyncio.sleep(CALM if self._around is None else 0)
        return True

    async def _run(self, around: Surroundings, document: Document) -> bool:
        """Whether it is to be run again: verdicts were believed that others refuted."""
        revision = revision_of(self.desk, around, document, self.snapshots, self._rates)
        revision.asked, revision.focus = self.asked, self._focus
        if self.revision:
            revision.ended = self.revision.ended
            carry_warnings(self.revision.file, revision.file)
        view = View(
            revision.known,
            self.uri,
            self.version,
            Places(self.text),
            self._show,
            revision.file.errors.outside,
            revision.file.warnings,
        )
        self.view, self.revision = view, revision
        self._read.set()
        self._show(view)
        settlement = Settlement(around.recorder, recorded=tell_nobody, final=view.found)

        def tell(event: Event) -> None:
            view.found(event)
            settlement.add(event)

        async with settlement.round(Patient(Confirmation(around.run))):
            settlement.begin(self.file, revision.known)
            await revision.run(tell, view.passes)
            view.end()
        return self.file in settlement.refuted

    def _show(self, view: View) -> None:
        if view is self.view:
            self.screen.show(self, view)

    async def _surroundings(self) -> tuple[Surroundings, Document]:
        """What it loads stands, made anew where that may have changed; and the document."""
        if self._around:
            self._write(self._around.run.path(self.file))
            old = self.revision.known.document if self.revision else None
            document = await self._around.read(self.text, old)
            if _loading(document) == self._loading:
                return self._around, document
        self._around = None  # whatever breaks this off: it is made anew
        await self.asking.drop()
        await self.snapshots.drop()
        await self._stack.aclose()
        folder = self._stack.enter_context(temporary_folder())
        shadow = folder / "unsaved.v"
        self._write(shadow)
        run = replace(
            self.desk.with_source(self.file), tell=self._hear, unsaved={self.file: shadow}
        )
        around = surroundings_of(run, self.file)
        self._around = await self._stack.enter_async_context(around)
        document = await self._around.read(self.text, None)
        self._loading = _loading(document)
        return self._around, document

    def _write(self, shadow: Path) -> None:
        shadow.write_bytes(self.text)

    def _hear(self, event: Event) -> None:
        if isinstance(event, Note):
            self.screen.note(event.text)


def _loading(document: Document) -> str:
    """What decides which files it loads, and whether proofs may be left out of them."""
    return f"{loading_of(document).digest} {document_sees(document)}"
