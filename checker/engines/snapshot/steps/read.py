"""A document as a script: where its proofs are, and what stands in for them."""

from checker.document.document import Document, Scope
from checker.document.document import Proof as DocumentProof
from checker.document.scopes import ScopeKind
from checker.document.sentences import Kind
from checker.engines.snapshot.steps.script import Proof, Script

ADMITTED = b"Admitted."


def script_of(file: str, document: Document, *, fine: bool = False) -> Script:
    """The script of a document; nested proofs belong to the outermost one.

    `fine`: each sentence between proofs is a step.
    """
    section_of = _sections(document.root)
    proofs = [
        _proof(proof, section_of[proof.statement.start])
        for proof in document.proofs
        if proof.depth == 0
    ]
    with_tactics = [proof for proof in proofs if proof.start < proof.end]
    commands = (s for s in document.sentences if fine and s.kind is Kind.COMMAND)
    cuts = [sentence.end + 1 for sentence in commands]
    return Script(file, document.text, with_tactics, cuts)


def _sections(root: Scope) -> dict[int, int]:
    """Where the innermost section around each proof starts; proofs by their statement."""
    found = {}
    waiting: list[tuple[Scope, int]] = [(root, -1)]
    while waiting:
        scope, section = waiting.pop()
        inside = scope.start if scope.kind is ScopeKind.SECTION else section
        for child in scope.children:
            if isinstance(child, Scope):
                waiting.append((child, inside))
            else:
                found[child.statement.start] = inside
    return found


def _proof(proof: DocumentProof, section: int) -> Proof:
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
        has_proof=asks and proof.start is not None,
        takes_default=_takes_default(proof),
        section=section,
        theorems=len(proof.names),
    )


def _takes_default(proof: DocumentProof) -> bool | None:
    """As far as the file itself says; what it imports may set a default too."""
    if proof.unsets_default:
        return False
    return None if proof.default_using is None else True
