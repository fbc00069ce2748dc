"""A check whose complaints count only while the compiled files that it loads stand still."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import replace

from checker.engines.run import Run
from checker.interfaces.dependencies import Dependencies, read_dependencies
from checker.interfaces.needed import make_interfaces
from checker.interfaces.stable import MOST_TRIES, Standstill
from checker.report.events import Event, FileDone, ProofDone, Tell
from checker.report.results import FileResult, Message, ProofResult, Verdict

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
        _tell_lost(run, files)

    return check


def steady_alone(engine: Engine, *, by_products: bool) -> Engine:
    """The same for an engine that makes the interfaces itself, and is asked without the ledger.

    `by_products`: it checks what was compiled of a file in the place of its source. Then no verdict
    on a file counts for which that changed.
    """

    async def check(run: Run) -> None:
        dependencies = await read_dependencies(run)
        files = run.files
        told: set[tuple[str, str]] = set()
        for _ in range(MOST_TRIES):
            still = Standstill(run, dependencies, files, own=by_products)
            found = _Filter(run.tell, still, told, strict=by_products)
            await engine(replace(run, files=files, tell=found.tell))
            if not found.disturbed:
                return
            told |= found.told
            await still.wait(found.disturbed)
            files = tuple(file for file in files if file in found.disturbed) or files
        _tell_lost(run, files)

    return check


def _tell_lost(run: Run, files: Iterable[str]) -> None:
    for file in files:
        run.tell(FileDone(FileResult(file, Verdict.LOST, messages=(Message(None, CHANGES),))))


class _Filter:
    """Passes on what counts; of proofs that were good before it does not tell again."""

    def __init__(
        self,
        tell: Tell,
        still: Standstill,
        before: Collection[tuple[str, str]] = (),
        *,
        strict: bool = False,
    ) -> None:
        """`before`: good proofs, with their files; `strict`: good files must stand still too."""
        self._tell = tell
        self._still = still
        self._before = before
        self._strict = strict
        self.told: set[tuple[str, str]] = set()
        self.disturbed: list[str] = []  # files with verdicts that do not count

    def tell(self, event: Event) -> None:
        match event:
            case ProofDone(result) | FileDone(result) if result.file in self.disturbed:
                return
            case ProofDone(result) | FileDone(result) if self._is_disturbed(event, result):
                self.disturbed.append(result.file)
                return
            case ProofDone(result) if result.verdict.is_ok:
                self.told.add((result.file, result.proof))
                if (result.file, result.proof) in self._before:
                    return
            case _:
                pass
        self._tell(event)

    def _is_disturbed(self, event: Event, result: ProofResult | FileResult) -> bool:
        matters = not result.verdict.is_ok or (self._strict and isinstance(event, FileDone))
        return matters and not self._still.holds(result.file)
