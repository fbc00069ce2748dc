"""The way of every check: targets -> engine -> settlement -> recorder and sinks.

    targets     (checker.check.targets) each file: settled, or what is known when its turn comes
    engine      (checker.engines) runs what is to be run and yields findings
    settlement  (checker.check.settlement) holds a finding until what it assumes is confirmed
    recorder    (checker.knowledge.recorder) keeps verdicts for the next check
    sinks       (checker.report, checker.check.marks) the terminal, the summary, .vok marks

The loop below is the only one that runs something again.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from checker.check import over_vo
from checker.check.disturbed import undisturbed_findings
from checker.check.failed import LastFailed
from checker.check.hinted import HintedInterfaces
from checker.check.marks import VokMarks
from checker.check.settlement import Settlement, with_counts
from checker.check.targets import PassTargets, have_load, passed_over
from checker.document.reader import read_document
from checker.engines.engine import Engine
from checker.interfaces.stand_ins import StandIns, side_folder
from checker.knowledge.known import Known
from checker.knowledge.recorder import Recorder
from checker.knowledge.records import SourceRecord
from checker.report.events import Event, FileDone, FirstCheck, GivenUp, Note, Started, Tell
from checker.report.results import FileResult, Verdict
from checker.report.work import Work, timed
from checker.run.run import Run
from makegen.base.temporary import temporary_folder
from makegen.coq.dependencies import read_dependencies

LEAST_TO_WARN = 20  # proofs: a first check of them may take its time
LONGEST_COUNT = 1.0  # seconds, after a check was given up
MOST_BELIEVED = 2  # rounds of a file in which verdicts are believed that others refuted


async def check(run: Run, engine: Engine, *, recheck: bool = False, explain: bool = False) -> None:
    """Check the files of the run, and tell a verdict on each; see the module's docstring.

    `explain`: tell of each file that is run why.

    No coqc is started for a file of which all is known. Raises UserError when files need each other
    in a circle, MachineError when coqdep fails, and what engines raise.
    """
    with VokMarks(run, engine.checks_against_vos) as marks, LastFailed(run) as failed:
        is_first = engine.keeps_verdicts and run.ledger.is_empty

        def tell(event: Event) -> None:
            nonlocal is_first
            marks.tell(event)
            failed.tell(event)
            run.tell(event)
            if is_first and isinstance(event, Started):
                is_first = False
                if event.proofs >= LEAST_TO_WARN:
                    run.tell(FirstCheck())

        if engine.keeps_verdicts:

            def note(text: str) -> None:
                tell(Note(text))

            async with side_folder(run.project.root, note) as side:
                with temporary_folder() as folder:
                    recorder = Recorder(run, run.ledger, folder, recheck=recheck)
                    stand_ins = StandIns(run, run.ledger, side)
                    told = replace(run, tell=tell)
                    await _Check(told, engine, recorder, stand_ins, explain=explain).all()
        else:
            if explain:
                tell(Note(f"the engine {engine.name} keeps no verdicts: every file is run"))
            own = not engine.checks_against_vos

            async def check_as_they_are(part: Run) -> None:
                found = undisturbed_findings(part, engine.check, own=own, strict=own)
                await _pass_on(found, part.tell)

            await over_vo.check(replace(run, tell=tell), check_as_they_are)


async def complete(run: Run, engine: Engine) -> None:
    """Make the .vo of every file of the run, and tell a verdict on each. Raises what engines do."""
    own = not engine.checks_against_vos

    async def complete_as_they_are(part: Run) -> None:
        await _pass_on(undisturbed_findings(part, engine.complete, own=own), part.tell)

    await over_vo.complete(run, complete_as_they_are)


async def _pass_on(findings: AsyncGenerator[Event], tell: Tell) -> None:
    """Of an engine that finds out for itself what is to be run, all findings are final."""
    async with aclosing(findings):
        async for finding in findings:
            tell(finding)


class _Check:
    """Runs what the ledger has no valid verdict for."""

    def __init__(
        self, run: Run, engine: Engine, recorder: Recorder, stand_ins: StandIns, *, explain: bool
    ) -> None:
        self._run = run
        self._engine = engine
        self._tell = run.tell
        self._recorder = recorder
        self._explain = explain
        self._stand_ins = stand_ins
        self._settlement = Settlement(recorder, recorded=self._note_stand_in, final=self._pass)
        self._hinted = HintedInterfaces(run)
        self._rounds = Counter[str]()  # by file
        self._ended: dict[str, int] = {}  # files of which all proofs are good: how many there are

    async def all(self) -> None:
        """Check the files; those again that rest on what turned out wrong."""
        try:
            await self._all()
        except asyncio.CancelledError:
            try:
                self._tell(self._given_up())
            except OSError:  # a source has gone
                self._tell(GivenUp(0, None))
            raise

    def _given_up(self) -> GivenUp:
        """What the next check will know; but nobody waits for long to hear it."""
        latest = time.monotonic() + LONGEST_COUNT
        kept = proofs = 0
        for file in self._run.files:
            if file in self._ended:
                kept, proofs = kept + self._ended[file], proofs + self._ended[file]
                continue
            if time.monotonic() > latest:
                return GivenUp(kept, None)
            document = read_document(self._run.path(file).read_bytes())
            asked = {proof.statement.start for proof in document.proofs}
            asked -= passed_over(self._run, file, document)
            kept += len(asked & self._recorder.kept(file, document))
            proofs += len(asked)
        return GivenUp(kept * self._run.ledger.is_lasting, proofs)

    async def _all(self) -> None:
        if not self._run.ledger.trusts_others:
            self._stand_ins.forget_others()
        files = self._run.files if self._recorder.recheck else self._unsettled()
        if not files:
            return
        with timed(self._tell, Work.COQDEP):
            dependencies = await read_dependencies(self._run)
        self._stand_ins.tidy(dependencies.all_besides(), texts=have_load(self._run))
        unnamed = self._recorder.unnamed
        while files:
            unnamed.watch(dependencies)
            part = replace(self._run, files=files)
            targets = PassTargets(part, dependencies, self._recorder, self._stand_ins, self)
            targets.unbelieved = {file for file in files if self._rounds[file] >= MOST_BELIEVED}
            self._targets, part = targets, replace(part, targets=targets)
            asks = self._engine.confirmer and self._engine.confirmer(part)
            async with (
                self._settlement.round(asks),
                aclosing(self._engine.check(part)) as findings,
            ):
                async for finding in findings:
                    self._settlement.add(finding)
            self._rounds.update(files)
            files = tuple(file for file in files if file in self._settlement.refuted)
            if files:
                dependencies = unnamed.named()

    def _unsettled(self) -> tuple[str, ...]:
        """The files that are not known to be good as they stand; of the others it is told."""
        others = []
        for file in self._run.files:
            if self._hinted.is_open(file) or (kept := self._recorder.settled(file)) is None:
                others.append(file)
            else:
                self._settled(file, kept)
        return tuple(others)

    def begun(self, file: str, known: Known) -> None:
        """It is run."""
        if self._explain:
            self._tell(self._recorder.explain(file, known, again=self._rounds[file] > 0))
        self._settlement.begin(file, known)

    def compiled(self, file: str) -> None:
        """coqc has compiled it as it stands: that is a verdict."""
        document = read_document(self._run.path(file).read_bytes())
        end = FileDone(FileResult(file, Verdict.CHECKED), known=True)
        self._pass(with_counts(end, document, passed_over(self._run, file, document)))

    def decided(self, file: str, known: Known) -> None:
        """Of each of its proofs all is known."""
        self._settlement.decide(file, known)

    def _settled(self, file: str, kept: SourceRecord) -> None:
        """It is known to be good as it stands."""
        if file in self._run.only:
            self.compiled(file)
        else:
            result = FileResult(file, Verdict.CHECKED)
            self._pass(FileDone(result, kept.proofs, known=True, unproved=kept.unproved))

    def _pass(self, final: Event) -> None:
        match final:
            case FileDone(result, proofs, left_out=0) if result.verdict.is_ok:
                self._ended[result.file] = proofs or 0
        self._hinted.tell(final)
        self._tell(final)

    def _note_stand_in(self, finding: Event) -> None:
        if isinstance(finding, FileDone):
            self._targets.keep_stand_in(finding.result.file)
