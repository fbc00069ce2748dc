"""F.vok beside F.v says that F is good; make and coqc know it by its time."""

import contextlib
import dataclasses
from collections.abc import Iterator

from checker.engines.run import Run
from checker.interfaces.freshness import VOK, product
from checker.report.events import Count, Event, Note


@contextlib.contextmanager
def marking(run: Run) -> Iterator[Run]:
    """A run like this one; when it has ended, its good files have their .vok, and no others.

    A source that changes meanwhile is not marked, and nothing is when the run is given up.
    """
    count = Count()
    before = {file: _time(run, file) for file in run.files}

    def tell(event: Event) -> None:
        count.tell(event)
        run.tell(event)

    yield dataclasses.replace(run, tell=tell)
    for file, time in before.items():
        verdict = count.files.get(file)
        is_good = verdict is not None and verdict.is_ok and _time(run, file) == time
        set_mark(run, file, is_good=is_good)


def set_mark(run: Run, file: str, *, is_good: bool) -> None:
    """Leave a good file its .vok, and any other none; a verdict stands also where that fails."""
    mark = run.path(product(file, VOK))
    try:
        if is_good:
            mark.touch()
        elif mark.exists():
            mark.unlink()
    except OSError as error:
        words = f"no .vok can be written or removed ({error.strerror}); the verdicts stand"
        run.tell(Note(f"proof-checker: warning: {words}"))


def _time(run: Run, file: str) -> int:
    """0 for a file that is gone."""
    try:
        return run.path(file).stat().st_mtime_ns
    except FileNotFoundError:
        return 0
