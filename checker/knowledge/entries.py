"""Results of proofs <-> the entries of the ledger that they are kept in.

Of a wrong proof coqc's complaint is kept, with lines counted from the statement of its proof, so
that it can be shown at its place wherever the proof stands by then.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from checker.document.section_variables import is_stand_in
from checker.knowledge.records import read_seconds, read_text
from checker.knowledge.source import Source
from checker.knowledge.store import Entry
from checker.report.results import Message, Position, ProofResult, Verdict


def entry_of(source: Source, result: ProofResult) -> Entry | None:
    """How a result is kept, if it is: good, or wrong in coqc's own words at their place.

    What was checked after something was left out of the file says nothing of the whole file.
    """
    assert result.offset is not None, "it is known which proof"
    key = source.key_of.get(result.offset)
    is_told = result.uses or not source.proofs[result.offset].needs_variables
    if key is None or not is_told or result.after_error:
        return None
    if result.verdict is Verdict.CHECKED:
        uses = result.uses.decode()
        verdict, seconds, memory = result.verdict.value, result.seconds, result.memory
        return Entry(key, verdict, seconds, memory, uses=uses, host=result.host)
    if result.verdict is not Verdict.WRONG or any(message.note for message in result.messages):
        return None
    first_line, _ = source.lines.position(result.offset)
    messages = []
    for message in result.messages:
        if message.position is None:
            return None
        place = replace(message.position, line=message.position.line - first_line)
        messages.append(replace(message, position=place))
    return Entry(
        source.wrong_key(result.offset),
        result.verdict.value,
        result.seconds,
        result.memory,
        _written(messages),
        host=result.host,
    )


def wrong_result(source: Source, at: int, entry: Entry) -> ProofResult | None:
    """A kept complaint, at its place in the source as it is now; None: it cannot be read."""
    kept = _read(entry.messages)
    if kept is None:
        return None
    first_line, _ = source.lines.position(at)
    messages = []
    for message in kept:
        assert message.position is not None, "each has one"
        line = message.position.line + first_line
        place = replace(message.position, file=source.name, line=line)
        messages.append(replace(message, position=place))
    return ProofResult(
        file=source.name,
        proof=source.proofs[at].full_name,
        verdict=Verdict.WRONG,
        seconds=entry.seconds,
        messages=tuple(messages),
        offset=at,
    )


def read_entry(fields: Mapping[str, Any]) -> Entry:
    """An entry that was exported; raises TypeError or ValueError where it is none."""
    entry = Entry(**fields)
    for kept in (entry.key, entry.verdict, entry.messages, entry.uses, entry.host):
        read_text(kept)
    if entry.uses and not is_stand_in(entry.uses):
        raise ValueError(f"{entry.uses!r} says nothing of section variables")
    return replace(entry, seconds=read_seconds(entry.seconds), memory=int(entry.memory))


def _written(messages: Sequence[Message]) -> str:
    return json.dumps([asdict(message) for message in messages])


def _read(kept: str) -> list[Message] | None:
    try:
        return [_message(one) for one in json.loads(kept)]
    except (ValueError, LookupError, TypeError):
        return None


def _message(kept: Any) -> Message:
    place = kept["position"]
    line, start, end = (int(place[name]) for name in ("line", "start", "end"))
    return Message(Position(read_text(place["file"]), line, start, end), read_text(kept["text"]))
