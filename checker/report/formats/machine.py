"""A run as JSON, for programs; the schema is docs/schemas/check-1.json, its number SCHEMA."""

from dataclasses import asdict
from typing import Any

from checker.report.formats.overview import FileRow, Overview, ProofRow
from checker.report.results import Message

SCHEMA = 1  # raised when a value goes or means something else; new ones may come at any time


def as_json(overview: Overview) -> dict[str, Any]:
    """In plain values; seconds are CPU seconds unless it says otherwise, sizes are in bytes."""
    return {
        "schema": SCHEMA,
        "project": overview.project,
        "coq": overview.coq,
        "date": overview.date.isoformat(timespec="seconds"),
        "wall_seconds": round(overview.seconds, 3),
        "workers": overview.workers,
        "exit_code": overview.exit_code,
        "complete": overview.is_complete,
        "counts": overview.counts(),
        "files": [_file(row) for row in overview.files],
    }


def _file(row: FileRow) -> dict[str, Any]:
    return {
        "file": row.result.file,
        "verdict": row.result.verdict.value,
        "known": row.known,
        "seconds": round(row.seconds, 3),
        "cause": row.cause,
        "messages": [message(found) for found in row.result.messages],
        "warnings": [message(found) for found in row.result.warnings],
        "proofs": [_proof(proof) for proof in row.proofs],
    }


def _proof(row: ProofRow) -> dict[str, Any]:
    result = row.result
    return {
        "name": row.name,
        "line": row.line,
        "verdict": result.verdict.value,
        "known": row.known,
        "admitted": row.admitted,
        "refused": row.refused,
        "seconds": round(result.seconds, 3),
        "memory": result.memory,
        "messages": [message(found) for found in result.messages],
        "warnings": [message(found) for found in result.warnings],
    }


def message(found: Message) -> dict[str, Any]:
    """coqc's words, and its place: lines from 1, bytes from the beginning of the line from 0."""
    place = found.position
    at = asdict(place) if place else None
    return {"place": at, "text": found.text, "note": found.note}
