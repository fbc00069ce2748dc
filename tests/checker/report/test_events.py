"""What a run tells: the count, the exit code, the summary line and the error blocks."""

import pytest

from checker.report.blocks import error_block
from checker.report.count import Count
from checker.report.events import Ended, Event, FileDone, ProofDone, Started
from checker.report.results import FileResult, Message, Position, ProofResult, Verdict
from makegen.base.errors import ExitCode


def count_of(*events: Event) -> Count:
    count = Count()
    for event in events:
        count.tell(event)
    return count


def proof(verdict: Verdict, file: str = "F.v") -> ProofDone:
    return ProofDone(ProofResult(file, "lemma", verdict))


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.CHECKED], ExitCode.OK),
        ([Verdict.CHECKED, Verdict.WRONG], ExitCode.WRONG),
        ([Verdict.TIMEOUT], ExitCode.WRONG),
        ([Verdict.LOST, Verdict.CHECKED], ExitCode.MACHINE),
        ([Verdict.LOST, Verdict.WRONG], ExitCode.WRONG),
        ([Verdict.SKIPPED, Verdict.CHECKED], ExitCode.MACHINE),
    ],
)
def test_the_exit_code_is_that_of_the_worst_verdict(
    verdicts: list[Verdict], code: ExitCode
) -> None:
    assert count_of(*map(proof, verdicts)).exit_code is code


def test_the_summary_counts_proofs_files_seconds_and_workers() -> None:
    good = FileDone(FileResult("G.v", Verdict.CHECKED), proofs=4)
    count = count_of(Started(5, 2, 3, 1.0, 1.0), good, proof(Verdict.CHECKED), Ended(2.34))
    assert count.summary == "5 proofs in 2 files checked in 2.3 s with 3 workers"


def test_the_summary_names_what_is_not_good() -> None:
    count = count_of(proof(Verdict.WRONG), proof(Verdict.LOST, "G.v"), Ended(1.0))
    expected = "2 proofs in 2 files: 1 wrong, 1 lost, 2 files not good in 1.0 s with 1 worker"
    assert count.summary == expected


def test_a_wrong_proof_is_one_block_as_coqc_prints_it() -> None:
    message = Message(Position("F.v", 3, 7, 18), 'Unable to unify "2" with "1".')
    result = ProofResult("F.v", "two", Verdict.WRONG, 0.1, (message,), ("coqc", "F v.v"))
    assert error_block(result) == (
        'File "./F.v", line 3, characters 7-18:\n'
        'Error: Unable to unify "2" with "1".\n'
        "  in the proof of two (wrong)\n"
        "  to see it again: coqc 'F v.v'"
    )


def test_a_message_of_several_lines_begins_on_a_line_of_its_own() -> None:
    result = FileResult("F.v", Verdict.WRONG, messages=(Message(None, "In environment\nn : nat"),))
    assert error_block(result) == "Error:\nIn environment\nn : nat"
