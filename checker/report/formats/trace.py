"""A run as Chrome trace events, which Perfetto and chrome://tracing show.

The format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. Times
are in microseconds from the beginning of the run.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from checker.report.recording import Recording
from checker.report.work import Work, Worked

PROCESS = 1
OF_NOBODY = 0  # the row of what no worker does; those of workers are numbered from 1


def trace(recording: Recording) -> dict[str, Any]:
    """In plain values.

    A row a worker, on which nothing overlaps. What may overlap is told as asynchronous events: each
    file as a whole, and what no worker does (coqdep, plain coqc, waits for a token). `cpu` is in
    seconds.
    """
    events = [*_names(recording), *_work(recording), *_counters(recording)]
    return {"traceEvents": events, "displayTimeUnit": "ms"}


def _names(recording: Recording) -> Iterator[dict[str, Any]]:
    yield _meta("process_name", OF_NOBODY, name="proof-checker")
    for worker, _ in recording.rows():
        yield _meta("thread_name", worker + 1, name=f"worker {worker + 1}")
        yield _meta("thread_sort_index", worker + 1, sort_index=worker + 1)


def _meta(what: str, row: int, **values: Any) -> dict[str, Any]:
    return {"ph": "M", "name": what, "pid": PROCESS, "tid": row, "args": values}


def _work(recording: Recording) -> Iterator[dict[str, Any]]:
    for worker, pieces in recording.rows():
        for piece in pieces:
            span = {"ph": "X", "tid": worker + 1, "dur": _micros(piece.seconds)}
            yield {**_piece(recording, piece), **span}
    others = [piece for piece in recording.work if piece.worker is None]
    for number, piece in enumerate([*_files(recording), *others]):
        same = {**_piece(recording, piece), "tid": OF_NOBODY, "id": number}
        yield {**same, "ph": "b"}
        yield {**same, "ph": "e", "ts": _micros(piece.ended - recording.began)}


def _files(recording: Recording) -> Iterator[Worked]:
    """Each file from when its turn came to when the last worker had done with it."""
    spans: dict[str, tuple[float, float]] = {}
    for piece in recording.work:
        if piece.worker is not None and piece.work is not Work.HEAD:
            begun, ended = spans.get(piece.file, (piece.begun, piece.ended))
            spans[piece.file] = (min(begun, piece.begun), max(ended, piece.ended))
    for file, (begun, ended) in spans.items():
        yield Worked(Work.FILE, None, file, "", begun, ended)


def _piece(recording: Recording, piece: Worked) -> dict[str, Any]:
    known = {"file": piece.file, "proof": piece.name, "cpu": piece.cpu}
    return {
        "name": piece.name or f"{piece.work.value} {piece.file}".rstrip(),
        "cat": piece.work.value,
        "pid": PROCESS,
        "ts": _micros(piece.begun - recording.began),
        "args": {name: value for name, value in known.items() if value not in ("", None)},
    }


def _counters(recording: Recording) -> Iterator[dict[str, Any]]:
    yield from _counter(recording, "workers", recording.busy)
    megabytes = ((at, round(used / 2**20)) for at, used in recording.memory)
    yield from _counter(recording, "memory (MB)", megabytes)


def _counter(
    recording: Recording, name: str, values: Iterable[tuple[float, int]]
) -> Iterator[dict[str, Any]]:
    for at, value in values:
        ts = _micros(at - recording.began)
        yield {"ph": "C", "name": name, "pid": PROCESS, "ts": ts, "args": {name: value}}


def _micros(seconds: float) -> int:
    return round(seconds * 1e6)
