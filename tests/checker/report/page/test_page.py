"""The page itself: whatever names and messages hold, and where there is nothing to show."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from checker.report.formats.overview import FileRow, Overview, ProofRow
from checker.report.page.page import page
from checker.report.page.report import Report
from checker.report.recording import Recording
from checker.report.results import FileResult, Message, Position, ProofResult, Verdict
from checker.report.work import Work, Worked
from tests.htmlpages import Page, read_page

HOSTILE = "</script><b>\"'&{{ 7 * 7 }}<!--\x00\ud800"
DATE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
EMPTY = Overview("_Project", "8.16.1", DATE, 1.5, 2, 0, is_complete=True, files=())


def proof(name: str, verdict: Verdict, *messages: Message, file: str = "A.v") -> ProofRow:
    result = ProofResult(file, name, verdict, 0.5, messages)
    return ProofRow(file, name, 3, result, known=False, admitted=False)


def overview(*proofs: ProofRow, file: str = "A.v") -> Overview:
    bad = any(not row.verdict.is_ok for row in proofs)
    row = FileRow(FileResult(file, Verdict.WRONG if bad else Verdict.CHECKED), False, "", proofs)
    return replace(EMPTY, exit_code=int(bad), files=(row,))


def shown(report: Report) -> Page:
    return read_page(page(report))


def test_names_and_messages_are_text_whatever_they_hold() -> None:
    message = Message(Position(HOSTILE, 3, 1, 2), HOSTILE, note=HOSTILE)
    row = proof(HOSTILE, Verdict.WRONG, message, file=HOSTILE)
    row = replace(row, result=replace(row.result, command=("coqc", HOSTILE)))
    recording = Recording()
    recording.tell(Worked(Work.PROOF, 0, HOSTILE, HOSTILE, 0.0, 1.0))
    found = shown(Report(overview(row, file=HOSTILE), recording, why_no_outlook=HOSTILE))
    assert [tag for tag, _ in found.tags if tag == "b"] == []
    assert found.of("proofs")[0]["name"] == HOSTILE
    assert found.of("files")[0]["name"] == HOSTILE
    written = HOSTILE.replace("\ud800", "?")
    assert found.texts["pre"] == [written]
    assert "49" not in found.texts["main"][0]


def test_wrong_proofs_come_first_then_those_that_were_stopped_then_those_that_were_lost() -> None:
    verdicts = (Verdict.LOST, Verdict.TIMEOUT, Verdict.CHECKED, Verdict.WRONG, Verdict.WRONG)
    rows = [proof(f"p{n}", v, Message(None, f"m{n}")) for n, v in enumerate(verdicts)]
    found = shown(Report(overview(*rows), Recording()))
    assert found.texts["pre"] == ["m3", "m4", "m1", "m0"]
    assert found.texts["h1"] == ["5 proofs: 2 wrong, 1 timed out, 1 lost"]


def test_of_very_many_complaints_the_first_are_shown_and_the_others_counted() -> None:
    rows = [proof(f"p{n}", Verdict.WRONG, Message(None, "m")) for n in range(250)]
    found = shown(Report(overview(*rows), Recording()))
    assert len(found.texts["pre"]) == 200
    assert "And 50 more" in found.texts["main"][0]


def test_files_that_were_not_tried_stand_with_the_one_that_is_to_be_mended() -> None:
    wrong = overview(proof("p", Verdict.WRONG, Message(None, "m"))).files[0]
    untried = [FileRow(FileResult(f"{n}.v", Verdict.SKIPPED), False, "A.v", ()) for n in "BC"]
    found = shown(Report(replace(EMPTY, exit_code=1, files=(wrong, *untried)), Recording()))
    assert "2 files not tried, because of A.v: B.v, C.v" in found.texts["main"][0]


def test_a_page_about_nothing_says_so_in_each_part() -> None:
    found = shown(Report(EMPTY, Recording(), why_no_outlook="coqdep failed"))
    text = found.texts["main"][0]
    for words in (
        "There is no verdict.",
        "Nothing can be said: coqdep failed",
        "There is nothing to draw: coqdep failed",
        "No run is remembered yet.",
    ):
        assert words in text, words


def test_a_run_that_was_broken_off_is_called_so() -> None:
    rows = overview(proof("p", Verdict.CHECKED))
    found = shown(Report(replace(rows, is_complete=False, exit_code=3), Recording()))
    assert found.texts["h1"] == ["Broken off: 1 proof in the files that had ended"]


def test_without_a_run_what_would_be_skipped_is_not_known() -> None:
    found = shown(Report(overview(proof("p", Verdict.CHECKED), proof("q", Verdict.SKIPPED))))
    assert found.texts["h1"] == ["2 proofs: 1 not known"]
    assert [row["verdict"] for row in found.of("proofs")] == ["checked", "not known"]
    assert found.figure("known") == "1"


def test_the_scripts_use_no_way_to_write_html() -> None:
    found = shown(Report(EMPTY, Recording()))
    script = found.texts["script"][-1]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
