"""Which section variables a proof is taken to use, before coqc has told."""

import pytest

from checker.document.reader import read_document
from checker.document.section_variables import BY_DEFAULT, NOTHING
from checker.engines.snapshot.file.variables import MOST_RETURNS, Variables
from checker.engines.snapshot.steps.read import script_of

LEMMA = "Lemma l{} : n = n. Proof. do 100000 idtac. reflexivity. Qed.\n"
SECTION = f"Section S.\nVariables (n : nat) (h : n = 0).\n{{}}{LEMMA * 40}End S.\n"
USING_H = b"Proof using h. Admitted."


def proofs_of(first: str = "") -> tuple[Variables, list[int]]:
    """The variables of a section with many lemmas, and the steps with their tactics."""
    text = SECTION.replace("{}", first, 1)
    for number in range(40):
        text = text.replace("{}", str(number), 1)
    script = script_of("A.v", read_document(text.encode()))
    steps = [index for index, step in enumerate(script.steps) if step.proof is not None]
    return Variables(script), steps


def test_what_the_last_proof_of_the_section_needed_beside_is_guessed_of_the_next() -> None:
    variables, steps = proofs_of()
    assert variables.guess(steps[0]) is None
    variables.learn(steps[0], NOTHING)
    assert variables.guess(steps[1]) == NOTHING


def test_nothing_is_guessed_where_the_last_two_proofs_of_the_section_differ() -> None:
    variables, steps = proofs_of()
    variables.learn(steps[0], USING_H)
    assert variables.guess(steps[1]) == USING_H
    variables.learn(steps[1], NOTHING)
    assert variables.guess(steps[2]) is None
    variables.learn(steps[2], NOTHING)
    assert variables.guess(steps[3]) == NOTHING


def test_nothing_is_guessed_where_too_many_guesses_would_have_been_wrong() -> None:
    variables, steps = proofs_of()
    for number, step in enumerate(steps[:10]):
        variables.learn(step, USING_H if number // 2 % 2 else NOTHING)
    assert variables.guess(steps[10]) is None


@pytest.mark.parametrize(("flag", "words"), [("Set", BY_DEFAULT), ("Unset", None)])
def test_a_default_that_the_file_sets_is_taken(flag: str, words: bytes | None) -> None:
    value = ' "Type"' if flag == "Set" else ""
    variables, steps = proofs_of(f"{flag} Default Proof Using{value}.\n")
    assert variables.guess(steps[0]) == words


def went_back(variables: Variables, step: int) -> None:
    """The last of these guesses was wrong, and a pass has come to this step."""
    variables.learn(step, USING_H)
    variables.went_back(step, {step: NOTHING})


def test_where_a_pass_goes_by_again_nothing_is_guessed() -> None:
    variables, steps = proofs_of()
    variables.learn(steps[0], USING_H)
    went_back(variables, steps[5])
    assert variables.guess(steps[4]) is None
    assert variables.guess(steps[6]) == USING_H


def test_where_a_pass_went_back_too_often_nothing_is_guessed() -> None:
    variables, steps = proofs_of()
    for number in range(MOST_RETURNS):
        went_back(variables, steps[number])
    assert variables.guess(steps[-1]) == USING_H
    went_back(variables, steps[MOST_RETURNS])
    assert variables.guess(steps[-1]) is None


def test_what_was_guessed_after_a_wrong_guess_is_guessed_no_longer() -> None:
    variables, steps = proofs_of()
    variables.learn(steps[0], NOTHING)
    assumed = dict.fromkeys(steps[1:5], NOTHING)
    variables.guessed.update(assumed)
    variables.learn(steps[2], USING_H)
    variables.went_back(steps[5], assumed)
    assert variables.guessed.keys() == {steps[1], steps[2]}
