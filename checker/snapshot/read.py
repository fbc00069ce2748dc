"""A document as a script: where its proofs are, and what stands in for them."""

from checker.document import Document
from checker.document import Proof as DocumentProof
from checker.snapshot.script import Proof, Script

ADMITTED = b"Admitted."


def script_of(file: str, document: Document) -> Script:
    """The script of a document; nested proofs belong to the outermost one."""
    proofs = [
        _proof(proof)
        for proof in document.proofs
        if proof.depth == 0 and proof.last.end > proof.statement.end
    ]
    return Script(file, document.text, proofs)


def _proof(proof: DocumentProof) -> Proof:
    start = proof.statement
    if proof.start and proof.using is not None:
        start = proof.start  # it says which variables are used: coqc must read it
    asks = proof.is_delegable and proof.needs_variables
    return Proof(
        name=proof.full_name,
        statement=proof.statement.start,
        start=start.end + 1,
        end=proof.last.end,
        stand_in=ADMITTED if proof.is_delegable and not asks else None,
        ask_at=(proof.start or start).end + 1 if asks else None,
    )
