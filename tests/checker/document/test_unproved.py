"""What a document takes without proof: what ends in Admitted, and axioms, each by name."""

import pytest

from checker.document.reader import read_document
from checker.document.unproved import Unproved, admitted, unproved, unproved_in

AXIOMS = {
    "Axiom a : nat.": 1,
    "#[local] Axiom a b : nat.": 2,
    "Parameters (a b : nat) (c : nat).": 3,
    "Parameter Inline(3) a@{u} : Type@{u}.": 1,
    "Conjecture a : True.": 1,
    "Module M. Axiom a : nat. End M.": 1,
    "Section S. Axiom a : nat. End S.": 1,  # what a section states stays when it is closed
    "Variable a : nat.": 1,  # outside of sections
    "Context (a : nat).": 1,
    "Module Type T. End T. Declare Module M : T.": 1,
    "Module Type T. Axiom a : nat. Module N. Parameter b : nat. End N. End T.": 0,
    "Section S. Variables a b : nat. Hypothesis c : a = b. Context (d : nat). End S.": 0,
    "Fail Axiom a : nat.": 0,
    "(* Axiom a : nat. *) Definition Axiom_a := 1. Declare Scope Axiom_scope.": 0,
}


@pytest.mark.parametrize(("text", "count"), AXIOMS.items(), ids=AXIOMS.keys())
def test_axioms_are_counted_by_name_where_they_are_some(text: str, count: int) -> None:
    assert unproved_in(text.encode()) == Unproved(0, count)


def test_proofs_that_end_in_admitted_are_named_with_their_places() -> None:
    text = b"""\
Lemma good : True. Proof. exact I. Qed.
Module M.
  Lemma open : True. Proof. Admitted.
End M.
Lemma given_up : True. Abort.
Section S. Lemma other : True. Proof using. admit. Admitted. End S.
Admit Obligations.
"""
    document = read_document(text)
    places = [(name, document.lines().position(at.start)) for name, at in admitted(document)]
    assert places == [("M.open", (3, 2)), ("other", (6, 11)), ("Admit Obligations", (7, 0))]
    assert unproved(document) == Unproved(3, 0)
    assert unproved(document, among={"other", "good"}) == Unproved(1, 0)
