"""The pure parts of the snapshot engine: what is fed, what errors mean."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.document.reader import read_document
from checker.document.section_variables import (
    BY_DEFAULT,
    NOTHING,
    QUESTION,
    closures,
    declared,
    has_default,
    stand_in,
    uses_statement_only,
)
from checker.engines.snapshot.coqc.judge import Cause, judge
from checker.engines.snapshot.coqc.process import Ending
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.steps.patches import patched, recovery, unpatched
from checker.engines.snapshot.steps.questions import ABOUT_FLAGS, Question, may_leave_out, unasked
from checker.engines.snapshot.steps.read import script_of
from checker.engines.snapshot.steps.script import fit
from checker.engines.snapshot.worker import Past, Worker, next_feeds
from checker.report.results import Message, Position
from tests.checker.engines.snapshot.made import file_run, script

KINDS = ("curly", "par", "indent", "bullet")


LEMMAS = "".join(f"Lemma l{n} : True.\nProof.\n  exact I.\nQed.\n" for n in range(8))


@given(words=st.sampled_from([b"Admitted.", b"Proof using x y. Admitted."]), place=st.binary())
def test_a_stand_in_is_as_long_as_its_place_with_as_many_lines(words: bytes, place: bytes) -> None:
    laid = fit(words, place)
    if laid is None:
        return
    assert len(laid) == len(place)
    assert laid.count(b"\n") == place.count(b"\n")
    assert laid.rfind(b"\n") == place.rfind(b"\n")
    assert laid.split() == words.split()


@pytest.mark.parametrize("after", ["", "\n", " Lemma b : True. Proof. exact I. Qed.\n"])
@pytest.mark.parametrize("start", ["", " Proof.", " Proof using.", " Proof with idtac."])
def test_a_proof_that_ends_where_it_begins_is_no_harm(start: str, after: str) -> None:
    source = f"Lemma a : True.{start}{after}"
    steps = script(source).steps
    assert (steps[0].start, steps[-1].end) in ((0, len(source)), (0, len(source) + 1))


def test_a_stand_in_keeps_every_line_end_where_it_can() -> None:
    assert fit(b"Admitted.", b"x.\n  apply y.\nQed.") == b"  \nAdmitted. \n    "


def test_a_place_that_is_too_small_has_no_stand_in() -> None:
    assert fit(b"Admitted.", b"now. Qed") is None


@given(st.lists(st.sampled_from(["Lemma a : True.", "exact I.", "Qed.", "(* c *)", "\n", " "])))
def test_the_steps_of_any_text_cover_it_without_gap(words: list[str]) -> None:
    made = script(" ".join(words))
    assert b"".join(map(made.real, made.steps)) == made.text
    assert made.steps[0].start == 0


def test_a_dot_at_the_end_of_the_file_is_followed_by_a_blank() -> None:
    assert script("Lemma a : True. exact I. Qed.").text.endswith(b"Qed.\n")


def test_a_position_of_coqc_and_an_offset_are_the_same_place() -> None:
    made = script(LEMMAS)
    offset = made.text.index(b"exact", 100)
    place = made.position(offset, offset + 5)
    assert made.offset(place) == offset
    assert (place.line, place.start, place.end) == (11, 2, 7)


def test_a_byte_order_mark_is_in_no_column_of_coqc() -> None:
    made, marked = script(LEMMAS), script("\ufeff" + LEMMAS)
    place = made.position(6, 8)
    assert marked.position(9, 11) == place
    assert marked.offset(place) == 9


def test_a_proof_in_a_section_has_no_stand_in_until_its_variables_are_known() -> None:
    source = "Section S.\nVariable x : nat.\nLemma a : x = x.\nProof.\n  auto with arith.\nQed.\n"
    file = file_run(source)
    assert file.must_run(1)
    file.variables.recorded[0] = b"Proof using x. Admitted."
    assert file.stand_in(1) is not None
    assert file.variables.assumption(1) == b"Proof using x. Admitted."


def test_what_coqc_says_of_variables_becomes_the_stand_in() -> None:
    suggests = "Suggest Proof Using is on\n"
    undefined = f"Current value of Default Proof Using is undefined\n{suggests}"
    suggested = (
        "The proof of a should start with one of the following commands:\nProof using H\nx. "
    )
    assert stand_in(undefined + suggested) == b"Proof using H x . Admitted."
    default = f'Current value of Default Proof Using is "(Type)"\n{suggests}'
    assert stand_in(default) == BY_DEFAULT
    assert stand_in(undefined) == NOTHING


def test_a_closure_is_known_only_when_coqc_said_all_of_it() -> None:
    told = "proof-makefile: h2 h\nproof-makefile: h2 x\nproof-makefile: h2\nproof-makefile: y y\n"
    assert closures(told) == {"h2": {"h", "x"}}
    assert declared(b"Proof using h2 x . Admitted.") == frozenset({"h2", "x"})
    assert declared(NOTHING) == frozenset()
    assert declared(BY_DEFAULT) is None


def test_a_variable_with_the_name_of_a_collection_cannot_be_declared() -> None:
    file = file_run(LEMMAS)
    undefined = "Current value of Default Proof Using is undefined\nSuggest Proof Using is on\n"
    suggested = "The proof of a should start with one of the following commands: Proof using h. "
    assert file.variables.said(1, undefined + suggested) == b"Proof using h . Admitted."
    file.variables.collections = frozenset({"h"})
    assert file.variables.said(1, undefined + suggested) is None


def test_where_coqc_does_not_answer_nothing_is_assumed_of_variables() -> None:
    assert stand_in("") is None
    undefined = "Current value of Default Proof Using is undefined\n"
    assert stand_in(undefined + "Suggest Proof Using is off\n") is None


def test_an_error_after_a_question_is_told_at_its_place_in_the_source() -> None:
    made = script("Lemma a : True. Proof. exact 3. Qed.\n")
    asked_at = made.text.index(b"exact")
    moved = Message(Position("F.v", 1, 29 + len(QUESTION), 30 + len(QUESTION)), "no")
    found = unasked(made, [Question(asked_at, QUESTION)], moved)
    assert found
    assert found.position == Position("F.v", 1, 29, 30)


def test_two_questions_on_one_line_move_what_follows_both() -> None:
    made = script("Lemma a : True. Proof. exact 3. Qed.\n")
    questions = [Question(0, ABOUT_FLAGS), Question(made.text.index(b"exact"), QUESTION)]
    shift = len(ABOUT_FLAGS) + len(QUESTION)
    moved = Message(Position("F.v", 1, 29 + shift, 30 + shift), "no")
    found = unasked(made, questions, moved)
    assert found
    assert found.position == Position("F.v", 1, 29, 30)


def test_proofs_are_left_out_only_when_coqc_says_that_flags_allow_it() -> None:
    usual = (
        "Universe Polymorphism is off\nProgram Mode is off\nMangle Names is off\n"
        "Keep Admitted Variables is on\n"
    )
    assert may_leave_out(usual)
    assert not may_leave_out(usual.replace("Program Mode is off", "Program Mode is on"))
    assert not may_leave_out(usual.replace("Variables is on", "Variables is off"))
    assert not may_leave_out(usual + "Program Mode is on\n")
    assert not may_leave_out("")


def test_what_tactics_print_is_not_taken_for_an_answer() -> None:
    answer = "Current value of Default Proof Using is undefined\nSuggest Proof Using is on\n"
    should = "The proof of a should start with one of the following commands: Proof using {}. "
    assert stand_in(answer + should.format("x") + should.format("H")) == (
        b"Proof using H . Admitted."
    )
    fake = 'Current value of Default Proof Using is "All"\n'
    assert stand_in(answer + fake) == NOTHING
    assert has_default(fake + answer, last=True) is False
    assert stand_in(answer.replace("on", "off") + "Suggest Proof Using is on\n") is None


def test_of_theorems_proved_together_what_coqc_suggests_for_the_first_counts() -> None:
    answer = "Current value of Default Proof Using is undefined\nSuggest Proof Using is on\n"
    should = "The proof of {} should start with one of the following commands: Proof using {}. "
    said = answer + should.format("x", "All") + should.format("a", "v w") + should.format("b", "")
    assert stand_in(said, theorems=2) == b"Proof using v w . Admitted."
    assert stand_in(answer + should.format("a", "v"), theorems=2) is None
    assert stand_in(answer, theorems=2) == NOTHING
    assert not uses_statement_only(said.replace(" . ", " Type. "), theorems=2)
    assert uses_statement_only(said.replace("v w", "Type"), theorems=2)


# Where a file is cut.


@given(ahead=st.integers(1, 32))
def test_a_copy_that_is_asked_about_variables_stands_in_their_section_and_in_no_proof(
    ahead: int,
) -> None:
    lemmas = "".join(f"Lemma l{n} : x = x.\nexact (eq_refl x).\nQed.\n" for n in range(9))
    sections = f"Section S. Variable x : nat.\n{lemmas}End S.\n" * 3
    file = file_run(f"{LEMMAS}{sections}{LEMMAS}")
    file.flags_known.add(0)
    worker = Worker(0, Job(file, 0, len(file.script.steps)), process=None)  # type: ignore[arg-type]
    most = 0
    while worker.past.cursor < worker.job.stop:
        worker.ahead = ahead
        feeds = next_feeds(worker, lambda _: False)
        assert feeds[0].first == worker.past.cursor
        assert all(one.last == other.first for one, other in pairwise(feeds))
        if any(feed.about_variables for feed in feeds):
            asking = next(n for n, feed in enumerate(feeds) if feed.about_variables)
            assert not any(b"End S" in feed.text for feed in feeds[asking:])
            assert file.script.steps[feeds[-1].last - 1].proof is not None
        most = max(most, len(feeds))
        worker.past = Past(feeds[-1].last)
    assert most <= ahead
    assert most > 1 or ahead == 1


# What the end of a process means.


def error(line: int, start: int, words: str = "No.") -> bytes:
    return f'File "./F.v", line {line}, characters {start}-{start + 1}:\nError: {words}\n'.encode()


def test_an_error_in_tactics_is_told_from_one_in_other_text() -> None:
    made = script(LEMMAS)
    assert judge(made, 0, 4, Ending(1, error(3, 2), False)).cause is Cause.TACTICS
    assert judge(made, 0, 4, Ending(1, error(5, 6), False)).cause is Cause.TEXT


@pytest.mark.parametrize(
    "ending",
    [
        Ending(-9, b"", False),
        Ending(-9, error(3, 2), False),
        Ending(1, b"", False),
        Ending(97, error(3, 2), False),
        Ending(1, error(3, 2, "Stack overflow."), False),
        Ending(1, error(3, 2, "Out of memory."), False),
        Ending(129, error(3, 2, 'Anomaly "Stack overflow. (for goal 1)"'), False),
        Ending(1, b"[0] Slave: critical exception: Stack overflow.\n" + error(4, 0), False),
        Ending(1, error(3, 2, "Dynlink error: it failed: Stack overflow"), False),
        Ending(129, error(3, 2, 'Anomaly\n"Uncaught exception Unix_error(ENOMEM)."'), False),
        Ending(1, error(3, 2, "System error: No space left on device"), False),
        Ending(1, error(3, 2, "User interrupt."), False),
        Ending(1, error(3, 2, "Timeout!"), False),
        Ending(1, error(3, 2, "Tactic timeout!"), False),
        Ending(1, error(3, 2, "[Proofview.tclTIMEOUT] Tactic timeout!"), False),
        Ending(1, error(3, 2, "Tactic failure: Tactic timeout!. (for goal 1)"), False),
        Ending(1, error(3, 2, "Tactic failure: [Proofview.tclTIMEOUT]\nTactic timeout!."), False),
        Ending(None, b"", False),
    ],
)
def test_a_process_that_fails_without_a_word_of_coqc_is_no_verdict(ending: Ending) -> None:
    assert judge(script(LEMMAS), 1, 2, ending).cause is Cause.MACHINE


@pytest.mark.parametrize("words", ["Tactic failure: no Stack overflow.", 'Anomaly "Not_found."'])
def test_what_only_looks_like_a_failure_of_the_machine_is_a_verdict(words: str) -> None:
    assert judge(script(LEMMAS), 1, 2, Ending(1, error(3, 2, words), False)).cause is Cause.TACTICS


# Wrong blocks.

BLOCKS = """Lemma two : 1 = 2 /\\ 3 = 4.
Proof.
  split.
  { reflexivity. } { exact I. }
Qed.
"""


def test_a_failing_block_is_given_up_and_the_rest_keeps_its_place() -> None:
    document = read_document(BLOCKS.encode())
    made = script_of("F.v", document)
    step = made.steps[1]
    patch = recovery(document, made, step, made.text.index(b"reflex"), KINDS)
    assert patch
    fed = patched(made, step, [patch])
    assert b"reflexivity" not in fed
    assert fed.rstrip().endswith(b"Admitted.")
    column = fed.splitlines()[2].index(b"exact")
    moved = Message(Position("F.v", 4, column, column + 5), "no")
    found = unpatched(made, [patch], moved)
    assert found
    assert found.position
    assert made.offset(found.position) == made.text.index(b"exact")


def test_an_error_outside_any_block_gives_up_the_proof() -> None:
    document = read_document(BLOCKS.encode())
    made = script_of("F.v", document)
    assert recovery(document, made, made.steps[1], made.text.index(b"split"), KINDS) is None
