"""A check whose complaints count only while the compiled files that it loads stand still."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from checker.engines.run import Run
from checker.interfaces.dependencies import Dependencies
from checker.interfaces.needed import make_interfaces
from checker.interfaces.stable import MOST_TRIES, Standstill
from checker.report.events import Event, FileDone, ProofDone, Tell
from checker.report.results import FileResult, Message, Verdict

CHANGES = "what the file loads is made anew all the time; let the other make end, and check again"

Engine = Callable[[Run], Awaitable[None]]


def steady(engine: Engine, dependencies: Dependencies) -> Engine:
    """An engine that runs a file again whose complaints came while something changed that it loads.

    Of such a file nothing more is told in that run; what was checked before is told again.
    """

    async def check(run: Run) -> None:
        files = run.files
        for _ in range(MOST_TRIES):
            still = Standstill(run, dependencies, files)
            found = _Filter(run.tell, still)
            await engine(replace(run, files=files, tell=found.tell))
            if not found.disturbed:
                return
            await still.wait(found.disturbed)
            part = replace(run, files=tuple(found.disturbed))
            files = await make_interfaces(part, dependencies)
        for file in files:
            run.tell(FileDone(FileResult(file, Verdict.LOST, messages=(Message(None, CHANGES),))))

    return check


class _Filter:
    """Passes on what counts."""

    def __init__(self, tell: Tell, still: Standstill) -> None:
        self._tell = tell
        self._still = still
        self.disturbed: list[str] = []  # files with complaints that do not count

    def tell(self, event: Event) -> None:
        match event:
            case ProofDone(result) | FileDone(result):
                if result.file in self.disturbed:
                    return
                if not result.verdict.is_ok and not self._still.holds(result.file):
                    self.disturbed.append(result.file)
                    return
            case _:
                pass
        self._tell(event)
