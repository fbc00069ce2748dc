"""Where findings wait until what they assume is confirmed; the only place that holds one back.

A finding of an engine is a verdict that may rest on assumptions:

- inputs: the compiled files that coqc loaded did not change meanwhile. Only an error needs that: a
  changed file makes right proofs wrong, never wrong ones right (checker.interfaces.stable).
- section variables: a proof was not run because its key is known, and that key takes for granted
  which section variables other proofs of its file use. Decided at the end of the file.
- open interfaces: a file was checked against an interface that was made with hints, which the
  proofs of that interface's own source confirm or refute (checker.interfaces.hints).

What is confirmed is final. Files with a refuted assumption are run again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from checker.check.plan import Plan
from checker.interfaces import hints
from checker.interfaces.hints import Opened
from checker.interfaces.stable import StableInputs
from checker.knowledge.known import Known
from checker.knowledge.recorder import Recorder
from checker.report.events import Event, FileDone, ProofDone
from checker.report.results import FileResult, ProofResult, Verdict
from checker.run.run import Run


class Settlement:
    """The findings of a check, over all its rounds."""

    def __init__(self, run: Run, recorder: Recorder) -> None:
        self._run = run
        self._recorder = recorder
        self._known: dict[str, Known] = {}
        self._told: dict[str, dict[int, Verdict]] = defaultdict(dict)  # of proofs, by file
        self._open = OpenInterfaces(run)
        self._inputs: StableInputs | None = None
        self._disturbed: list[str] = []  # files whose inputs changed, in this round
        self._refuted: set[str] = set()  # files that rest on other section variables, likewise

    def begin(self, plan: Plan) -> Iterator[Event]:
        """A round begins: what needs no run is final, as far as it rests on no open interface."""
        self._disturbed, self._refuted = [], set()
        self._known.update({**plan.decided, **plan.targets})
        self._open.take(plan)
        if plan.dependencies:
            self._inputs = StableInputs(self._run, plan.dependencies, plan.targets)
        for file, proofs in plan.settled.items():
            yield from self._open.add(
                FileDone(FileResult(file, Verdict.CHECKED), proofs, known=True)
            )
        for file, known in plan.decided.items():
            yield from self._close(
                FileDone(FileResult(file, known.verdict), known=True), known.decided
            )

    def add(self, finding: Event) -> Iterator[Event]:
        """A finding of the engine: what is final now."""
        match finding:
            case ProofDone(result) | FileDone(result):
                if self._is_disturbed(result):
                    return
            case _:
                yield finding
                return
        if isinstance(finding, FileDone):
            finding = self._with_known_errors(finding)
        self._recorder.add(finding)
        match finding:
            case ProofDone(result):
                if self._is_news(result):
                    yield from self._open.add(finding)
            case FileDone(result) if self._recorder.is_refuted(result.file):
                self._refuted.add(result.file)
            case FileDone(result):
                decided = self._known[result.file].decided
                yield from self._close(finding, decided)

    async def again(self) -> tuple[str, ...]:
        """The round is over: the files with a refuted assumption, once they can be run again."""
        unconfirmed = self._open.refuted()
        for file in unconfirmed:
            self._told[file].clear()  # nothing of that was final
        if self._disturbed and self._inputs:
            await self._inputs.wait(self._disturbed)
        files = {*unconfirmed, *self._disturbed, *self._refuted}
        return tuple(file for file in self._run.files if file in files)

    @property
    def disturbed(self) -> tuple[str, ...]:
        """The files of this round whose inputs changed while coqc was at it."""
        return tuple(self._disturbed)

    def _is_disturbed(self, result: ProofResult | FileResult) -> bool:
        """Whether the inputs of the file changed, so that an error of it proves nothing.

        Then nothing more counts that this round finds out about it.
        """
        if result.file in self._disturbed:
            return True
        if result.verdict.is_ok or self._inputs is None or self._inputs.hold(result.file):
            return False
        self._disturbed.append(result.file)
        return True

    def _with_known_errors(self, finding: FileDone) -> FileDone:
        """A file of which all that was run is good is wrong for what is known, and was not run."""
        result = finding.result
        if result.verdict.is_ok and not self._known[result.file].verdict.is_ok:
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

    def _close(self, finding: FileDone, decided: frozenset[int]) -> Iterator[Event]:
        """The end of a file: what was known of it all along is final, too."""
        file = finding.result.file
        known = self._known[file]
        for result in (*known.wrong, *_good(file, known)):
            if result.offset is not None and result.offset not in self._told[file]:
                yield from self._open.add(ProofDone(result, known=True))
        told = decided | self._told[file].keys()
        untold = sum(proof.statement.start not in told for proof in known.document.proofs)
        is_whole = finding.known or finding.result.verdict.is_ok
        yield from self._open.add(replace(finding, proofs=untold if is_whole else 0))


def _good(file: str, known: Known) -> Iterator[ProofResult]:
    """The verdicts on the proofs that are known to be good."""
    for proof in known.document.proofs:
        at = proof.statement.start
        if at in known.good:
            uses = known.uses.get(at, b"")
            yield ProofResult(file, proof.full_name, Verdict.CHECKED, offset=at, uses=uses)


class OpenInterfaces:
    """Interfaces whose hints nobody has confirmed yet, and what is found against them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._open: dict[str, Opened] = {}
        self._rests_on: dict[str, frozenset[str]] = {}  # for a file, those of them that it loads
        self._held: dict[str, list[Event]] = defaultdict(list)
        self._uses: dict[str, dict[str, bytes]] = defaultdict(dict)  # by file and full name
        self._refuted: set[str] = set()

    def take(self, plan: Plan) -> None:
        """A round begins."""
        self._open = dict(plan.opened)
        self._refuted = set()
        for file, interfaces in plan.rests_on.items():
            self._rests_on[file] = interfaces & plan.opened.keys()

    def add(self, finding: Event) -> Iterator[Event]:
        """A finding that assumes nothing else: what is final now."""
        if not isinstance(finding, ProofDone | FileDone):
            yield finding
            return
        file = finding.result.file
        if self._rests_on.get(file):
            self._held[file].append(finding)
            return
        yield finding
        match finding:
            case ProofDone(result) if result.verdict.is_ok and result.uses:
                self._uses[file][result.proof] = result.uses
            case FileDone(result) if file in self._open:
                yield from self._decide(result)
            case _:
                pass

    def _decide(self, result: FileResult) -> Iterator[Event]:
        """All is known of a file: are the hints right that its interface was made with?"""
        file = result.file
        opened, uses = self._open.pop(file), self._uses[file]
        is_complete = opened.hints is not None and opened.hints.keys() <= uses.keys()
        is_right = opened.hints is not None and hints.are_right(opened.hints, uses)
        if not is_right or (result.verdict.is_ok and not is_complete):
            self._refuted.add(file)
            return
        if is_complete:  # else the file is wrong, and nobody knows yet
            hints.confirm(self._run, file, opened)
        yield from self._release(file)

    def _release(self, interface: str) -> Iterator[Event]:
        """What rested on this interface, and on no other, is final."""
        ready = []
        for file, interfaces in self._rests_on.items():
            if interface in interfaces:
                self._rests_on[file] = interfaces - {interface}
                ready += [] if self._rests_on[file] else [file]
        for file in ready:
            for finding in self._held.pop(file, []):
                yield from self.add(finding)

    def refuted(self) -> list[str]:
        """The files that rest on wrong hints: these are undone, and their findings dropped."""
        hints.undo(self._run, self._refuted)
        files = [file for file, on in self._rests_on.items() if on & self._refuted]
        for file in files:
            self._held.pop(file, None)
        return files
