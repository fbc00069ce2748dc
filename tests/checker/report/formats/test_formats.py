"""--json, --junit, --sarif, --trace and annotations: valid, and they say what the run said."""

import json
import re
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest

from tests import schemas
from tests.helpers import Coq, check, check_words, workers_of, write_project

pytestmark = pytest.mark.once

SOURCES = {
    "Good.v": "Lemma one : 1 = 1. Proof. reflexivity. Qed.\nLemma two : 1 = 2. Admitted.\n",
    "Bad.v": "(* ä𝔸 *) Lemma typo : 1 = 2. Proof. (* ä𝔸 *) reflexivity. Qed.\n"
    "Lemma fine : True. Proof. exact I. Qed.\nDefinition d : nat. exact 3. Defined.\n",
    "Lost.v": "Definition x := missing.\n",
    "Needs.v": "Require Import Top.Lost.\nLemma last : True. Proof. exact I. Qed.\n",
}
KINDS = ("json", "junit", "sarif", "trace")


def run(coq: Coq, root: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A check that leaves a file of each kind in the folder `out`."""
    (root / "out").mkdir(exist_ok=True)
    outputs = [word for kind in KINDS for word in (f"--{kind}", f"out/{kind}")]
    return check(coq, root, *outputs, *words, **environ)


def read_json(root: Path, kind: str) -> Any:
    """One that a check has left."""
    return json.loads((root / "out" / kind).read_text())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(tmp_path, SOURCES)


def verdicts(found: Mapping[str, Any]) -> dict[str, str]:
    """By name of the proof."""
    return {proof["name"]: proof["verdict"] for file in found["files"] for proof in file["proofs"]}


@pytest.mark.ends
def test_json_is_valid_and_has_each_proof_with_its_verdict(coq: Coq, root: Path) -> None:
    assert run(coq, root).returncode == 1
    found = read_json(root, "json")
    jsonschema.validate(found, schemas.ours())
    assert found["exit_code"] == 1
    assert verdicts(found) == {
        **{"one": "checked", "two": "checked", "typo": "wrong", "fine": "checked"},
        **{"d": "checked", "last": "skipped"},
    }
    counts = found["counts"]
    assert (counts["proofs"], counts["wrong"], counts["bad_files"]) == (6, 1, 3)
    assert counts["admitted"] == 1
    files = {file["file"]: file for file in found["files"]}
    assert (files["Needs.v"]["verdict"], files["Needs.v"]["cause"]) == ("skipped", "Lost.v")
    assert "missing" in files["Lost.v"]["messages"][0]["text"]


def test_what_is_known_is_listed_as_known(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"Good.v": SOURCES["Good.v"]})
    assert run(coq, root).returncode == 0
    assert read_json(root, "json")["counts"]["known"] == 0
    assert run(coq, root).returncode == 0
    found = read_json(root, "json")
    assert (found["counts"]["known"], verdicts(found)) == (2, {"one": "checked", "two": "checked"})


def test_junit_is_valid_and_has_a_case_for_each_proof(coq: Coq, root: Path) -> None:
    run(coq, root)
    path = root / "out/junit"
    schemas.junit().validate(path)
    cases = {
        (case.get("classname"), case.get("name")): [child.tag for child in case]
        for case in Xml.parse(path).iter("testcase")
    }
    assert cases["Good", "one"] == []
    assert cases["Bad", "typo"] == ["failure"]
    assert cases["Lost", "(the file itself)"] == ["failure"]
    assert cases["Needs", "last"] == ["skipped"]
    (failure,) = Xml.parse(path).iterfind("testsuite[@name='Bad.v']/testcase/failure")
    assert 'File "./Bad.v", line 1' in (failure.text or "")


@pytest.mark.ends
def test_sarif_is_valid_and_points_where_an_editor_does(coq: Coq, root: Path) -> None:
    run(coq, root)
    found = read_json(root, "sarif")
    jsonschema.validate(found, schemas.sarif())
    places = {}
    for result in found["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        places[place["artifactLocation"]["uri"]] = place["region"]
    assert places.keys() == {"Bad.v", "Lost.v"}
    line = SOURCES["Bad.v"].splitlines()[0]
    before = line[: line.index("reflexivity")]
    column = len(before.encode("utf-16-le")) // 2 + 1
    assert (places["Bad.v"]["startLine"], places["Bad.v"]["startColumn"]) == (1, column)
    assert places["Bad.v"]["endColumn"] >= column + len("reflexivity")


def test_sarif_of_a_good_project_is_valid_and_has_no_result(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"Good.v": SOURCES["Good.v"]})
    run(coq, root)
    found = read_json(root, "sarif")
    jsonschema.validate(found, schemas.sarif())
    assert found["runs"][0]["results"] == []


def test_github_is_told_of_each_error_at_its_place(coq: Coq, root: Path) -> None:
    quiet = check(coq, root, GITHUB_ACTIONS="")
    assert "::error" not in quiet.stdout
    told = [
        line
        for line in check(coq, root, GITHUB_ACTIONS="true").stdout.splitlines()
        if line.startswith("::error")
    ]
    assert len(told) == 2
    assert re.match(r"::error file=Bad\.v,line=1,col=\d+,title=typo::Unable to unify", told[0])
    assert re.match(r"::error file=Lost\.v,line=1,col=17,title=wrong::The reference", told[1])


def rows_of(trace: Mapping[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """The work on each worker's row, in order."""
    rows = defaultdict(list)
    for event in trace["traceEvents"]:
        if event["ph"] == "X":
            rows[event["tid"]].append(event)
    return {row: sorted(events, key=lambda event: event["ts"]) for row, events in rows.items()}


def test_a_trace_has_events_that_do_not_overlap_on_a_row(coq: Coq, root: Path) -> None:
    run(coq, root)
    trace = read_json(root, "trace")
    assert {event["ph"] for event in trace["traceEvents"]} >= {"M", "X", "b", "e", "C"}
    rows = rows_of(trace)
    assert rows.keys() <= {1, 2}
    for events in rows.values():
        for before, after in pairwise(events):
            assert before["ts"] + before["dur"] <= after["ts"] + 1  # both are rounded
    opened = [event["id"] for event in trace["traceEvents"] if event["ph"] == "b"]
    assert opened == [event["id"] for event in trace["traceEvents"] if event["ph"] == "e"]
    begun = [event for event in trace["traceEvents"] if event["ph"] == "b"]
    files = {event["args"]["file"] for event in begun if event["cat"] == "file"}
    assert files == {"Good.v", "Bad.v", "Lost.v"}
    named = {event["args"].get("proof") for events in rows.values() for event in events}
    assert named >= {"one", "typo", "fine"}


@pytest.mark.parametrize("engine", ["snapshot", "vok"])
def test_a_trace_tells_of_every_file(engine: str, coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"Good.v": SOURCES["Good.v"], "Other.v": "Require Top.Good.\n"})
    assert check(coq, root, "--trace", "trace.json", engine=engine).returncode == 0
    events = json.loads((root / "trace.json").read_text())["traceEvents"]
    worked = {Path(event["args"]["file"]).stem for event in events if event["ph"] == "X"}
    assert worked == {"Good", "Other"}


