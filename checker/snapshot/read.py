"""A document as a script: which proofs a process can get past, and with what words."""

from collections.abc import Mapping

from checker.document import Document
from checker.document import Proof as DocumentProof
from checker.snapshot.script import Proof, Script

ADMITTED = b"Admitted."

# For each proof of a section, by its number in the document: the section variables that it uses
# beside those of its statement, or None where `Proof.` says it all (`Default Proof Using` is set).
Variables = Mapping[int, tuple[str, ...] | None]


def script_of(file: str, document: Document, variables: Variables) -> Script:
    """The script of a document; nested proofs belong to the outermost one."""
    outer = [proof for proof in document.proofs if proof.depth == 0]
    proofs = [
        _proof(proof, number, variables)
        for number, proof in enumerate(outer)
        if proof.last.end > proof.statement.end  # `Goal x. Proof t.` and the like; not `:= t.`
    ]
    return Script(file, document.text, proofs)


def _proof(proof: DocumentProof, number: int, variables: Variables) -> Proof:
    opening = proof.statement
    stand_in = ADMITTED if proof.is_delegable else None
    if proof.start and (proof.using is not None or proof.default_using is not None):
        opening = proof.start  # it says which variables are used: coqc must read it
    elif proof.needs_variables and stand_in:
        if number not in variables:
            stand_in = None
        elif (used := variables[number]) is not None:
            stand_in = b"Proof using Type %s. Admitted." % " ".join(used).encode()
        elif proof.start:
            opening = proof.start
    return Proof(proof.full_name, proof.statement.start, opening.end + 1, proof.last.end, stand_in)
