"""What is wrong as SARIF 2.1.0, which GitHub's and others' code scanning shows."""

from os.path import normpath
from typing import Any
from urllib.parse import quote

from checker.document.sentences import Lines
from checker.report.formats.overview import FileRow, Overview, every_message
from checker.report.results import Message, Position, Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULES = {
    Verdict.WRONG: "coqc rejects it.",
    Verdict.TIMEOUT: "It was stopped at the limit of --proof-timeout.",
    Verdict.LOST: "The machine failed, so there is no verdict.",
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
                "results": [found for file in overview.files for found in _results(file)],
            }
        ],
    }


def _driver(version: str) -> dict[str, Any]:
    rules = [{"id": v.name.lower(), "shortDescription": {"text": t}} for v, t in RULES.items()]
    return {"name": "proof-checker", "version": version, "rules": rules}


def _results(file: FileRow) -> list[dict[str, Any]]:
    verdicts = {row.name: row.verdict for row in file.proofs}
    found = [
        _result(proof, message, verdicts.get(proof, file.result.verdict), file)
        for proof, message in every_message(file)
    ]
    return [result for result in found if result["ruleId"] in {v.name.lower() for v in RULES}]


def _result(proof: str, message: Message, verdict: Verdict, file: FileRow) -> dict[str, Any]:
    place = message.position
    text = "\n".join(filter(None, (message.text, message.note)))
    logical = {"logicalLocations": [{"name": proof, "kind": "function"}]} if proof else {}
    return {
        "ruleId": verdict.name.lower(),
        "level": "error",
        "message": {"text": text},
        "locations": [{"physicalLocation": _physical(place, file), **logical}],
    }


def _physical(place: Position | None, file: FileRow) -> dict[str, Any]:
    name = place.file if place else file.result.file
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
