"""The last checks of a project, a line each."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from checker.knowledge.records import Topic, read_seconds, read_text
from checker.knowledge.store import Ledger
from checker.report.past import PastRun

MOST = 100  # that are remembered


def _read(value: Any) -> PastRun:
    counts = ("workers", "files", "proofs", "ran", "known", "wrong", "exit_code")
    return PastRun(
        date=datetime.fromisoformat(value["date"]),
        command=read_text(value["command"]),
        seconds=read_seconds(value["seconds"]),
        **{name: int(value[name]) for name in counts},
    )


def _written(run: PastRun) -> dict[str, Any]:
    return {**asdict(run), "date": run.date.isoformat(), "seconds": round(run.seconds, 3)}


RUNS = Topic("runs", _read, _written)  # by date: two that end at once are both kept


def past_runs(ledger: Ledger) -> list[PastRun]:
    """Those that are remembered, the oldest first."""
    return [run for _, run in sorted(RUNS.all(ledger).items())]


def remember(ledger: Ledger, run: PastRun) -> None:
    """Keep it, and forget the oldest where there are too many."""
    RUNS.remember(ledger, [(run.date.isoformat(), run)])
    too_old = sorted(ledger.memories(RUNS.name))[:-MOST]
    if too_old:
        RUNS.forget(ledger, too_old)
