"""What an open document loads: made where that is needed, before the document itself is run."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from checker.check.settlement import Settlement
from checker.check.targets import PassTargets, have_load, may_see_its_own
from checker.document.document import Document
from checker.document.documents import Documents
from checker.document.reader import read_document
from checker.engines.engine import Confirmer
from checker.engines.snapshot import engine
from checker.interfaces.stand_ins import StandIns, side_folder
from checker.knowledge.known import Known
from checker.knowledge.recorder import Recorder
from checker.report.events import Complaint, Event, FileDone, Note, tell_nobody
from checker.report.results import FileResult, ProofResult
from checker.run.run import Run
from makegen.base.temporary import temporary_folder
from makegen.coq.dependencies import read_dependencies

QUIET = 1.0  # seconds without an edit, before plain coqc is asked about a mistake


@dataclass(frozen=True)
class Surroundings:
    """A document's place among what it loads."""

    run: Run  # of that file alone
    file: str
    documents: Documents
    recorder: Recorder
    besides: tuple[str, ...]  # what it names in Load and Extra Dependency
    opened: Path  # what its processes have read is listed there
    begun: int  # nanoseconds: when all that it loads stood

    async def read(self, text: bytes, old: Document | None) -> Document:
        """The document with this text, which was another one; others are served meanwhile."""
        settings = self.documents.settings(self.file)
        return await asyncio.to_thread(read_document, text, settings, old)

    @property
    def stand(self) -> bool:
        """Whether what it loads is what it was."""
        return self.recorder.stood_still(self.file, self.begun)

    def look_up(self, document: Document) -> Known:
        """What is known of it."""
        known = self.recorder.known(self.file, document, opened=self.opened, begun=self.begun)
        self.recorder.depends(self.file, self.besides)
        in_place = may_see_its_own(document.text)
        return replace(known, stands=True, is_sure=True, may_put_off=not in_place)


@dataclass(frozen=True)
class Patient:
    """Asks plain coqc, once the user has stopped typing."""

    confirmer: Confirmer

    def expect(self, file: str, known: Known) -> None:
        """Nothing is begun ahead: another edit may come."""

    async def end(self) -> None:
        """Nothing is asked any more."""
        await self.confirmer.end()

    def can_be_believed(self, file: str) -> bool:
        """Whether an error in the file proves something."""
        return self.confirmer.can_be_believed(file)

    async def agrees(self, document: Document, first: ProofResult | FileResult) -> bool:
        """Whether coqc finds the first complaint too."""
        await asyncio.sleep(QUIET)
        return await self.confirmer.agrees(document, first)

    async def corrected(
        self, file: str, document: Document, complaints: Sequence[Complaint]
    ) -> list[Complaint] | None:
        """What coqc says of a file of which these are all complaints; None: the same."""
        return await self.confirmer.corrected(file, document, complaints)


@dataclass(frozen=True)
class _Others:
    """Hears of the files that the document loads."""

    settlement: Settlement

    def begun(self, file: str, known: Known) -> None:
        """A pass is made."""
        self.settlement.begin(file, known)

    def decided(self, file: str, known: Known) -> None:
        """Nobody asked."""

    def compiled(self, file: str) -> None:
        """Nobody asked."""


@asynccontextmanager
async def surroundings_of(run: Run, file: str) -> AsyncIterator[Surroundings]:
    """Have all that the document loads stand.

    Raises what makegen.coq.dependencies.read_dependencies does.
    """

    def note(text: str) -> None:
        run.tell(Note(text))

    run = replace(run, files=(file,))
    with temporary_folder() as folder:
        async with side_folder(run.project.root, note) as side:
            dependencies = await read_dependencies(run)
            recorder = Recorder(run, run.ledger, folder)
            stand_ins = StandIns(run, run.ledger, side)
            stand_ins.tidy(dependencies.all_besides(), texts=have_load(run))

            def keep(event: Event) -> None:
                if isinstance(event, FileDone):
                    targets.keep_stand_in(event.result.file)

            # What becomes of other files shows where the document requires them.
            settlement = Settlement(recorder, recorded=keep, final=tell_nobody)
            targets = PassTargets(run, dependencies, recorder, stand_ins, _Others(settlement))
            run = replace(run, targets=targets)
            await _make_others(run, targets, settlement, file)
        documents = Documents(run, dependencies)
        opened, now = folder / "opened", time.time_ns()
        recorder = Recorder(run, run.ledger, folder)  # it has looked at no file before that moment
        besides = tuple(dependencies.read_besides(file))
        yield Surroundings(run, file, documents, recorder, besides, opened, now)


async def _make_others(run: Run, targets: PassTargets, settlement: Settlement, file: str) -> None:
    needs = targets.needs
    targets.needs = {other: needed for other, needed in needs.items() if other != file}
    if targets.needs:
        async with settlement.round(None):
            await engine.check(replace(run, files=(), tell=settlement.add))
    targets.needs = needs
