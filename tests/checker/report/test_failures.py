"""What is wrong is listed once more at the end: by file and line, a line each, as wide as fits."""

from pathlib import Path

import pytest

from checker.report.events import CheckedAgain, Ended, Event, FileDone, ProofDone, tell_not_tried
from checker.report.failures import Failure, Failures, gist
from checker.report.results import FileResult, Message, Position, ProofResult, Verdict
from tests.checker.report.test_terminal import show
from tests.helpers import GOOD, WRONG, Coq, check, write_project

pytestmark = pytest.mark.ends


def wrong(file: str, line: int, name: str, words: str = "No.") -> ProofDone:
    message = Message(Position(file, line, 2, 9), words)
    return ProofDone(ProofResult(file, name, Verdict.WRONG, messages=(message,)))


def lines(*events: Event) -> list[str]:
    """What is listed of these."""
    failures = Failures()
    for event in events:
        failures.tell(event)
    return [f"{f.verdict} {f.place}{f.words_within(80)}" for f in failures.all()]


def test_proofs_and_files_are_sorted_by_file_and_line() -> None:
    said = (Message(Position("A.v", 5, 0, 3), "Syntax error: no."),)
    assert lines(
        wrong("B.v", 9, "two"),
        wrong("B.v", 7, "one"),
        FileDone(FileResult("B.v", Verdict.WRONG)),  # for its proofs
        FileDone(FileResult("A.v", Verdict.WRONG, messages=said)),
        FileDone(FileResult("C.v", Verdict.LOST)),
    ) == [
        "wrong A.v:5:1: Syntax error: no.",
        "wrong B.v:7:3 one: No.",
        "wrong B.v:9:3 two: No.",
        "lost C.v",
    ]


def test_what_was_not_tried_is_no_failure_of_its_own() -> None:
    events: list[Event] = [ProofDone(ProofResult("A.v", "one", Verdict.SKIPPED))]
    tell_not_tried(events.append, {"B.v": "A.v"})
    assert lines(*events) == []


def test_a_file_that_is_checked_again_begins_anew() -> None:
    assert lines(wrong("A.v", 1, "one"), CheckedAgain("A.v")) == []


def test_coqcs_words_are_on_one_line_and_begin_after_the_hypotheses() -> None:
    long = "In environment\nn, m : nat\nf := fun x => x\n  + 1 : nat -> nat\nH : n = m\n"
    assert gist(f'{long}Unable to unify "n"\n with "m".') == 'Unable to unify "n" with "m".'
    assert gist("Syntax error: no.") == "Syntax error: no."
    assert gist("") == ""


def test_words_are_cut_and_places_are_not() -> None:
    failure = Failure("theories/Top.v", 7, 3, "typo", "wrong", "Unable to unify this with that.")
    assert failure.words_within(70) == ": Unable to unify this with that."
    assert failure.words_within(50) == ": Unable to unify th…"
    assert failure.words_within(30) == ""


def test_of_many_the_rest_is_counted() -> None:
    told = [wrong("F.v", n, f"p{n}") for n in range(1, 31)]
    out, _ = show([*told, Ended(1.0)], is_terminal=False)
    assert out.splitlines()[:2] == ["wrong F.v:1:3 p1: No.", "wrong F.v:2:3 p2: No."]
    assert out.splitlines()[19:21] == ["wrong F.v:20:3 p20: No.", "and 10 more"]


def test_after_a_check_the_last_lines_are_what_is_wrong_and_the_summary(
    coq: Coq, tmp_path: Path
) -> None:
    root = write_project(
        tmp_path,
        {
            "B.v": "Lemma good : 1 = 1.\nProof. reflexivity. Qed.\n"
            "Lemma typo : 1 = 2.\nProof. reflexivity. Qed.\n",
            "A.v": "Definition n := 1.\n\n  Definition m := nn.\n",
            "C.v": "Require Import Top.A.\n",
        },
    )
    for words in ((), ("--quiet",), ("--recheck",)):
        done = check(coq, root, *words)
        assert done.returncode == 1
        assert done.stdout.splitlines()[-3:-1] == [
            "wrong A.v:3:19: The reference nn was not found in the current environment.",
            'wrong B.v:4:8 typo: Unable to unify "2" with "1".',
        ]


def test_when_all_is_good_nothing_is_listed(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"A.v": GOOD})
    assert check(coq, root, "--quiet").stdout.count("\n") == 1


def test_vio2vo_lists_what_is_wrong_too(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"A.v": WRONG})
    done = coq.run("proof-checker", "vio2vo", "-f", "_Project", cwd=root)
    assert done.stdout.splitlines()[-2].startswith("wrong A.v:2:8 wrong: Unable to unify")
