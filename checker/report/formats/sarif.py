"""What is wrong as SARIF 2.1.0, which GitHub's and others' code scanning shows."""

from collections.abc import Iterator
from os.path import normpath
from typing import Any
from urllib.parse import quote

from checker.document.sentences import Lines
from checker.report.formats.overview import FileRow, Overview, ProofRow, every_message
from checker.report.results import Message, Position

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULES = {
    "wrong": "coqc rejects it.",
    "timeout": "It was stopped at the limit of --proof-timeout.",
    "lost": "The machine failed, so there is no verdict.",
    "admitted": "It ends with Admitted, which --no-admitted refuses.",
}


def sarif(overview: Overview, version: str) -> dict[str, Any]:
    """In plain values."""
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(version)},
                "columnKind": "utf16CodeUnits",
                "invocations": [
                    {
                        "executionSuccessful": overview.is_complete,
                        "exitCode": overview.exit_code,
                        "startTimeUtc": overview.date.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    }
                ],
                "results": [r for file in overview.files for r in _results(file, overview.place)],
            }
        ],
    }


def _driver(version: str) -> dict[str, Any]:
    rules = [{"id": rule, "shortDescription": {"text": text}} for rule, text in RULES.items()]
    return {"name": "proof-checker", "version": version, "rules": rules}


def _results(file: FileRow, folder: str) -> Iterator[dict[str, Any]]:
    for row, message in every_message(file):
        rule = _rule(file, row)
        if rule in RULES:
            yield _result(file, row, message, rule, folder)


def _rule(file: FileRow, row: ProofRow | None) -> str:
    if row and row.refused:
        return "admitted"
    return (row.verdict if row else file.result.verdict).name.lower()


def _result(
    file: FileRow, row: ProofRow | None, message: Message, rule: str, folder: str
) -> dict[str, Any]:
    text = "\n".join(filter(None, (message.text, message.note)))
    logical = {"logicalLocations": [{"name": row.name, "kind": "function"}]} if row else {}
    return {
        "ruleId": rule,
        "level": "error",
        "message": {"text": text},
        "locations": [{"physicalLocation": _physical(message.position, file, folder), **logical}],
    }


def _physical(place: Position | None, file: FileRow, folder: str) -> dict[str, Any]:
    name = folder + (place.file if place else file.result.file)
    artifact = {"artifactLocation": {"uri": quote(name.encode(errors="surrogateescape"))}}
    if place is None:
        return artifact
    if normpath(place.file) != normpath(file.result.file):
        return {**artifact, "region": {"startLine": place.line}}
    return {**artifact, "region": _region(place, file.text)}


def _region(place: Position, text: bytes) -> dict[str, int]:
    lines = Lines(text)
    start_line, start = _in_units(text, lines, lines.offset(place.line, place.start))
    end_line, end = _in_units(text, lines, lines.offset(place.line, place.end))
    return {
        "startLine": start_line,
        "startColumn": start,
        "endLine": end_line,
        "endColumn": end,
    }


def _in_units(text: bytes, lines: Lines, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, the column in UTF-16 code units as `columnKind` says."""
    line, column = lines.position(offset)
    before = text[offset - column : offset].decode(errors="replace")
    return line, len(before.encode("utf-16-le")) // 2 + 1
