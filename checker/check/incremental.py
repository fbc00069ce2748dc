"""Checks what is not known: runs an engine on what the ledger has no valid verdict for."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from checker.check.provisional import Provisional
from checker.check.steady import steady
from checker.document.document import Document
from checker.document.documents import read_documents
from checker.engines.run import Run
from checker.interfaces import hints
from checker.interfaces.dependencies import Dependencies, read_dependencies
from checker.interfaces.hints import Opened
from checker.interfaces.needed import make_interfaces
from checker.knowledge.known import Known
from checker.knowledge.recorder import Memory
from checker.report.events import Event, FileDone, ProofDone
from checker.report.results import FileResult, ProofResult, Verdict
from makegen.base import graph as order
from makegen.base.temporary import temporary_folder

MOST_PASSES = 3  # over a file whose proofs turn out to use other section variables

Engine = Callable[[Run], Awaitable[None]]


async def check(run: Run, engine: Engine, *, recheck: bool) -> None:
    """Check the files of the run; no coqc is started for a file of which all is known.

    Interfaces that are out of date are made first: often they come out as they were.
    """
    run = _marking(run)
    if opened := hints.opened(run):
        await _check_opened(run, engine, opened, recheck=recheck)
    else:
        await _check_files(run, engine, recheck=recheck)


async def _check_opened(
    run: Run, engine: Engine, opened: Mapping[str, Opened], *, recheck: bool
) -> None:
    """Check the files while some interfaces are open; again what rests on one that was wrong."""
    dependencies = await read_dependencies(run)
    needs = {file: frozenset[str]() for file in run.files}
    for interface in opened:
        for file in order.dependents(dependencies.sources, [interface]) & needs.keys():
            needs[file] |= {interface}
    needed = frozenset[str]().union(*needs.values())
    hints.undo(run, [f for f in needed if not _can_be_confirmed(run, f, opened[f])])
    files = run.files
    while files:
        part = replace(run, files=files)
        opened = hints.opened(run)
        provisional = Provisional(part, opened, needs)
        part = replace(part, tell=provisional.tell)
        await _check_files(part, engine, dependencies, recheck=recheck, opened=opened)
        hints.undo(run, provisional.refuted)
        files = tuple(file for file in run.files if needs[file] & provisional.refuted)


def _can_be_confirmed(run: Run, file: str, opened: Opened) -> bool:
    return file in run.files and opened.hints is not None


async def _check_files(
    run: Run,
    engine: Engine,
    dependencies: Dependencies | None = None,
    *,
    recheck: bool,
    opened: Collection[str] = (),
) -> None:
    """Check the files; of those that are `opened`, each proof is told.

    The dependencies are read when they are not given, and a file has to be looked at.
    """
    with temporary_folder() as folder:
        files = run.files if recheck else _tell_settled(run, folder, opened)
        if not files:
            return
        dependencies = dependencies or await read_dependencies(run)
        files = await make_interfaces(replace(run, files=files), dependencies)
        documents = read_documents(run, dependencies, files)
        memory = Memory(run, folder, recheck=recheck)
        await _Check(run, memory, documents).all(steady(engine, dependencies))


def _tell_settled(run: Run, folder: Path, opened: Collection[str]) -> tuple[str, ...]:
    """Tell of the files that are known to be good as they stand; the others."""
    memory = Memory(run, folder)
    others = []
    for file in run.files:
        if file in opened or (proofs := memory.settled(file)) is None:
            others.append(file)
        else:
            run.tell(FileDone(FileResult(file, Verdict.CHECKED), proofs, known=True))
    return tuple(others)


def _marking(run: Run) -> Run:
    """A run like this one, whose good files get their .vok where Coq marks checked files so."""
    if run.toolchain.has_vio:
        return run

    def tell(event: Event) -> None:
        if isinstance(event, FileDone) and event.result.verdict.is_ok:
            run.path(event.result.file).with_suffix(".vok").touch()
        run.tell(event)

    return replace(run, tell=tell)


class _Check:
    """One check: what is known is told when nothing that the run finds out can change it."""

    def __init__(self, run: Run, memory: Memory, documents: dict[str, Document]) -> None:
        self._run = run
        self._memory = memory
        self._documents = documents
        self._known: dict[str, Known] = {}
        self._wrong: dict[str, list[ProofResult]] = {}
        self._told: dict[str, dict[int, Verdict]] = defaultdict(dict)  # of proofs, by file

    async def all(self, engine: Engine) -> None:
        """Check the files; those again whose proofs turn out to use other section variables."""
        files = list(self._documents)
        passes = 0
        while files:
            passes += 1
            believe = passes < MOST_PASSES  # what nothing is taken for granted of cannot be refuted
            todo = {file: known for file in files if (known := self._look_up(file, believe))}
            if todo:
                await engine(replace(self._run, files=tuple(todo), known=todo, tell=self._tell))
            files = [file for file in todo if self._memory.is_refuted(file)]

    def _look_up(self, file: str, believe: bool) -> Known | None:
        """What is known of a file; None when that is all, and told."""
        known = self._memory.known(file, self._documents[file], believe=believe)
        self._wrong[file] = self._memory.wrong(file) if believe else []
        wrong = {result.offset for result in self._wrong[file] if result.offset is not None}
        self._known[file] = known = replace(known, decided=known.good | wrong)
        if not known.is_all_decided:
            return known
        self._tell_known(file)
        verdict = Verdict.WRONG if wrong else Verdict.CHECKED
        result = FileResult(file, verdict)
        self._run.tell(FileDone(result, len(known.document.proofs), known=True))
        return None

    def _tell(self, event: Event) -> None:
        event = self._with_known_errors(event)
        self._memory.tell(event)
        match event:
            case ProofDone(result) if result.offset is not None:
                before = self._told[result.file].get(result.offset)
                if before and (result.verdict.is_ok or not before.is_ok):
                    return
                self._told[result.file][result.offset] = result.verdict
            case FileDone(result):
                if not self._memory.is_refuted(result.file):
                    self._tell_known(result.file)
                    self._run.tell(event)
                return
            case _:
                pass
        self._run.tell(event)

    def _with_known_errors(self, event: Event) -> Event:
        """A file of which all that was run is good is wrong for what is known, and was not run."""
        match event:
            case FileDone(result) if result.verdict.is_ok and self._wrong[result.file]:
                return replace(event, result=replace(result, verdict=Verdict.WRONG))
            case _:
                return event

    def _tell_known(self, file: str) -> None:
        known = self._known[file]
        good = [
            ProofResult(
                file, proof.full_name, Verdict.CHECKED, offset=at, uses=known.uses.get(at, b"")
            )
            for proof in known.document.proofs
            if (at := proof.statement.start) in known.good
        ]
        for result in (*self._wrong[file], *good):
            if result.offset not in self._told[file]:
                self._run.tell(ProofDone(result, known=True))
