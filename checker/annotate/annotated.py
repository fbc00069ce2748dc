"""A source, what has been found of the `Proof using` annotations of its proofs, and its new text.

Proofs are known by their place among the proofs of the text, which no annotation changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from checker.document.document import Document, Proof, Settings
from checker.document.proof_using import (
    Edit,
    annotation,
    apply_edits,
    clause_replaced,
    wants_annotation,
    why_left_alone,
)
from checker.document.reader import read_document


class Sort(Enum):
    """What is found of a proof."""

    WANTED = "wants"  # it has no annotation
    WRONG = "wrong"  # it has a clause that Coq rejects
    LEFT_ALONE = "left alone"
    TAKEN_BACK = "taken back"  # coqc rejects the file with the annotation


@dataclass(frozen=True)
class Finding:
    """What is found of one proof."""

    file: str
    line: int  # of its statement
    name: str
    sort: Sort
    command: str = ""  # what its proof should begin with, such as `Proof using x.`
    note: str = ""


@dataclass
class AnnotatedSource:
    """A file: its text, and what has been found of its proofs, by their place in it."""

    file: str
    original: bytes
    settings: Settings
    document: Document = field(init=False)
    wrong: set[int] = field(default_factory=set)  # proofs with a clause that Coq rejects
    clauses: dict[int, str] = field(default_factory=dict)  # what Coq suggests
    taken_back: dict[int, str] = field(default_factory=dict)  # and coqc's words
    is_known: bool = False  # coqc compiled it, so that we have its suggestions

    def __post_init__(self) -> None:
        self.document = read_document(self.original, self.settings)

    @property
    def may_change(self) -> bool:
        """Whether a proof wants an annotation or has one that may be wrong."""
        return any(wants_annotation(p) or (p.in_section and p.using) for p in self.document.proofs)

    def text(self, add: bool, repair: bool) -> bytes:
        """The text with the annotations that were found and not taken back."""
        return apply_edits(self.original, self._edits(add, repair))

    def text_to_ask(self) -> bytes:
        """The text without the clauses known to be wrong."""
        removals = [self._replaced(place, None) for place in self.wrong]
        return apply_edits(self.original, [edit for edit in removals if edit])

    def learn(self, document: Document, clauses: Mapping[int, str]) -> None:
        """Note Coq's suggestions, made for the document of text_to_ask."""
        self.is_known = True
        for place, proof in enumerate(document.proofs):
            if proof.index in clauses:
                self.clauses[place] = clauses[proof.index]

    def chosen(self) -> set[int]:
        """The proofs whose annotation would be written."""
        return {place for place, sort in self._sorts() if sort in (Sort.WANTED, Sort.WRONG)}

    def findings(self) -> list[Finding]:
        """In the order of the proofs."""
        lines = self.document.lines()
        found = []
        for place, sort in self._sorts():
            proof = self.document.proofs[place]
            line, _ = lines.position(proof.statement.start)
            command = "" if sort is Sort.LEFT_ALONE else self._command(place)
            note = self.taken_back.get(place) or self._why_left_alone(place) or ""
            found.append(Finding(self.file, line, proof.full_name, sort, command, note))
        return found

    def _sorts(self) -> list[tuple[int, Sort]]:
        found = []
        for place, proof in enumerate(self.document.proofs):
            is_wrong = place in self.wrong
            if not self.is_known or not (is_wrong or wants_annotation(proof)):
                continue
            if place in self.taken_back:
                found.append((place, Sort.TAKEN_BACK))
            elif self._why_left_alone(place):
                found.append((place, Sort.LEFT_ALONE))
            else:
                found.append((place, Sort.WRONG if is_wrong else Sort.WANTED))
        return found

    def _edits(self, add: bool, repair: bool) -> list[Edit]:
        edits = []
        for place, sort in self._sorts():
            proof, clause = self.document.proofs[place], self.clauses.get(place)
            if sort is Sort.WANTED and add:
                edits.append(annotation(self.document, proof, clause))
            elif sort is Sort.WRONG and repair and (edit := self._replaced(place, clause)):
                edits.append(edit)
        return edits

    def _replaced(self, place: int, clause: str | None) -> Edit | None:
        return clause_replaced(self.document, self.document.proofs[place], clause)

    def _why_left_alone(self, place: int) -> str | None:
        proof = self._as_asked(place)
        return why_left_alone(self.document, proof, self.clauses.get(place))

    def _as_asked(self, place: int) -> Proof:
        """The proof; one with a wrong clause as if it had none."""
        proof = self.document.proofs[place]
        if place not in self.wrong:
            return proof
        return read_document(self.text_to_ask(), self.settings).proofs[place]

    def _command(self, place: int) -> str:
        clause = self.clauses.get(place)
        return "Proof." if clause is None else f"Proof using {clause}".rstrip() + "."
