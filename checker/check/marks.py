"""F.vok beside F.v says that F is good; make and coqc know it by its time."""

import contextlib
import dataclasses
from collections.abc import Iterator

from checker.engines.run import Run
from checker.interfaces.freshness import VOK, product
from checker.report.events import Count, Event, FileDone


@contextlib.contextmanager
def marking(run: Run) -> Iterator[Run]:
    """A run like this one, whose good files get their .vok; when it has ended, no others have one.

    A source that changes meanwhile is not marked, also when the run is given up.
    """
    count = Count()
    before = {file: _time(run, file) for file in run.files}

    def tell(event: Event) -> None:
        count.tell(event)
        if isinstance(event, FileDone) and event.result.verdict.is_ok:
            file = event.result.file
            _mark(run, file, before.get(file))
        run.tell(event)

    yield dataclasses.replace(run, tell=tell)
    for file, time in before.items():
        verdict = count.files.get(file)
        _mark(run, file, time if verdict and verdict.is_ok else None)


def _mark(run: Run, file: str, time: int | None) -> None:
    """Mark the file if its source is as old as that; else it has no mark."""
    mark = run.path(product(file, VOK))
    if time is not None and _time(run, file) == time:
        mark.touch()
        if _time(run, file) == time:
            return  # who edits it from now on makes it newer than the mark
    mark.unlink(missing_ok=True)


def _time(run: Run, file: str) -> int | None:
    path = run.path(file)
    return path.stat().st_mtime_ns if path.exists() else None
