"""`Proof using` annotations: which proofs want one, what Coq suggests, and the edits that write it.

A proof in a section can be delegated, and skipped by `coqc -vos`, only if the section variables
that it uses are known before it is run: `Proof using` says them. Coq computes them itself: with
the flag `Suggest Proof Using` it leaves `suggest_proof_using "A;B"` in the .aux file, at the range
of the proof's last sentence before its end. A is the smallest set, the others are equal to it or
larger (seen the same on 8.16, 8.20 and 9.2). `context_used` there is no help: it names Let-bound
variables too, which a clause need not, and 8.16 leaves it out for a Let.

Outside sections `coqc -vos` still runs every proof that does not begin with `Proof`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checker.document.document import Document, Proof
from checker.document.sentences import coqc_offset
from checker.document.vernac import parse
from makegen.coq.auxfile import AuxFile

SUGGEST = ("-set", "Suggest Proof Using")  # for coqc
_PROOF_WORD = re.compile(rb"\bProof\b")
_CLAUSE = re.compile(
    rb"\bProof\b(?P<clause>(?:\s|\(\*.*?\*\))*\busing\b.*?)(?=\bwith\b|\.\Z)", re.DOTALL
)
_WRONG_CLAUSE = re.compile(
    r"section variables? (?:is|are) used but not\s+declared|Unknown variable:"
)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes `[start:end]` of a text."""

    start: int
    end: int
    new: bytes


def apply_edits(text: bytes, edits: Iterable[Edit]) -> bytes:
    """The text with the edits made, which do not overlap; all else is kept to the byte."""
    kept, position = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        kept += [text[position : edit.start], edit.new]
        position = edit.end
    return b"".join([*kept, text[position:]])


def wants_annotation(proof: Proof) -> bool:
    """Whether an annotation would let the proof be skipped or delegated where now it cannot be."""
    if not proof.is_delegable:
        return False
    if proof.needs_variables and proof.default_using is None:
        return True
    return proof.start is None and not proof.is_of_several


def suggestions(document: Document, aux: AuxFile) -> Mapping[int, str]:
    """The clause that Coq suggests, by the index of the proof's statement in the document.

    Of Coq's suggestions the first, which is the smallest set; `Type` for the empty one where a
    `with` follows, since Coq does not read `using with`. Of theorems that are proved together what
    it says of the first counts (checker.document.section_variables).
    """
    shift = coqc_offset(document.text)
    said = {
        (entry.start + shift, entry.end + shift): entry.value.split(";")
        for entry in reversed(aux.entries)
        if entry.key == "suggest_proof_using"
    }
    found = {}
    for proof in document.proofs:
        last = proof.body[-1] if proof.body else proof.start or proof.statement
        choices = said.get((last.start, last.end))
        if choices and proof.needs_variables:
            has_with = proof.start and b"with" in document.source(proof.start).split()
            found[proof.index] = choices[0] or ("Type" if has_with else "")
    return found


def why_left_alone(document: Document, proof: Proof, clause: str | None) -> str | None:
    """Why a proof that wants an annotation cannot be given this one."""
    if proof.needs_variables and proof.default_using is not None:
        return "Default Proof Using holds here, and what it adds would change"
    if proof.needs_variables and clause is None:
        return "Coq suggests nothing for it, as where a file imports a Default Proof Using"
    if names := set((clause or "").split()) & collections(document):
        return f"{min(names)} means a set of variables in `Proof using`"
    return None


def collections(document: Document) -> frozenset[str]:
    """The names that mean a set in `Proof using`: All, and those that `Collection` defines."""
    names = {"All"}
    for sentence in document.sentences:
        if document.text.find(b"Collection", sentence.start, sentence.end) >= 0:
            command = parse(document.source(sentence))
            names.update(command.rest.split()[:1] if command.word == "Collection" else ())
    return frozenset(names)


def annotation(document: Document, proof: Proof, clause: str | None) -> Edit:
    """The edit that writes `Proof using clause` (None: `Proof` alone) for a proof without it."""
    words = b"" if clause is None else f" using {clause}".rstrip().encode()
    if proof.start:
        found = _PROOF_WORD.search(document.text, proof.start.start, proof.start.end)
        assert found, "a proof's first sentence has the word Proof"
        return Edit(found.end(), found.end(), words)
    return _new_sentence(document, proof, b"Proof" + words + b".")


def _new_sentence(document: Document, proof: Proof, sentence: bytes) -> Edit:
    """Put a sentence before the proof's first one: on a line of its own if that begins a line."""
    text = document.text
    first = proof.body[0] if proof.body else proof.end
    assert first, "a delegable proof has an end"
    line = text.rfind(b"\n", 0, first.start) + 1
    if line < proof.statement.end or text[line : first.start].strip():
        return Edit(first.start, first.start, sentence + b" ")
    break_ = b"\r\n" if text[:line].endswith(b"\r\n") else b"\n"
    return Edit(line, line, _indentation(text, proof.statement.start) + sentence + break_)


def _indentation(text: bytes, offset: int) -> bytes:
    line = text[text.rfind(b"\n", 0, offset) + 1 : offset]
    return line[: len(line) - len(line.lstrip())]


def clause_replaced(document: Document, proof: Proof, clause: str | None) -> Edit | None:
    """The edit that puts another clause, or none, in the place of the one that the proof has.

    None where it has no `Proof using` of its own.
    """
    if proof.start is None:
        return None
    found = _CLAUSE.search(document.text, proof.start.start, proof.start.end)
    if found is None:
        return None
    has_with = document.text.startswith(b"with", found.end("clause"))
    words = "" if clause is None else f" using {clause}".rstrip()
    return Edit(*found.span("clause"), words.encode() + (b" " if has_with else b""))


def is_wrong_clause(words: str) -> bool:
    """Whether an error of coqc says that a `Proof using` clause is wrong."""
    return _WRONG_CLAUSE.search(words) is not None


def proof_at(document: Document, offset: int) -> Proof | None:
    """The innermost proof that holds the byte at this offset."""
    holding = [p for p in document.proofs if p.statement.start <= offset < p.last.end]
    return max(holding, key=lambda proof: proof.depth, default=None)
