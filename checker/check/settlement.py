"""Where findings wait until what they assume is confirmed; the only place that holds one back.

A finding of an engine is a verdict that may rest on an assumption: a proof was not run because its
key is known, and that key takes for granted which section variables other proofs of its file use.
At the end of the file that is confirmed or refuted. What is confirmed is final; a file with a
refuted assumption is run again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from checker.knowledge.known import Known
from checker.knowledge.recorder import Recorder
from checker.report.events import Event, FileDone, ProofDone
from checker.report.results import FileResult, ProofResult, Verdict


class Settlement:
    """The findings of a check, over all its rounds."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._known: dict[str, Known] = {}
        self._told: dict[str, dict[int, Verdict]] = defaultdict(dict)  # of proofs, by file
        self._refuted: set[str] = set()

    def begin(self, file: str, known: Known) -> None:
        """The engine takes up a file, and this is what is known of it."""
        self._known[file] = known
        self._refuted.discard(file)

    def decide(self, file: str, known: Known) -> Iterator[Event]:
        """All is known of a file: nothing is run."""
        self.begin(file, known)
        yield from self._close(FileDone(FileResult(file, known.verdict), known=True))

    def add(self, finding: Event) -> Iterator[Event]:
        """A finding of the engine: what is final now."""
        if not isinstance(finding, ProofDone | FileDone):
            yield finding
            return
        if isinstance(finding, FileDone):
            finding = self._with_known_errors(finding)
        self._recorder.add(finding)
        known = self._known.get(finding.result.file)
        if known and not known.is_asked and finding.result.verdict.is_ok:
            return  # it was told, or nobody asked
        match finding:
            case ProofDone(result):
                if self._is_news(result):
                    yield finding
            case FileDone(result) if self._recorder.is_refuted(result.file):
                self._refuted.add(result.file)
            case FileDone():
                yield from self._close(finding)

    @property
    def refuted(self) -> frozenset[str]:
        """The files that rest on what turned out wrong: to be run again."""
        return frozenset(self._refuted)

    def _with_known_errors(self, finding: FileDone) -> FileDone:
        """A file of which all that was run is good is wrong for what is known, and was not run."""
        result = finding.result
        known = self._known.get(result.file)
        if result.verdict.is_ok and known and not known.verdict.is_ok:
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

    def _close(self, finding: FileDone) -> Iterator[Event]:
        """The end of a file: what was known of it all along is final, too."""
        file = finding.result.file
        known = self._known.get(file)
        if known is None or not known.is_asked:
            yield finding
            return
        told = self._told[file]
        for result in (*known.wrong, *_good(file, known)):
            if result.offset is not None and result.offset not in told:
                yield ProofDone(result, known=True)
        yield replace(finding, proofs=len(known.document.proofs))


def _good(file: str, known: Known) -> Iterator[ProofResult]:
    """The verdicts on the proofs that are known to be good."""
    for proof in known.document.proofs:
        at = proof.statement.start
        if at in known.good:
            uses = known.uses.get(at, b"")
            yield ProofResult(file, proof.full_name, Verdict.CHECKED, offset=at, uses=uses)
