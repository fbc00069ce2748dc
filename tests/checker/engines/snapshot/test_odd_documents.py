"""The engine's verdict on documents with something odd in them is coqc's, and so is the place.

Many documents of odd_documents.v are the files of one project, cut wherever that is possible: each
proof is run by a process that was led past all others. Then again with all known that is kept; with
--full also by one worker, which runs proofs only when the pass has ended, and section variables
known. Those of SAMPLE in CI, all of them with --full. Broken in many places they are compared by
tests/benchmarks/odd.py.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from checker.check.engines import EAGER
from tests.helpers import Coq
from tests.odd_documents import DOCUMENTS, coqcs, document, ours, write

SAMPLE = (
    "a name that a tactic makes",
    "the lemma that abstract makes",
    "an inconsistent universe",
    "lemmas proved together in a section",
    "lemmas proved together that use more than they say",
    "universes of lemmas proved together",
    "an instance that lacks a field",
    "a section variable used in passing",
    "End of another section",
    "a nested proof",
    "a wrong obligation",
    "an open comment",
    "Reset",
    "Transparent by another name",
    "variables that Admitted would forget, with a mistake",
    "a variable named All, with a mistake",
    "a deprecated lemma",
    "tactics in parallel",
    "SProp",
    "Save of a lemma",
    "Let of all sorts",
    "instances of all sorts",
    "Add Relation and its kin",
    "obligations in a section",
    "focus in every way",
    "names that look like words",
    "Proof in a strange place",
    "nested proofs of all sorts",
    "commands inside of a proof",
    "options set inside of a proof",
    "primitive strings",
    "Redirect of all sorts",
    "Load inside of a section",
    "Cd to another folder",
    "Import with filters",
    "sections of one name",
    "a section that is not closed",
    "a sentence without end",
    "extraction of a lemma whose name begins like an option",
    "extraction into a file whose name follows at once",
)
AT_ONCE = 25  # documents
OTHERS = [name for name in DOCUMENTS if name not in SAMPLE]
GROUPS = {"sample": SAMPLE} | {
    f"from {some[0]}": some
    for some in (OTHERS[start : start + AT_ONCE] for start in range(0, len(OTHERS), AT_ONCE))
}


ANEW, ALONE, KNOWN = (3, True), (1, True), (2, False)  # workers; whether nothing is believed


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(names, marks=() if names is SAMPLE else pytest.mark.full, id=name)
        for name, names in GROUPS.items()
    ],
)
def test_the_verdicts_are_coqcs(coq: Coq, tmp_path: Path, names: Sequence[str]) -> None:
    texts = {f"D{number}.v": document(name) for number, name in enumerate(names)}
    theirs_at = write(tmp_path / "coqc", texts)
    theirs = {file: coqcs(coq, theirs_at, file) for file in texts}
    root = write(tmp_path / "ours", texts)
    for workers, anew in (ANEW, KNOWN) if names is SAMPLE else (ANEW, ALONE, KNOWN):
        mine = ours(coq, root, EAGER, workers, anew=anew)
        differ = {
            name: (mine[file], theirs[file])
            for file, name in zip(texts, names, strict=True)
            if not mine[file].agrees(theirs[file])
        }
        assert differ == {}


def test_the_sample_is_of_them() -> None:
    assert set(DOCUMENTS) > set(SAMPLE)


def test_a_text_that_does_not_end_is_told_at_coqcs_place(coq: Coq, tmp_path: Path) -> None:
    texts = {
        "String.v": b'Lemma a : True. "',
        "Comment.v": b"Lemma a : True. Proof. exact I. (* b",
        "Both.v": b'Lemma a : 0 = 0.\n(* " *) Proof.\n  reflexivity.\nQed.',
    }
    theirs_at = write(tmp_path / "coqc", texts)
    mine = ours(coq, write(tmp_path / "ours", texts), EAGER, 2, anew=True)
    assert mine == {file: coqcs(coq, theirs_at, file) for file in texts}
