"""check --report and proof-checker report: the page says what the run and the ledger say."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import NUMBERS, Coq, check, write_coqc, write_files, write_project
from tests.htmlpages import Page, read_page

pytestmark = pytest.mark.once

BASE = f"""\
Lemma slow : 64 * 64 = 32 * 128. Proof. vm_compute. reflexivity. Qed.
Lemma quick : True. Proof. exact I. Qed.
{NUMBERS}"""
USE = """\
From Top Require Import Base.
Lemma wrong : True. Proof. fail "</script><b>it's". Qed.
Lemma later : 1 = 1. Proof. reflexivity. Qed.
Axiom given : 1 = 2.
Lemma left_open : 1 = 2. Proof. Admitted.
"""
ABOVE = "From Top Require Import Use.\nLemma top : 2 = 2. Proof. reflexivity. Qed.\n"
SOURCES = {"Base.v": BASE, "Use.v": USE, "Other.v": "Lemma o : 1 = 1. Proof. auto. Qed.\n"}


@dataclass(frozen=True)
class Checked:
    """A run with all that it says."""

    page: Page
    json: Any
    trace: Any


@pytest.fixture
def checked(coq: Coq, tmp_path: Path) -> Callable[..., Checked]:
    """Checks the project again."""
    write_project(tmp_path, {**SOURCES, "Above.v": ABOVE})

    def run(*words: str) -> Checked:
        files = ("--report", "r.html", "--json", "r.json", "--trace", "t.json")
        done = check(coq, tmp_path, *files, *words)
        assert done.returncode in {0, 1}, done.stderr
        page = read_page((tmp_path / "r.html").read_bytes())
        told, trace = ((tmp_path / name).read_text() for name in ("r.json", "t.json"))
        return Checked(page, json.loads(told), json.loads(trace))

    return run


def report(coq: Coq, root: Path, *words: str, **environ: str) -> Page:
    done = coq.run("proof-checker", "report", "-f", "_Project", *words, cwd=root, environ=environ)
    assert (done.returncode, done.stderr) == (0, "")
    return read_page((root / "report.html").read_bytes())


def test_a_page_has_the_numbers_of_the_json_of_the_same_run(
    checked: Callable[..., Checked],
) -> None:
    found = checked()
    counts = found.json["counts"]
    assert found.page.figure("proofs") == str(counts["proofs"])
    assert found.page.figure("wrong") == str(counts["wrong"])
    assert found.page.figure("admitted") == str(counts["admitted"])
    assert found.page.figure("files") == str(counts["files"])
    files = found.page.of("files")
    told = [(f["file"], f["seconds"], len(f["proofs"])) for f in found.json["files"]]
    assert [(f["name"], f["seconds"], f["proofs"]) for f in files] == told
    proofs = [
        (file["file"], p["name"], p["line"], p["verdict"], bool(p["admitted"]))
        for file in found.json["files"]
        for p in file["proofs"]
    ]
    rows = found.page.of("proofs")
    assert [
        (files[p["file"]]["name"], p["name"], p["line"], p["verdict"], bool(p["admitted"]))
        for p in rows
    ] == proofs
    times = [p["seconds"] for f in found.json["files"] for p in f["proofs"]]
    ran = [p["verdict"] in {"checked", "wrong"} for p in rows]
    assert [p["seconds"] for p, is_ran in zip(rows, ran, strict=True) if is_ran] == [
        time for time, is_ran in zip(times, ran, strict=True) if is_ran
    ]
    assert found.page.texts["pre"] == [
        m["text"] for f in found.json["files"] for p in f["proofs"] for m in p["messages"]
    ]
    (run,) = found.page.of("history")
    assert run["seconds"] == found.json["wall_seconds"]


def test_a_timeline_has_the_pieces_of_the_trace(checked: Callable[..., Checked]) -> None:
    found = checked()
    told = [
        (event["tid"], event["cat"], event["ts"], event["dur"])
        for event in found.trace["traceEvents"]
        if event["ph"] == "X"
    ]
    timeline, texts = found.page.data["timeline"], found.page.data["texts"]
    workers = [n for n, label in enumerate(timeline["rows"]) if label.startswith("worker")]
    pieces = timeline["pieces"]
    drawn = [
        (workers.index(row) + 1, texts[kind], begin, length)
        for row, kind, begin, length in zip(
            *(pieces[key] for key in ("row", "kind", "begin", "length")), strict=True
        )
        if row in workers
    ]
    assert drawn == told
    assert timeline["end"] == pytest.approx(found.json["wall_seconds"] * 1e6, abs=1e3)


def test_what_is_said_of_a_wrong_proof_does_no_harm(checked: Callable[..., Checked]) -> None:
    page = checked().page
    assert any("</script><b>it's" in text for text in page.texts["pre"])
    assert "b" not in page.texts
    assert page.texts["h1"] == ["9 proofs: 1 wrong"]


def test_times_are_set_beside_those_of_the_run_before(checked: Callable[..., Checked]) -> None:
    first = {row["name"]: row for row in checked().page.of("proofs")}
    second = {row["name"]: row for row in checked("--recheck").page.of("proofs")}
    assert {row["before"] for row in first.values()} == {None}
    for name in ("slow", "quick", "not_zero", "itself", "o"):
        assert second[name]["before"] == pytest.approx(first[name]["seconds"], abs=2e-3), name
    assert second["wrong"]["before"] is None


def test_the_history_has_a_row_a_run(checked: Callable[..., Checked]) -> None:
    checked()
    checked()
    runs = checked().page.of("history")
    assert [run["command"] for run in runs] == ["check"] * 3
    assert [run["wrong"] for run in runs] == [1, 1, 1]
    assert runs[0]["ran"] > runs[1]["ran"]
    assert runs[0]["date"] <= runs[1]["date"] <= runs[2]["date"]


@pytest.mark.ends
def test_advice_names_what_the_proofs_should_say(checked: Callable[..., Checked]) -> None:
    page = checked().page
    assert "2 proofs in sections do not say which section variables" in page.texts["main"][0]
    assert "Proof using positive" in page.texts["code"]
    assert [tag for tag, of in page.tags if "box" in str(of.get("class"))] == ["a"] * 4


@pytest.mark.ends
def test_vio2vo_leaves_a_page_too(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, {"Base.v": BASE})
    words = ("vio2vo", "-f", "_Project", "-j", "2", "--report", "r.html")
    assert coq.run("proof-checker", *words, cwd=tmp_path).returncode == 0
    page = read_page((tmp_path / "r.html").read_bytes())
    assert page.texts["h1"] == ["4 proofs checked: all good"]
    assert page.of("history")[-1]["command"] == "vio2vo"


@pytest.mark.ends
def test_the_ledger_alone_tells_what_is_known_of_each_proof_as_it_is_now(
    coq: Coq, tmp_path: Path
) -> None:
    write_project(tmp_path, SOURCES)
    check(coq, tmp_path)
    write_files(tmp_path, {"Other.v": SOURCES["Other.v"].replace("auto", "easy")})
    page = report(coq, tmp_path)
    verdicts = {row["name"]: row["verdict"] for row in page.of("proofs")}
    assert verdicts == {
        **dict.fromkeys(("slow", "quick", "not_zero", "itself"), "checked"),
        **{"wrong": "wrong", "later": "checked", "left_open": "not known", "o": "not known"},
    }
    assert any("</script><b>it's" in text for text in page.texts["pre"])
    assert page.data["timeline"] is None
    assert page.data["predicted"]["fromScratch"]
    assert len(page.of("history")) == 1


def test_the_ledger_alone_needs_no_coqc(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, SOURCES)
    check(coq, tmp_path)
    (tmp_path / "bin").mkdir()
    # Which Coq this is, a coqc is asked over a file of ours.
    ours = " | ".join(f"coqc*{source}" for source in SOURCES)
    ran = f'case "${{0##*/}} $*" in {ours}) echo "$*" >> {tmp_path}/ran;; esac'
    write_coqc(coq, tmp_path / "bin", ran)
    report(coq, tmp_path, COQBIN=str(tmp_path / "bin"))
    assert not (tmp_path / "ran").exists()


def test_before_any_check_a_page_says_that_nothing_is_known(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, SOURCES)
    page = report(coq, tmp_path, "-j", "3")
    assert page.texts["h1"] == ["8 proofs: 8 not known"]
    assert "those of 8 proofs are guessed from their length" in page.texts["main"][0]
    assert not (tmp_path / ".proof-makefile" / "proofs.db").exists()


def test_a_page_goes_where_it_is_wanted_or_it_is_said_why_not(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, SOURCES)
    words = ("proof-checker", "report", "-f", "_Project", "-o", "there/r.html")
    done = coq.run(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "-o there/r.html: not a file in a folder that is there" in done.stderr
    (tmp_path / "there").mkdir()
    assert coq.run(*words, cwd=tmp_path).returncode == 0
    assert read_page((tmp_path / "there" / "r.html").read_bytes())
