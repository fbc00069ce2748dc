"""What counts in the keys of proofs, and what does not."""

from checker.document.reader import read_document
from checker.knowledge.keys import fingerprints


def keys_of(text: str) -> dict[str, str]:
    """The keys of the proofs, by the last name that each proves."""
    document = read_document(text.encode())
    keys = fingerprints(document, "", {}).proofs
    return {proof.names[-1]: keys[proof.statement.start] for proof in document.proofs}


def test_the_name_of_a_lemma_does_not_count_for_its_own_proof() -> None:
    lemma = "Lemma {} : True. Proof. exact I. Qed."
    assert keys_of(lemma.format("one"))["one"] == keys_of(lemma.format("two"))["two"]


def test_the_names_that_a_recursive_proof_has_among_its_hypotheses_count() -> None:
    together = "Lemma {} (n : nat) : True with b (n : nat) : True. Proof. all: exact I. Qed."
    assert keys_of(together.format("one")) != keys_of(together.format("two"))
    fixpoint = "Fixpoint {} (n : nat) : True. Proof. exact I. Qed."
    assert keys_of(fixpoint.format("one"))["one"] != keys_of(fixpoint.format("two"))["two"]


def test_the_order_of_lemmas_counts_where_one_is_among_several_proved_together() -> None:
    together = "Lemma a (n : nat) : T with b (n : nat) : U. Proof. exact x. Qed. "
    uses, last = "Lemma c : b 3 = b 3. Proof. exact x. Qed. ", "Lemma d : T. Proof. exact x. Qed."
    one, other = keys_of(together + uses + last), keys_of(uses + together + last)
    assert one["c"] != other["c"]
    assert one["d"] != other["d"]