BUSY = "Fixpoint slow n := match n with 0 => 0 | S n => slow n + slow n end.\n" + "".join(
    f"Lemma l{n} : slow 15 = 0. Proof. vm_compute. reflexivity. Qed.\n" for n in range(8)
)


@pytest.mark.ends
def test_the_work_of_the_rows_adds_up_to_the_cpu_time_of_all_processes(
    coq: Coq, tmp_path: Path
) -> None:
    root = write_project(tmp_path, {f"F{n}.v": BUSY for n in range(4)})
    script = (
        "import resource, sys; from checker.cli.main import main; code = main(sys.argv[1:]);"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(used.ru_utime + used.ru_stime, file=open('cpu', 'w')); sys.exit(code)"
    )
    check(coq, tmp_path / ".", "--help")  # what probes the Coq at hand is done by now
    words = ("check", "-f", "_Project", "-j", "2", "--recheck", "--trace", "trace.json")
    assert check(coq, root).returncode == 0
    assert coq.run("python", "-c", script, *words, cwd=root).returncode == 0
    events = json.loads((root / "trace.json").read_text())["traceEvents"]
    told = sum(event["args"].get("cpu", 0) for event in events if event["ph"] == "X")
    used = float((root / "cpu").read_text())
    apart = used - told  # coqdep, and what a copy uses before it is fed anything
    assert -0.02 * used <= apart <= 0.02 * used + 0.1


