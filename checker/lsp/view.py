"""What the user of an editor sees of one state of a document: diagnostics, and what is at work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lsprotocol import types as lsp

from checker.document.document import Document, Proof
from checker.engines.snapshot.coqc.judge import TO_BE_CLOSED
from checker.engines.snapshot.file.errors import AFTERMATH
from checker.knowledge.known import Known
from checker.lsp.places import Places
from checker.report.events import Event, FileDone, ProofDone, Suspected
from checker.report.results import FileResult, Message, ProofResult, Verdict

SOURCE = "Coq"


@dataclass(eq=False)
class View:
    """Proofs by the byte offset of their statement."""

    known: Known
    uri: str
    version: int
    places: Places
    changed: Callable[["View"], None]
    errors: Sequence[Message] = ()  # of what is between proofs, as they are found
    warnings: Mapping[int, Sequence[Message]] = field(default_factory=dict)  # by step, likewise
    results: dict[int, ProofResult] = field(default_factory=dict)
    outside: FileResult | None = None
    is_done: bool = False  # all that there is to find out by proofs was found out
    passed: int = 0  # bytes: what is between proofs before this place has been executed

    def __post_init__(self) -> None:
        self.results.update((r.offset, r) for r in self.known.wrong if r.offset is not None)

    @property
    def document(self) -> Document:
        """As it is read."""
        return self.known.document

    def found(self, event: Event) -> None:
        """Something is found out; it may yet be corrected."""
        match event:
            case ProofDone(result, known=True) if result.verdict.is_ok:
                return  # as `known` says
            case ProofDone(result) | Suspected(result) if result.offset is not None:
                self.results[result.offset] = result
            case FileDone(result):
                self.outside = result
            case _:
                return
        self.changed(self)

    def passes(self, offset: int) -> None:
        """What is between proofs before this place has been executed."""
        if offset > self.passed:
            self.passed = offset
            self.changed(self)

    def end(self) -> None:
        """Nothing is at work any more."""
        self.is_done = True
        self.changed(self)

    def verdict(self, proof: Proof) -> Verdict | None:
        """What is known of a proof by now."""
        at = proof.statement.start
        if at in self.results:
            return self.results[at].verdict
        return Verdict.CHECKED if at in self.known.good else None

    def seconds(self, proof: Proof) -> float | None:
        """CPU, that it took when it was run for this state of the document."""
        result = self.results.get(proof.statement.start)
        return result.seconds if result and result.verdict.is_ok else None

    @property
    def errors_outside(self) -> Sequence[Message]:
        """Of what is between proofs, as far as they are known."""
        if self.outside is None:
            return self.errors
        return () if self.outside.verdict is Verdict.CHECKED else self.outside.messages

    # ---- in the protocol's terms ----

    def diagnostics(self) -> list[lsp.Diagnostic]:
        """Of all that is wrong, and what coqc warned of."""
        found = self.complaints()
        for _, messages in sorted(self.warnings.items()):
            found += (self._diagnostic(m, lsp.DiagnosticSeverity.Warning) for m in messages)
        return found

    def complaints(self) -> list[lsp.Diagnostic]:
        """Of all that is not good: errors, and proofs that have no verdict."""
        found: list[lsp.Diagnostic] = []
        for result in sorted(self.results.values(), key=lambda result: result.offset or 0):
            found += self._of_proof(result)
        found += map(self._diagnostic, self.errors_outside)
        self._relate(found)
        return found

    def _relate(self, found: list[lsp.Diagnostic]) -> None:
        """Errors that the first one may have caused name it."""
        errors = [d for d in found if d.severity is lsp.DiagnosticSeverity.Error]
        if not errors:
            return
        first = min(errors, key=lambda d: (d.range.start.line, d.range.start.character))
        place = lsp.Location(self.uri, first.range)
        for error in errors:
            if error is not first and error.message.endswith(AFTERMATH):
                related = lsp.DiagnosticRelatedInformation(place, first.message)
                error.related_information = [related]

    def _of_proof(self, result: ProofResult) -> Iterator[lsp.Diagnostic]:
        if result.verdict is Verdict.SKIPPED or result.verdict.is_ok:
            return
        is_wrong = result.verdict is Verdict.WRONG
        severity = lsp.DiagnosticSeverity.Error if is_wrong else lsp.DiagnosticSeverity.Warning
        for message in result.messages:
            yield self._diagnostic(message, severity, result)

    def _diagnostic(
        self,
        message: Message,
        severity: lsp.DiagnosticSeverity = lsp.DiagnosticSeverity.Error,
        result: ProofResult | None = None,
    ) -> lsp.Diagnostic:
        start, end = self._place(message, result)
        text = f"{message.text}\n{message.note}" if message.note else message.text
        return lsp.Diagnostic(self.places.range(start, end), text, severity=severity, source=SOURCE)

    def _place(self, message: Message, result: ProofResult | None) -> tuple[int, int]:
        if message.position is None and result and result.offset is not None:
            return result.offset, result.offset + 1
        if message.position is None and message.text.endswith(TO_BE_CLOSED):
            starts = [scope.start for scope in self.document.left_open()[:1]]
            for sentence in self.document.sentences:
                if sentence.start in starts:
                    return sentence.start, sentence.end
        return self.places.span(message.position)

    def processing(self) -> list[dict[str, object]]:
        """Where something is at work, for `$/coq/fileProgress`."""
        if self.is_done:
            return []
        spans: list[tuple[int, int]] = []
        size = len(self.document.text)
        if self.outside is None and not self.known.text_is_good:  # the end has a say, too
            spans.append((min(self.passed, size), size))
        for proof in self.document.proofs:
            if proof.depth == 0 and self.verdict(proof) is None:
                spans.append((proof.statement.start, proof.last.end))
        return [{"range": self.places.range(*span), "kind": 1} for span in _joined(spans)]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap are one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
