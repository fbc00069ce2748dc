"""Texts in which some proofs are given up: `Admitted.` in their place, later positions kept."""

from collections.abc import Iterable

from checker.document.document import Document, Proof, ProofEnd

_ADMITTED = b" Admitted."


def can_give_up(proof: Proof) -> bool:
    """Whether `Admitted.` can stand for what follows the statement of this proof."""
    return proof.end is not None and proof.kind not in (ProofEnd.TERM, ProofEnd.NONE)


def is_harmless(proof: Proof) -> bool:
    """Whether what follows means the same without this proof."""
    return proof.is_delegable and not proof.needs_variables


def give_up(document: Document, proofs: Iterable[Proof]) -> bytes:
    """The text with these proofs given up; `Proof using ...` stays."""
    return admit(document.text, (script(proof) for proof in proofs))


def script(proof: Proof) -> tuple[int, int]:
    """The bytes from the end of the statement, or of `Proof ...`, to the end of the proof."""
    return (proof.start or proof.statement).end, proof.last.end


def admit(text: bytes, scripts: Iterable[tuple[int, int]]) -> bytes:
    """The text with `Admitted.` for these byte ranges; later sentences keep lines and columns.

    A range inside another one goes with it. On a line with no room for `Admitted.` the columns
    after it move.
    """
    pieces = []
    done = 0
    for begin, end in sorted(scripts):
        if begin >= done:
            pieces += [text[done:begin], _admitted(text[begin:end])]
            done = end
    return b"".join([*pieces, text[done:]])


def _admitted(text: bytes) -> bytes:
    """`Admitted.` in as many lines as `text` has, the last of the same length."""
    first, *others = text.split(b"\n")
    return b"\n".join([_ADMITTED.ljust(len(first)), *(b" " * len(line) for line in others)])
