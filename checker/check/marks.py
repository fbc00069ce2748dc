"""F.vok beside F.v says that F is good; make and coqc know it by its time."""

import contextlib
import dataclasses
from collections.abc import Iterator

from checker.engines.run import Run
from checker.interfaces.freshness import VOK, product
from checker.report.events import Count, Event


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
        mark = run.path(product(file, VOK))
        verdict = count.files.get(file)
        if verdict and verdict.is_ok and _time(run, file) == time:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)


def _time(run: Run, file: str) -> int:
    return run.path(file).stat().st_mtime_ns
