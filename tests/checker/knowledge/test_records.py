"""Records of the ledger: what older releases wrote is read, and nonsense counts as nothing."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checker.document.unproved import Unproved
from checker.engines.vio.tasks import TASKS, Tasks
from checker.engines.whole_file.engine import SECONDS
from checker.interfaces.freshness import MADE_WITH, Hinted, MadeWith
from checker.interfaces.stand_ins import STAND_IN, StandIn
from checker.knowledge.history import RUNS
from checker.knowledge.inputs import DIGESTS, FileDigest
from checker.knowledge.records import (
    LOADED,
    PROOFS,
    SOURCES,
    LoadedFiles,
    ProofRecords,
    SourceRecord,
    Topic,
)
from checker.knowledge.store import PLACE, Ledger
from checker.report.past import PastRun
from tests.helpers import Coq, write_files

# For each topic, a record as it stands in ledgers of earlier releases, and what it means.
STORED: list[tuple[Topic[Any], Any, Any]] = [
    (
        PROOFS,
        {
            "seconds": {"M.l": 1.5},
            "memory": {"M.l": 2048},
            "variables": {"M.l": "Proof using x. Admitted."},
            "text": 2e-5,
            "start": 0.05,
            "end": 0.02,
            "head": 0.3,
        },
        ProofRecords(
            {"M.l": 1.5}, {"M.l": 2048}, {"M.l": "Proof using x. Admitted."}, 2e-5, 0.3, 0.05, 0.02
        ),
    ),
    (
        LOADED,
        {"names": ["A.vo", "/lib/\udce9.vo"], "requires": [["P", "A"]], "candidates": "c0"},
        LoadedFiles(("A.vo", "/lib/\udce9.vo"), [("P", "A")], "c0"),
    ),
    (SOURCES, {"loading": "1a", "proofs": 3}, SourceRecord("1a", 3)),
    (
        SOURCES,
        {"loading": "1a", "proofs": 3, "admitted": 1, "axioms": 2},
        SourceRecord("1a", 3, Unproved(1, 2)),
    ),
    (DIGESTS, [[10, 1234567890123456789], "ab"], FileDigest(10, 1234567890123456789, "ab")),
    (
        MADE_WITH,
        [7, 6, ["-Q", ".", "Top"], {"text": "5d", "hints": {"l": "x y"}}],
        MadeWith(7, 6, ("-Q", ".", "Top"), Hinted("5d", {"l": "x y"})),
    ),
    (STAND_IN, ["5d", 10, 7, True], StandIn("5d", 10, 7, is_whole=True)),
    (SECONDS, 2.5, 2.5),
    (TASKS, [[10, 20], [0, 1]], Tasks(10, 20, (0, 1))),
    (
        RUNS,
        {
            "date": "2026-01-02T03:04:05+00:00",
            **{"command": "check", "seconds": 1.5, "workers": 2, "files": 3, "proofs": 9},
            **{"ran": 4, "known": 5, "wrong": 1, "exit_code": 1},
        },
        PastRun(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "check", 1.5, 2, 3, 9, 4, 5, 1, 1),
    ),
]
NONSENSE: tuple[Any, ...] = (
    *(0, -1.5, True, "", "x", [], {}, [[]], [[1, 2], [3]], [None, None], float("nan"), 10**400),
    {"seconds": 1, "names": 2, "loading": 3, "key": 4, "stamp": 5, "prepared": 6},
    {"seconds": {"l": "much"}, "names": ["\0"], "requires": [1], "candidates": "", "loading": []},
    {"variables": {"l": "\ud800"}, "names": ["a"], "requires": [["a"]], "candidates": "c"},
    {"loading": "1a", "proofs": "many", "key": "k", "stamp": ["a"], "prepared": None, "made": None},
)


@pytest.mark.parametrize(("topic", "stored", "record"), STORED, ids=lambda one: type(one).__name__)
def test_a_record_is_read_and_written_as_ever(topic: Topic[Any], stored: Any, record: Any) -> None:
    with Ledger(None) as ledger:
        ledger.remember(topic.name, [("key", stored)])
        assert topic.recall(ledger, "key") == record
        topic.remember(ledger, [("key", record)])
        assert ledger.recall(topic.name, "key") == stored
        assert topic.recall(ledger, "other") is None


@pytest.mark.parametrize("topic", [topic for topic, _, _ in STORED], ids=lambda topic: topic.name)
def test_a_record_that_cannot_be_read_counts_as_none(topic: Topic[Any]) -> None:
    with Ledger(None) as ledger:
        for nonsense in NONSENSE:
            ledger.remember(topic.name, [("key", nonsense)])
            found = topic.recall(ledger, "key")
            assert found is None or topic.written(found) is not None
            assert topic.all(ledger) in ({}, {"key": found})


@pytest.mark.ends
def test_a_ledger_full_of_nonsense_costs_a_run_and_no_more(coq: Coq, tmp_path: Path) -> None:
    root = write_files(
        tmp_path,
        {
            "A.v": "Section S. Variable x : nat. Lemma a : x = x. Proof. auto. Qed. End S.\n",
            "B.v": "From Top Require A. Lemma b : 1 = 2. Proof. exact (A.a 1). Qed.\n",
            "_Project": "-Q . Top\nA.v\nB.v\n",
        },
    )

    def check() -> str:
        engine = ("check", "--engine", "snapshot", "-f", "_Project")
        done = coq.run("proof-checker", *engine, cwd=root)
        assert done.returncode == 1
        assert done.stderr.count("Error:") == 1
        return str(done.stdout.splitlines()[-1].partition(",")[0])

    said = check()
    for value in (json.dumps(7), '{"broken'):
        with closing(sqlite3.connect(root / PLACE)) as db, db:
            db.execute("UPDATE memo SET value = ?", (value,))
            db.execute("UPDATE verdict SET messages = ? WHERE verdict = 'wrong'", (value,))
        for words in (("show",), ("show", "--json")):
            shown = coq.run("proof-checker", "ledger", "-f", "_Project", *words, cwd=root)
            assert (shown.returncode, shown.stderr) == (0, "")
        assert check() == said
