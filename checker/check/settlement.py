"""Where findings wait until what they assume is confirmed; the only place that holds one back.

A finding of an engine is a verdict that may rest on an assumption:

- A complaint, on that what the engine put in the place of proofs is no mistake of its own. Plain
  coqc has to say the same of the first one in a file; else coqc's word counts.
- The end of a file, on keys of its known verdicts, which take for granted which section variables
  other proofs of the file use. Then that is confirmed or refuted.
- Everything, on that nothing is loaded that should have stood before. What coqc has loaded tells.

What is confirmed is final; a file with a refuted assumption is run again.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace

from checker.document.document import Document
from checker.document.unproved import unproved
from checker.engines.engine import Confirmer
from checker.knowledge.known import Known
from checker.knowledge.recorder import Recorder
from checker.report.events import (
    Complaint,
    Event,
    FileDone,
    NotTried,
    ProofDone,
    Suspected,
    Tell,
    not_kept,
)
from checker.report.results import FileResult, Message, ProofResult, Verdict

CHANGED = "(no verdict: what the file loads is being made anew; check again when that is done)"


@dataclass
class _Held:
    """The complaints about a file, and its end, until coqc has said the same of the first."""

    events: list[Complaint] = field(default_factory=list)
    is_complete: asyncio.Event = field(default_factory=asyncio.Event)


class Settlement:
    """The findings of a check, over all its rounds."""

    def __init__(self, recorder: Recorder, *, recorded: Tell, final: Tell) -> None:
        """`recorded` hears of each verdict when the recorder has, `final` of what is final."""
        self._recorder = recorder
        self._recorded = recorded
        self._final = final
        self._known: dict[str, Known] = {}
        self._told: dict[str, dict[int, Verdict]] = defaultdict(dict)  # of proofs, by file
        self._ends: dict[str, tuple[Message, ...]] = {}  # what was told at the ends of files
        self._refuted: set[str] = set()
        self._confirmer: Confirmer | None = None
        self._held: dict[str, _Held] = {}
        self._skipped: dict[str, list[ProofDone]] = defaultdict(list)  # by file, until it ends
        self._confirmed: set[str] = set()
        self._asking: list[asyncio.Task[None]] = []
        self._not_tried: list[NotTried | FileDone] = []  # told last: coqc may clear their cause
        self._lost: set[str] = set()

    @property
    def refuted(self) -> frozenset[str]:
        """The files that rest on what turned out wrong: to be run again."""
        return frozenset(self._refuted)

    @contextlib.asynccontextmanager
    async def round(self, confirmer: Confirmer | None) -> AsyncIterator[None]:
        """While the engine runs; at the end all complaints are confirmed, or are no more."""
        self._confirmer = confirmer
        self._refuted.clear()  # a file that is not tried this time need not be run once more
        self._held, self._confirmed, self._asking, self._not_tried = {}, set(), [], []
        self._skipped.clear()
        try:
            yield
            for held in self._held.values():
                held.is_complete.set()
            await asyncio.gather(*self._asking)
            for event in self._not_tried:
                self._tell_not_tried(event)
        finally:
            for task in self._asking:
                task.cancel()
            await asyncio.gather(*self._asking, return_exceptions=True)
            if confirmer:
                await confirmer.end()

    def begin(self, file: str, known: Known) -> None:
        """The engine takes up a file, and this is what is known of it."""
        self._known[file] = known
        if self._confirmer:
            self._confirmer.expect(file, known)

    def decide(self, file: str, known: Known) -> None:
        """All is known of a file: nothing is run."""
        self.begin(file, known)
        self._close(FileDone(FileResult(file, known.verdict), known=True))

    def add(self, finding: Event) -> None:
        """A finding of the engine: told when it is final."""
        match finding:
            case ProofDone(result) if result.verdict is Verdict.SKIPPED:
                self._skipped[result.file].append(finding)  # why, is told with its file
                return
            case FileDone(result):
                skipped = self._skipped.pop(result.file, [])
                if not self._recorder.rests_on_unnamed(result):
                    for event in skipped:
                        self._add(event)
        self._add(finding)

    def _add(self, finding: Event) -> None:
        match finding:
            case NotTried():
                self._not_tried.append(finding)
            case FileDone() if finding.cause:
                self._not_tried.append(finding)
            case Suspected(result) | ProofDone(result) | FileDone(result) if (
                self._recorder.rests_on_unnamed(result)
            ):
                self._refuted.add(result.file)
            case Suspected(result):
                if self._confirmer and result.file not in self._confirmed:
                    self._held_of(result)
            case ProofDone() | FileDone() if self._is_open(finding):
                self._hold(finding)
            case ProofDone() | FileDone():
                self._settle(finding)
            case _:
                self._final(finding)

    # ---- complaints ----

    def _is_open(self, finding: Complaint) -> bool:
        """Whether it is a complaint, or comes after one, that coqc has not confirmed."""
        result = finding.result
        if self._confirmer is None or result.file in self._confirmed:
            return False
        if result.file in self._held:
            return isinstance(finding, FileDone) or not result.verdict.is_ok
        return result.verdict is Verdict.WRONG

    def _hold(self, finding: Complaint) -> None:
        held = self._held_of(finding.result)
        held.events.append(finding)
        if isinstance(finding, FileDone):
            held.is_complete.set()

    def _held_of(self, result: ProofResult | FileResult) -> _Held:
        """What is held of a file; if this is its first complaint, coqc is asked about it."""
        if result.file not in self._held:
            held = self._held[result.file] = _Held()
            self._asking.append(asyncio.create_task(self._ask(held, result)))
        return self._held[result.file]

    async def _ask(self, held: _Held, first: ProofResult | FileResult) -> None:
        """Pass on what is held of a file, once coqc agrees, or as coqc says it."""
        assert self._confirmer, "complaints are held for it"
        file = first.file
        document = self._known[file].document
        corrected: list[Complaint] | None = None
        if not await self._confirmer.agrees(document, first):
            await held.is_complete.wait()
            if file in self._refuted:
                return  # what it loads has changed meanwhile
            corrected = await self._corrected(self._confirmer, file, held)
        self._confirmed.add(file)
        for event in held.events if corrected is None else corrected:
            self._settle(event)

    async def _corrected(
        self, confirmer: Confirmer, file: str, held: _Held
    ) -> list[Complaint] | None:
        """What is to be told of a file of which all is held; None: what is held."""
        if not any(event.result.verdict is Verdict.WRONG for event in held.events):
            return None  # nothing came of a suspicion
        if self._has_timed_out(file, held):
            return not_kept(held.events)  # plain coqc would not come to an end
        return await confirmer.corrected(file, self._known[file].document, held.events)

    def _has_timed_out(self, file: str, held: _Held) -> bool:
        verdicts = {event.result.verdict for event in held.events} | {*self._told[file].values()}
        return Verdict.TIMEOUT in verdicts

    # ---- the end of a file ----

    def _settle(self, finding: Complaint) -> None:
        """Nothing but what is known of the file may speak against it now."""
        result = finding.result
        if result.verdict is Verdict.WRONG and not self._can_be_believed(result.file):
            finding = _lost(finding)
        if isinstance(finding, FileDone):
            finding = self._with_known_errors(finding)
        self._recorder.add(finding)
        if self._recorder.rests_on_unnamed(result):
            self._refuted.add(result.file)
            return
        if isinstance(finding, FileDone) and finding.result.verdict is Verdict.LOST:
            self._lost.add(result.file)
        self._recorded(finding)
        known = self._known.get(result.file)
        if known and not known.is_asked and finding.result.verdict.is_ok:
            return  # it was told, or nobody asked
        match finding:
            case ProofDone(result) if known and result.offset in known.passed_over:
                return  # likewise
            case ProofDone(result):
                if self._is_news(result):
                    self._final(finding)
            case FileDone(result) if self._recorder.is_refuted(result.file):
                self._refuted.add(result.file)
            case FileDone():
                self._close(finding)

    def _can_be_believed(self, file: str) -> bool:
        return self._confirmer is None or self._confirmer.can_be_believed(file)

    def _with_known_errors(self, finding: FileDone) -> FileDone:
        """A file of which all that was run is good is wrong for what is known, and was not run."""
        result = finding.result
        known = self._known.get(result.file)
        if result.verdict.is_ok and known and known.is_asked and not known.verdict.is_ok:
            return replace(finding, result=replace(result, verdict=Verdict.WRONG))
        return finding

    def _is_news(self, result: ProofResult) -> bool:
        """Whether this says more of the proof than was said; an error does, of a good one."""
        if result.offset is None:
            return True
        before = self._told[result.file].get(result.offset)
        if before and (result.verdict.is_ok or not before.is_ok):
            return False
        self._told[result.file][result.offset] = result.verdict
        return True

    def _close(self, finding: FileDone) -> None:
        """The end of a file: what was known of it all along is final, too."""
        file = finding.result.file
        known = self._known.get(file)
        if known is None or not known.is_asked:
            is_news = self._ends.get(file) != finding.result.messages
            if is_news and (not (known and known.passed_over) or finding.result.messages):
                self._tell_end(finding)
            return
        told = self._told[file]
        done = told.keys() | known.passed_over
        for result in (*known.wrong, *_good(file, known)):
            if result.offset is not None and result.offset not in done:
                self._final(ProofDone(result, known=True))
        finding = with_counts(finding, known.document, known.passed_over)
        is_of_others = finding.left_out and not finding.result.messages
        if is_of_others and self._are_good(file, known):
            finding = replace(finding, result=replace(finding.result, verdict=Verdict.CHECKED))
        self._tell_end(finding)

    def _tell_end(self, finding: FileDone) -> None:
        self._ends[finding.result.file] = finding.result.messages
        self._final(finding)

    def _are_good(self, file: str, known: Known) -> bool:
        """Whether all that was asked for of a file is good, whatever else is wrong with it."""
        good = {at for at, verdict in self._told[file].items() if verdict.is_ok} | known.good
        asked = {proof.statement.start for proof in known.document.proofs} - known.passed_over
        return bool(asked) and asked <= good

    def _tell_not_tried(self, event: NotTried | FileDone) -> None:
        if event.cause in self._refuted:
            self._refuted.update(event.files if isinstance(event, NotTried) else [])
        elif isinstance(event, FileDone):
            self._settle(event)
        else:
            self._final(replace(event, is_lost=event.is_lost or event.cause in self._lost))


def with_counts(end: FileDone, document: Document, passed_over: frozenset[int]) -> FileDone:
    """The end of a file, with what there is of proofs in it beside those for which nobody asked."""
    proofs = [proof for proof in document.proofs if proof.statement.start not in passed_over]
    among = {proof.full_name for proof in proofs} if passed_over else None
    return replace(
        end,
        proofs=len(proofs),
        passed_over=passed_over,
        unproved=unproved(document, among),
    )


def _lost(event: Complaint) -> Complaint:
    """Nothing is known of it."""
    messages = tuple(replace(message, note=CHANGED) for message in event.result.messages)
    if isinstance(event, ProofDone):
        return ProofDone(replace(event.result, verdict=Verdict.LOST, messages=messages))
    return replace(event, result=replace(event.result, verdict=Verdict.LOST, messages=messages))


def _good(file: str, known: Known) -> Iterator[ProofResult]:
    """The verdicts on the proofs that are known to be good."""
    for proof in known.document.proofs:
        at = proof.statement.start
        if at in known.good:
            uses = known.uses.get(at, b"")
            yield ProofResult(file, proof.full_name, Verdict.CHECKED, offset=at, uses=uses)