@pytest.mark.ends
def test_what_was_found_before_an_interrupt_is_written(coq: Coq, tmp_path: Path) -> None:
    slow = "Goal True. Proof. repeat (try (pose proof 1 as H; clear H)); exact I. Qed.\n"
    sources = {"Good.v": SOURCES["Good.v"], "Slow.v": "Require Top.Good.\n" + slow}
    root = write_project(tmp_path, sources)
    words = check_words("--json", "found.json")
    with subprocess.Popen(words, cwd=root, env=coq.environ, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"checked Good.v\n"
        process.send_signal(signal.SIGINT)
    assert process.returncode == 128 + signal.SIGINT
    found = json.loads((root / "found.json").read_text())
    jsonschema.validate(found, schemas.ours())
    assert not found["complete"]
    assert [file["file"] for file in found["files"]] == ["Good.v"]
    while workers_of(root):
        time.sleep(0.1)


CHOSEN = """Lemma bad : 1 = 2. Proof. reflexivity. Qed.
Definition kept : nat. Proof. exact 3. Defined.
Lemma ok : 1 = 1. Proof. reflexivity. Qed.
"""


def every_verdict(root: Path) -> dict[str, dict[str, str]]:
    """By kind of file: what it says of each proof."""
    junit = {
        str(case.get("name")): case[0].tag if len(case) else "checked"
        for case in Xml.parse(root / "out/junit").iter("testcase")
    }
    return {"json": verdicts(read_json(root, "json")), "junit": junit}


def test_what_nobody_asked_for_is_in_no_file(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"A.v": CHOSEN})
    for _ in range(2):  # known the second time, and found wrong between
        assert run(coq, root, "-k", "ok").returncode == 0
        assert every_verdict(root) == {
            "json": {"ok": "checked"},
            "junit": {"ok": "checked", "(the file itself)": "checked"},
        }
        assert check(coq, root).returncode == 1


def test_a_run_that_stops_at_the_first_says_what_was_wrong(coq: Coq, root: Path) -> None:
    done = run(coq, root, "-x", GITHUB_ACTIONS="true")
    assert done.returncode == 1
    found = read_json(root, "json")
    jsonschema.validate(found, schemas.ours())
    assert not found["complete"]
    assert "wrong" in {file["verdict"] for file in found["files"]} | {*verdicts(found).values()}
    sarif = read_json(root, "sarif")["runs"][0]
    assert sarif["results"]
    assert not sarif["invocations"][0]["executionSuccessful"]
    assert "::error" in done.stdout
    cases = Xml.parse(root / "out/junit").iter("testcase")
    assert "failure" in {child.tag for case in cases for child in case}


def test_what_is_refused_for_its_admitted_is_in_every_file(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"Good.v": SOURCES["Good.v"]})
    done = run(coq, root, "--no-admitted", GITHUB_ACTIONS="true")
    assert done.returncode == 1
    found = read_json(root, "json")
    jsonschema.validate(found, schemas.ours())
    assert found["counts"]["refused"] == 1
    assert every_verdict(root)["junit"]["two"] == "failure"
    schemas.junit().validate(root / "out/junit")
    (result,) = read_json(root, "sarif")["runs"][0]["results"]
    assert result["ruleId"] == "admitted"
    assert "::error file=Good.v,line=2,col=1,title=two::" in done.stdout


def test_places_are_those_of_the_repository_in_a_workflow(coq: Coq, tmp_path: Path) -> None:
    (tmp_path / "proofs").mkdir()
    root = write_project(tmp_path / "proofs", {"Bad.v": SOURCES["Bad.v"]})
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}
    assert "::error file=proofs/Bad.v,line=1" in run(coq, root, **environ).stdout
    (result,) = read_json(root, "sarif")["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "proofs/Bad.v"}


def test_a_usage_error_has_its_exit_code_in_the_file_too(coq: Coq, root: Path) -> None:
    assert run(coq, root, "-k", "nothing_like_it").returncode == 2
    found = read_json(root, "json")
    assert (found["exit_code"], found["complete"], found["files"]) == (2, False, [])


def test_that_a_file_cannot_be_written_hides_no_wrong_proof(coq: Coq, root: Path) -> None:
    for sources, code in ((SOURCES, 1), ({"Good.v": SOURCES["Good.v"]}, 3)):
        write_project(root, sources)
        done = check(coq, root, "--json", "/dev/full")
        assert done.returncode == code
        assert "cannot write /dev/full: No space left on device" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--json", "Good.v"), "--json Good.v: that would be overwritten; name another file"),
        (("--sarif", "_Project"), "--sarif _Project: that would be overwritten; name another file"),
        (("--json", "a", "--junit", "./a"), "--junit and --json name one file, a; name two"),
    ],
)
def test_no_source_is_overwritten_and_no_other_file(
    words: tuple[str, ...], said: str, coq: Coq, root: Path
) -> None:
    before = {path.name: path.read_bytes() for path in root.iterdir()}
    done = check(coq, root, *words)
    assert (done.returncode, done.stderr) == (2, f"proof-checker: error: {said}\n")
    assert {path.name: path.read_bytes() for path in root.iterdir()} == before


def test_a_place_that_is_none_is_refused_before_anything_runs(coq: Coq, root: Path) -> None:
    done = check(coq, root, "--junit", "nowhere/out.xml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "proof-checker: error: --junit nowhere/out.xml: not a file in a folder that is there\n"
    )
