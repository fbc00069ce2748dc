"""Finds the `Proof using` annotations that a project wants, and proves them right by compiling.

All is tried in a mirror of the project. First it is compiled as it is, with Coq's suggestions on;
clauses that Coq rejects are taken out there and suggested anew. Then, if the annotations are to be
written, it is compiled with them; one that a proof is rejected with is taken back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from checker.annotate.annotated import AnnotatedSource, Finding
from checker.document.document import Document
from checker.document.documents import settings_of
from checker.document.proof_using import SUGGEST, is_wrong_clause, proof_at, suggestions
from checker.document.reader import read_document
from checker.report.messages import read_error
from checker.report.results import Message
from checker.run.mirror import Mirror, read_listed
from checker.run.run import Run
from makegen.base.errors import MachineError
from makegen.base.process import Outcome
from makegen.base.temporary import temporary_folder


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
    project, settings = run.project, settings_of(run)
    texts = {file: read_listed(project, file) for file in run.files}
    sources = {file: AnnotatedSource(file, text, settings) for file, text in texts.items()}
    asked = [file for file, source in sources.items() if source.may_change]
    rejected: dict[str, Message] = {}
    if asked:
        with temporary_folder() as folder:
            mirror = Mirror(run, folder)
            await mirror.read_requires()
            rejected = await _ask_coq(mirror, sources, asked)
            if choice.verify and (choice.add or choice.repair):
                await _verify(mirror, sources, rejected)
    changed = {file: source.text(choice.add, choice.repair) for file, source in sources.items()}
    return Found(
        tuple(finding for source in sources.values() for finding in source.findings()),
        rejected,
        tuple(file for file in asked if not (sources[file].is_known or file in rejected)),
        texts,
        {file: text for file, text in changed.items() if text != texts[file]},
    )


async def _ask_coq(
    mirror: Mirror, sources: Mapping[str, AnnotatedSource], asked: Collection[str]
) -> dict[str, Message]:
    """Compile the files with suggestions on; the errors of those that coqc rejects."""
    rejected: dict[str, Message] = {}
    mended = True
    while mended:
        mended = False
        blocked = mirror.changed_by(rejected)
        reachable = [file for file in asked if file not in blocked]
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


def _blame_clause(source: AnnotatedSource, error: Message) -> bool:
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
    mirror: Mirror, sources: Mapping[str, AnnotatedSource], rejected: Mapping[str, Message]
) -> None:
    """Compile with all annotations; take back those with which coqc rejects a file."""
    changed = {file for file, source in sources.items() if source.chosen()}
    while changed:
        for file in changed:
            mirror.write(file, sources[file].text(add=True, repair=True))
        affected = mirror.changed_by(changed) - mirror.changed_by(rejected)
        outcomes = await mirror.compile(affected)
        changed = set()
        for file, error in _errors(outcomes).items():
            changed |= _take_back(mirror, sources, file, error)


def _take_back(
    mirror: Mirror, sources: Mapping[str, AnnotatedSource], file: str, error: Message
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
