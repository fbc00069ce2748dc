"""What a document takes without proof: proofs that end in `Admitted`, and axioms.

What a module type asks for is no axiom, nor is what a section assumes.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from checker.document.document import Document, ProofEnd, Scope
from checker.document.reader import read_document
from checker.document.scopes import VARIABLE_WORDS, ScopeKind, declared_names
from checker.document.sentences import Sentence, found_in
from checker.document.vernac import Command, parse

_AXIOMS = frozenset(["Axiom", "Axioms", "Parameter", "Parameters", "Conjecture", "Conjectures"])
_LOCAL = VARIABLE_WORDS | {"Context"}  # of a section, else axioms
# Any of them may stand in a comment too, or be a name: it is looked closely at what is found.
_LEADING = re.compile(
    rb"(?:Axioms?|Parameters?|Conjectures?|Variables?|Hypothes[ie]s|Context|Admit|Declare)\b"
)


@dataclass(frozen=True)
class Unproved:
    """How much a document takes without proof."""

    admitted: int = 0
    axioms: int = 0  # by name


def unproved_in(text: bytes) -> Unproved:
    """Of a source, which is read only where it may have any."""
    may_have = _LEADING.search(text) or b"Admitted" in text
    return unproved(read_document(text)) if may_have else Unproved()


def unproved(document: Document, among: Collection[str] | None = None) -> Unproved:
    """Of a whole document, or among the proofs of these full names alone."""
    if among is not None:
        return Unproved(sum(name in among for name, _ in admitted(document)))
    axioms = sum(count for _, count in _assumed(document, is_axiom=True))
    return Unproved(sum(1 for _ in admitted(document)), axioms)


def admitted(document: Document) -> Iterator[tuple[str, Sentence]]:
    """The proofs that end in `Admitted`: full name and statement; also `Admit Obligations`."""
    for proof in document.proofs:
        if proof.kind is ProofEnd.ADMITTED:
            yield proof.full_name, proof.statement
    for sentence, _ in _assumed(document, is_axiom=False):
        yield "Admit Obligations", sentence


def _assumed(document: Document, *, is_axiom: bool) -> Iterator[tuple[Sentence, int]]:
    """Commands that state axioms, or that admit obligations, and how many at once."""
    for sentence, _ in found_in(_LEADING, document.text, document.sentences):
        command = parse(document.source(sentence))
        if {"Fail", "Succeed"} & {*command.controls}:
            continue
        if command.word == "Admit":
            count = int(not is_axiom)
        else:
            count = _axioms(command, set(_around(document.root, sentence.start))) * is_axiom
        if count:
            yield sentence, count


def _axioms(command: Command, around: set[ScopeKind]) -> int:
    """How many axioms a command states that stands in these scopes."""
    if ScopeKind.MODULE_TYPE in around:
        return 0
    if command.word == "Declare":
        return int(command.rest.split()[:1] == ["Module"])
    if command.word in _AXIOMS or (command.word in _LOCAL and ScopeKind.SECTION not in around):
        return max(1, len(declared_names(command)))
    return 0


def _around(scope: Scope, at: int) -> Iterator[ScopeKind]:
    """The kinds of the scopes that this place stands in."""
    yield scope.kind
    for child in scope.children:
        if isinstance(child, Scope) and child.start <= at < child.end:
            yield from _around(child, at)
