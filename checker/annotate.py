"""Finds the `Proof using` annotations that a project wants, and proves them right by compiling.

All is tried in a mirror of the project. First it is compiled as it is, with Coq's suggestions on;
clauses that Coq rejects are taken out there and suggested anew. Then, if the annotations are to be
written, it is compiled with them; one that a proof is rejected with is taken back.
"""

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from checker.document import Document, Proof, Settings, read_document
from checker.messages import read_error
from checker.mirror import Mirror, read_listed
from checker.process import Outcome
from checker.results import Message
from checker.run import Run
from checker.using import (
    SUGGEST,
    Edit,
    annotation,
    apply_edits,
    clause_replaced,
    is_wrong_clause,
    proof_at,
    suggestions,
    wants_annotation,
    why_left_alone,
)
from makegen.errors import MachineError


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


@dataclass(frozen=True)
class Found:
    """What a run finds: of proofs, of files that coqc rejects anyway, and the new texts."""

    findings: tuple[Finding, ...]
    rejected: Mapping[str, Message]
    not_reached: tuple[str, ...]  # they require a file that coqc rejects
    old_texts: Mapping[str, bytes]
    new_texts: Mapping[str, bytes]  # of the files that change


@dataclass(frozen=True)
class Choice:
    """What is to be written."""

    add: bool  # annotations where there are none
    repair: bool  # right clauses in the place of wrong ones
    verify: bool  # compile with them


async def find_annotations(run: Run, choice: Choice) -> Found:
    """Look at the run's files; nothing of the user's is touched.

    Raises UserError when a source cannot be read, MachineError when coqc is killed.
    """
    sources = {
        file: _Source(file, read_listed(run.project, file), _settings(run)) for file in run.files
    }
    asked = [file for file, source in sources.items() if source.may_change]
    rejected: dict[str, Message] = {}
    if asked:
        with tempfile.TemporaryDirectory(prefix="proof-makefile-") as folder:
            mirror = Mirror(run, Path(folder))
            rejected = await _ask_coq(mirror, sources, asked)
            if choice.verify and (choice.add or choice.repair):
                await _verify(mirror, sources, rejected)
    changed = {file: source.text(choice.add, choice.repair) for file, source in sources.items()}
    return Found(
        tuple(finding for source in sources.values() for finding in source.findings()),
        rejected,
        tuple(file for file in asked if not (sources[file].is_known or file in rejected)),
        {file: source.original for file, source in sources.items()},
        {file: text for file, text in changed.items() if text != sources[file].original},
    )


@dataclass
class _Source:
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


def _settings(run: Run) -> Settings:
    return Settings.of_arguments((*run.project.arguments, *run.extra_arguments))


async def _ask_coq(
    mirror: Mirror, sources: Mapping[str, _Source], asked: Collection[str]
) -> dict[str, Message]:
    """Compile the files with suggestions on; the errors of those that coqc rejects."""
    rejected: dict[str, Message] = {}
    mended = True
    while mended:
        mended = False
        reachable = [file for file in asked if not mirror.needed_for([file]) & set(rejected)]
        outcomes = await mirror.compile(reachable, SUGGEST)
        for file, error in _errors(outcomes).items():
            source = sources.get(file)
            if source and _blame_clause(source, error):
                mirror.write(file, source.text_to_ask())
                mended = True
            else:
                rejected[file] = error
        for file in set(outcomes) & set(sources):
            if outcomes[file].status == 0 and (aux := mirror.aux(file)):
                document = read_document(sources[file].text_to_ask(), sources[file].settings)
                sources[file].learn(document, suggestions(document, aux))
    return rejected


def _blame_clause(source: _Source, error: Message) -> bool:
    """Whether a clause is to blame that was not known to be wrong; then it is now."""
    if not is_wrong_clause(error.text):
        return False
    document = read_document(source.text_to_ask(), source.settings)
    place = _place_of(document, error)
    if place is None or place in source.wrong or document.proofs[place].using is None:
        return False
    if source.document.proofs[place].start is None:
        return False  # an attribute's: only the user can say how to write it
    source.wrong.add(place)
    return True


async def _verify(
    mirror: Mirror, sources: Mapping[str, _Source], rejected: Mapping[str, Message]
) -> None:
    """Compile with all annotations; take back those with which coqc rejects a file."""
    changed = {file for file, source in sources.items() if source.chosen()}
    while changed:
        for file in changed:
            mirror.write(file, sources[file].text(add=True, repair=True))
        affected = {
            file
            for file in mirror.changed_by(changed)
            if not mirror.needed_for([file]) & set(rejected)
        }
        outcomes = await mirror.compile(affected)
        changed = set()
        for file, error in _errors(outcomes).items():
            changed |= _take_back(mirror, sources, file, error)


def _take_back(
    mirror: Mirror, sources: Mapping[str, _Source], file: str, error: Message
) -> set[str]:
    """Take back what the error blames, or all that it can come from; the files that change."""
    source = sources.get(file)
    if source and (chosen := source.chosen()):
        document = read_document(source.text(add=True, repair=True), source.settings)
        place = _place_of(document, error)
        blamed = {place} if place is not None and place in chosen else chosen
        source.taken_back.update(
            dict.fromkeys(blamed, f"coqc rejects {file} with it: {error.text}")
        )
        return {file}
    suspects = {name for name in mirror.needed_for([file]) if name in sources}
    suspects = {name for name in suspects if sources[name].chosen()}
    for name in suspects:
        words = dict.fromkeys(sources[name].chosen(), f"coqc rejects {file} with it: {error.text}")
        sources[name].taken_back.update(words)
    return suspects


def _place_of(document: Document, error: Message) -> int | None:
    """The place, among the document's proofs, of the one that the error is in."""
    if error.position is None:
        return None
    offset = document.lines().offset(error.position.line, error.position.start)
    proof = proof_at(document, offset)
    return None if proof is None else document.proofs.index(proof)


def _errors(outcomes: Mapping[str, Outcome]) -> dict[str, Message]:
    """What coqc says against each file that it rejects."""
    errors = {}
    for file, outcome in outcomes.items():
        if outcome.was_killed:
            raise MachineError(f"coqc {file} was killed (status {outcome.status}); try -j 1")
        if outcome.status:
            message = read_error(outcome.output)
            errors[file] = message or Message(None, outcome.output.strip())
    return errors
