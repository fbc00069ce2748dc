"""Files that cannot be checked over interfaces: plain coqc checks them over real .vo files.

A .vos (.vio) has no proofs in it. A command that reads one of another file (Print, Extraction,
those of some plugins) fails there, and works as soon as the .vo is loaded. And of some good files
coqc makes no interface. So what is told against such a file is held back, as is that files which
need it were not tried: they are compiled in a mirror of the project, where only .vo are loaded.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from pathlib import Path
from shutil import copystat

from checker.engines.whole_file import engine as vok
from checker.interfaces.freshness import VO, product, stale
from checker.knowledge.store import Ledger
from checker.report.events import (
    Event,
    FileDone,
    Note,
    NotTried,
    ProofDone,
    WorkerBusy,
    WorkerIdle,
    tell_not_tried,
)
from checker.report.messages import is_about_interfaces
from checker.report.results import FileResult, Message, ProofResult, Verdict
from checker.report.work import Worked
from checker.run.mirror import Mirror
from checker.run.run import Run
from makegen.base import graph as order
from makegen.base.errors import UserError
from makegen.base.temporary import temporary_folder
from makegen.coq.dependencies import Dependencies, closure, read_dependencies

Engine = Callable[[Run], Awaitable[None]]

SLOW = "checked as make does it, over .vo files: what they need cannot be loaded from interfaces"
NEEDS_MAKE = "this cannot be checked over interfaces: run make, then check again"
MOST_NAMES = 3
STOPPED = (Verdict.WRONG, Verdict.TIMEOUT)  # what needs such a file is not tried


async def check(run: Run, engine: Engine) -> None:
    """Check the run's files with an engine, those that it cannot check as coqc and make do."""
    found = _Findings(run)
    await engine(replace(run, tell=found.tell))
    if files := await found.open_files():
        await _compile_in_mirror(replace(run, tell=found.tell_compiled), files)


async def complete(run: Run, engine: Engine) -> None:
    """Make the .vo files with an engine, those that it cannot make as coqc and make do."""
    found = _Findings(run)
    await engine(replace(run, tell=found.tell))
    if files := await found.open_files():
        await vok.complete(replace(run, files=files, tell=found.tell_compiled))


class _Findings:
    """What an engine tells, without what may be due to interfaces alone."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._open: set[str] = set()  # files with a complaint that is about interfaces
        self._files: dict[str, Verdict] = {}  # the others
        self._wrong: set[tuple[str, str]] = set()
        self._doubtful: list[ProofDone] = []  # in files of which not all is told
        self._not_tried: dict[str, str] = {}  # for a file, the one to be mended
        self._lost: set[str] = set()  # causes that are not known to be wrong

    def tell(self, event: Event) -> None:
        """Pass the event on, unless it has to wait for `open_files`."""
        match event:
            case ProofDone(result) | FileDone(result) if _is_about_interfaces(result):
                self._open.add(result.file)
            case ProofDone(result) if result.file in self._open and not result.verdict.is_ok:
                pass
            case ProofDone(result) if _may_follow_from_another(result):
                self._doubtful.append(event)
            case ProofDone(result):
                self._tell_proof(event)
            case FileDone(result) if result.file in self._open:
                pass
            case FileDone(result) if result.verdict is Verdict.SKIPPED:
                self._not_tried[result.file] = event.cause
            case NotTried(cause, is_lost=True):
                self._lost.add(cause)
            case NotTried():
                pass
            case FileDone(result) if self._is_lost_interface(result):
                pass
            case FileDone(result):
                self._files[result.file] = result.verdict
                self._tell_doubtful(result.file)
                self._run.tell(event)
            case _:
                self._run.tell(event)

    async def open_files(self) -> tuple[str, ...]:
        """The files on which there is no verdict yet; that others were not tried is told now.

        Those are the files that are complained of, and those not tried that need no wrong one.
        """
        if not (self._open or self._not_tried):
            return ()
        dependencies = await read_dependencies(self._run)
        bad = {file for file, verdict in self._files.items() if verdict in STOPPED}
        bad |= order.dependents(dependencies.sources, bad)
        blocked = {file: cause for file, cause in self._not_tried.items() if file in bad}
        self._open |= self._not_tried.keys() - bad
        tell_not_tried(self._run.tell, blocked, self._lost)
        files = tuple(file for file in dependencies.sources if file in self._open)
        if files:
            more = f" and {len(files) - MOST_NAMES} more" if len(files) > MOST_NAMES else ""
            self._run.tell(Note(f"{', '.join(files[:MOST_NAMES])}{more}: {SLOW}"))
        return files

    def tell_compiled(self, event: Event) -> None:
        """Pass on what is found out about the open files, and which others are wrong."""
        match event:
            case ProofDone(result) if self._is_news(result):
                self._tell_proof(event)
            case FileDone(result) if self._is_news(result):
                self._run.tell(event)
            case NotTried(files=files) if asked := tuple(f for f in files if f in self._open):
                self._run.tell(replace(event, files=asked))
            case WorkerBusy() | WorkerIdle() | Worked():
                self._run.tell(event)
            case _:
                pass

    def _is_lost_interface(self, result: FileResult) -> bool:
        return result.verdict is Verdict.LOST and result.file not in self._run.files

    def _is_news(self, result: ProofResult | FileResult) -> bool:
        if isinstance(result, ProofResult) and (result.file, result.proof) in self._wrong:
            return False
        if result.file in self._run.files:
            return result.file in self._open
        return result.verdict is Verdict.WRONG and result.file not in self._files

    def _tell_proof(self, event: ProofDone) -> None:
        if not event.result.verdict.is_ok:
            self._wrong.add((event.result.file, event.result.proof))
        self._run.tell(event)

    def _tell_doubtful(self, file: str) -> None:
        for event in self._doubtful:
            if event.result.file == file:
                self._tell_proof(event)
        self._doubtful = [event for event in self._doubtful if event.result.file != file]


def _is_about_interfaces(result: ProofResult | FileResult) -> bool:
    return any(map(is_about_interfaces, result.messages))


def _may_follow_from_another(result: ProofResult) -> bool:
    is_doubtful = any(message.note for message in result.messages)
    return is_doubtful or result.verdict is Verdict.SKIPPED


async def _compile_in_mirror(run: Run, files: tuple[str, ...]) -> None:
    """Compile the files, and what they need, without touching the user's compiled files."""
    dependencies = await read_dependencies(run)
    with temporary_folder() as folder, Ledger(None) as ledger:
        try:
            copy = Mirror(run, folder).run
        except UserError:  # a source outside the project's root cannot be copied
            for file in files:
                lost = FileResult(file, Verdict.LOST, messages=(Message(None, NEEDS_MAKE),))
                run.tell(FileDone(lost))
            return
        _lend(run, dependencies, folder, closure(dependencies, files), files)
        await vok.complete(replace(copy, files=files, ledger=ledger))


def _lend(
    run: Run, dependencies: Dependencies, folder: Path, files: Collection[str], but: Collection[str]
) -> None:
    """Link the .vo of these files that are up to date, with the times of their sources."""
    out_of_date = {*stale(run, dependencies, files, VO), *but}
    for file in files:
        copystat(run.path(file), folder / file)
        if file not in out_of_date:
            (folder / product(file, VO)).symlink_to(run.path(product(file, VO)))
