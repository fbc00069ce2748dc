"""A proof that is given up leaves every later sentence where it was."""

from pathlib import Path

import pytest

from checker.document.admitted import can_give_up, give_up
from checker.document.reader import read_document
from tests.helpers import Coq

PROOFS = {
    "one line": "Lemma a : True. Proof. exact I. Qed.",
    "several lines": "Lemma a :\n  True.\nProof.\n  exact I.\nQed.",
    "no room for Admitted": "Lemma a : True.\nProof.\nauto.\nQed.",
    "no Proof": "Lemma a : True.\n  exact I.\n\nQed.",
    "Proof with": "Lemma a : True. Proof with auto. trivial... Qed.",
    "Defined": "Lemma a : True. exact I. Defined.",
    "comments and strings": 'Lemma a : True. (* Qed. *) idtac "Qed. é". (* " " *) exact I. Qed.',
}


@pytest.mark.parametrize("text", PROOFS.values(), ids=PROOFS.keys())
def test_later_sentences_keep_their_lines_and_columns(text: str) -> None:
    document = read_document(f"{text} Check a.\nCheck b.\n".encode())
    given_up = read_document(give_up(document, document.proofs))
    assert given_up.proofs[0].kind.value == "Admitted"
    places = [document.lines().position(s.start) for s in document.sentences[-2:]]
    assert [given_up.lines().position(s.start) for s in given_up.sentences[-2:]] == places


@pytest.mark.parametrize("text", PROOFS.values(), ids=PROOFS.keys())
def test_coqc_takes_the_text_without_the_proof(text: str, coq: Coq, tmp_path: Path) -> None:
    document = read_document(f"{text} Check a.\n".encode())
    (tmp_path / "a.v").write_bytes(give_up(document, document.proofs))
    done = coq.run("coqc", "a.v", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "a\n     : True")


def test_proof_using_stays() -> None:
    text = b"Section S. Variable n : nat.\nLemma a : n = n. Proof using n. reflexivity. Qed. End S."
    document = read_document(text)
    assert give_up(document, document.proofs).endswith(b"Proof using n. Admitted.         End S.")


def test_other_proofs_stay() -> None:
    document = read_document(b"Lemma a : True. exact I. Qed.\nLemma b : True. exact I. Qed.\n")
    given_up = give_up(document, document.proofs[:1])
    assert given_up == b"Lemma a : True. Admitted.    \nLemma b : True. exact I. Qed.\n"


def test_a_proof_inside_another_one_goes_with_it() -> None:
    inner = b"Lemma b : True. exact I. Qed."
    text = b"Set Nested Proofs Allowed. Lemma a : True. " + inner + b" exact I. Qed."
    document = read_document(text)
    assert [proof.depth for proof in document.proofs] == [0, 1]
    given_up = read_document(give_up(document, document.proofs))
    assert [proof.name for proof in given_up.proofs] == ["a"]


def test_a_proof_that_never_ends_cannot_be_given_up() -> None:
    (proof,) = read_document(b"Lemma a : True. exact I.").proofs
    assert not can_give_up(proof)
