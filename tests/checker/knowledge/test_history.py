"""A line a check is remembered, and no more of them than anybody looks at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checker.knowledge.history import MOST, past_runs, remember
from checker.knowledge.store import Ledger
from checker.report.past import PastRun
from tests.helpers import Coq, Project

pytestmark = pytest.mark.ends

RUN = PastRun(datetime(2026, 1, 1, tzinfo=UTC), "check", 1.0, 2, 1, 3, 2, 1, 0, 0)


def remembered(root: Path) -> list[PastRun]:
    with Ledger(root) as ledger:
        return past_runs(ledger)


def test_the_last_hundred_are_kept_the_oldest_first() -> None:
    runs = [replace(RUN, date=RUN.date + timedelta(minutes=n)) for n in range(MOST + 3)]
    with Ledger(None) as ledger:
        for run in runs:
            remember(ledger, run)
        assert past_runs(ledger) == runs[3:]


def test_each_check_is_remembered_also_one_that_has_nothing_to_do(coq: Coq, tmp_path: Path) -> None:
    project = Project(coq, tmp_path)
    project.check()
    project.check()
    project.edit("Leaf.v", "exact four", "exact I")
    project.check()
    first, second, third = remembered(tmp_path)
    assert (first.command, first.workers, first.files, first.proofs) == ("check", 2, 2, 6)
    assert (first.ran, first.known, first.wrong, first.exit_code) == (6, 0, 0, 0)
    assert (second.ran, second.known, second.wrong, second.exit_code) == (0, 6, 0, 0)
    assert (third.ran, third.known, third.wrong, third.exit_code) == (1, 5, 1, 1)
    assert first.date < second.date < third.date


def test_cleaning_the_ledger_leaves_the_history(coq: Coq, tmp_path: Path) -> None:
    Project(coq, tmp_path).check()
    before = remembered(tmp_path)
    done = coq.run("proof-checker", "ledger", "gc", "-f", "_Project", cwd=tmp_path)
    assert done.returncode == 0
    assert remembered(tmp_path) == before
