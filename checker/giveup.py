"""Texts in which some proofs are given up: `Admitted.` in their place, later positions kept."""

from collections.abc import Iterable

from checker.document import Document, Proof, ProofEnd

_ADMITTED = b" Admitted."


def can_give_up(proof: Proof) -> bool:
    """Whether `Admitted.` can stand for what follows the statement of this proof."""
    return proof.end is not None and proof.kind not in (ProofEnd.TERM, ProofEnd.NONE)


def is_harmless(proof: Proof) -> bool:
    """Whether what follows means the same without this proof."""
    return proof.is_delegable and not proof.needs_variables


def give_up(document: Document, proofs: Iterable[Proof]) -> bytes:
    """The text with these proofs given up; later sentences keep their lines and columns.

    A proof inside another one goes with it. `Proof using ...` stays. On a line with no room for
    `Admitted.` the columns after it move.
    """
    pieces = []
    done = 0
    for proof in sorted(proofs, key=lambda proof: proof.index):
        begin = (proof.start or proof.statement).end
        if begin < done:
            continue
        pieces += [document.text[done:begin], _blanked(document.text[begin : proof.last.end])]
        done = proof.last.end
    return b"".join([*pieces, document.text[done:]])


def _blanked(text: bytes) -> bytes:
    """`Admitted.` in as many lines as `text` has, the last of the same length."""
    first, *others = text.split(b"\n")
    return b"\n".join([_ADMITTED.ljust(len(first)), *(b" " * len(line) for line in others)])
