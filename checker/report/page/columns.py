"""What a page's tables and timeline are drawn from: columns of numbers, and texts said once.

Columns are a third of the size of objects, and a browser reads them in a third of the time.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from checker.report.formats.overview import FileRow, ProofRow
from checker.report.page.report import Prediction, Report
from checker.report.recording import Recording
from checker.report.results import Verdict

KINDS_BESIDE = {"coqdep": "coqdep", "coqc": "plain coqc", "token": "waits"}  # no worker's


class Texts:
    """Each text once; columns have its number."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """The number of a text."""
        return self._number.setdefault(text, len(self._number))

    @property
    def all(self) -> list[str]:
        """By their numbers."""
        return list(self._number)


def as_script(data: Mapping[str, Any]) -> str:
    """As JSON that may stand in a <script>: no text can end it."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def columns(report: Report) -> dict[str, Any]:
    """The tables of files, proofs and runs, and the timeline, where there is one."""
    texts = Texts()
    rows = report.overview.files
    place = {row.result.file: number for number, row in enumerate(rows)}
    recording, prediction = report.recording, report.prediction
    tables: dict[str, Any] = {
        "words": [report.word(verdict) for verdict in Verdict],
        "files": _transposed(_file(report, row, texts) for row in rows),
        "proofs": _transposed(
            _proof(report, place[proof.file], proof, texts) for row in rows for proof in row.proofs
        ),
        "history": _transposed(
            {
                "date": run.date.isoformat(timespec="seconds"),
                "command": texts(run.command),
                "seconds": round(run.seconds, 3),
                "workers": run.workers,
                "files": run.files,
                "proofs": run.proofs,
                "ran": run.ran,
                "known": run.known,
                "wrong": run.wrong,
            }
            for run in report.history
        ),
        "timeline": recording and _timeline(recording, report.overview.seconds, texts),
        "predicted": prediction and _predicted(prediction, texts),
    }
    return {**tables, "texts": texts.all}


def _transposed(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """A list for each name."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            found.setdefault(name, []).append(value)
    return found


def _number(verdict: Verdict) -> int:
    return list(Verdict).index(verdict)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _file(report: Report, row: FileRow, texts: Texts) -> dict[str, Any]:
    name, outlook = row.result.file, report.outlook
    place = outlook.places.get(name) if outlook else None
    whole = {f.name: f.seconds for f in outlook.files}.get(name) if outlook else None
    return {
        "name": texts(name),
        "verdict": _number(_worst(row)),
        "known": int(row.known),
        "proofs": len(row.proofs),
        "wrong": sum(p.verdict in (Verdict.WRONG, Verdict.TIMEOUT) for p in row.proofs),
        "seconds": _rounded(row.seconds),
        "whole": _rounded(whole),
        "change": _rounded(_change(report, row)),
        "pass": place and _rounded(place.stands - place.begins),
        "slack": place and _rounded(place.slack),
        "critical": int(bool(outlook) and name in (outlook.critical if outlook else ())),
    }


def _worst(row: FileRow) -> Verdict:
    """On the file, or on one of its proofs."""
    if row.result.verdict.is_ok:
        return next((p.verdict for p in row.proofs if not p.verdict.is_ok), Verdict.CHECKED)
    return row.result.verdict


def _change(report: Report, row: FileRow) -> float | None:
    """Of the proofs that were run now and before."""
    times = [(report.seconds(proof), report.seconds_before(proof)) for proof in row.proofs]
    both = [now - before for now, before in times if now is not None and before is not None]
    return sum(both) if both else None


def _proof(report: Report, file: int, row: ProofRow, texts: Texts) -> dict[str, Any]:
    known_memory = report.memory.get(row.file, {}).get(row.name, 0)
    return {
        "file": file,
        "name": texts(row.name),
        "line": row.line,
        "verdict": _number(row.verdict),
        "known": int(row.known and row.verdict is not Verdict.SKIPPED),
        "admitted": int(row.admitted),
        "seconds": _rounded(report.seconds(row)),
        "before": _rounded(report.seconds_before(row)),
        "memory": (row.result.memory or known_memory) >> 20,  # MB
    }


def _timeline(recording: Recording, seconds: float, texts: Texts) -> dict[str, Any]:
    """Pieces of work in rows; times in microseconds since the beginning of the run."""

    def micros(at: float) -> int:
        return round((at - recording.began) * 1e6)

    rows = [(f"worker {worker + 1}", pieces) for worker, pieces in recording.rows()]
    others = sorted((p for p in recording.work if p.worker is None), key=lambda p: p.begun)
    for kind, label in KINDS_BESIDE.items():
        if pieces := [piece for piece in others if piece.work.value == kind]:
            rows.append((label, pieces))
    return {
        "rows": [label for label, _ in rows],
        "end": round(seconds * 1e6),
        "pieces": _transposed(
            {
                "row": number,
                "kind": texts(piece.work.value),
                "file": texts(piece.file),
                "name": texts(piece.name),
                "begin": micros(piece.begun),
                "length": round(piece.seconds * 1e6),
                "cpu": _rounded(piece.cpu),
            }
            for number, (_, pieces) in enumerate(rows)
            for piece in pieces
        ),
        "busy": [[micros(at), count] for at, count in recording.busy],
        "memory": [[micros(at), used >> 20] for at, used in recording.memory],
    }


def _predicted(prediction: Prediction, texts: Texts) -> dict[str, Any]:
    """The same of a schedule."""
    return {
        "fromScratch": prediction.is_from_scratch,
        "bound": round(prediction.lower_bound * 1e6),
        "end": round(prediction.timeline.makespan * 1e6),
        "rows": len(prediction.timeline.workers),
        "pieces": _transposed(
            {
                "row": number,
                "kind": texts("pass" if piece.is_pass else "copy"),
                "file": texts(piece.file),
                "name": texts(""),
                "begin": round(piece.start * 1e6),
                "length": round((piece.end - piece.start) * 1e6),
                "cpu": None,
            }
            for number, pieces in enumerate(prediction.timeline.workers)
            for piece in pieces
            if piece.end > piece.start
        ),
    }
