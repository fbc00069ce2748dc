"""Checks what is not known: runs an engine on what the ledger has no valid verdict for."""

import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from checker.dependencies import read_dependencies
from checker.document import Document
from checker.documents import read_documents
from checker.known import Known
from checker.memory import Memory
from checker.report import Event, FileDone, ProofDone
from checker.results import FileResult, ProofResult, Verdict
from checker.run import Run

Engine = Callable[[Run], Awaitable[None]]


async def check(run: Run, engine: Engine, *, recheck: bool) -> None:
    """Check the files of the run; no coqc is started for a file of which all is known."""
    with tempfile.TemporaryDirectory(prefix="proof-checker-") as folder:
        await _Check(run, Memory(run, Path(folder), recheck=recheck)).all(engine)


class _Check:
    """One check: what is known is told when nothing that the run finds out can change it."""

    def __init__(self, run: Run, memory: Memory) -> None:
        self._run = run
        self._memory = memory
        self._known: dict[str, Known] = {}
        self._wrong: dict[str, list[ProofResult]] = {}
        self._told: dict[str, set[int]] = defaultdict(set)  # proofs, by file

    async def all(self, engine: Engine) -> None:
        """Check the files; those again whose proofs turn out to use other section variables."""
        files = [file for file in self._run.files if not self._is_settled(file)]
        if not files:
            return
        dependencies = await read_dependencies(self._run)
        documents = read_documents(self._run, dependencies, files)
        while files:
            todo = {f: known for f in files if (known := self._look_up(f, documents[f]))}
            if todo:
                await engine(replace(self._run, files=tuple(todo), known=todo, tell=self._tell))
            files = [file for file in todo if self._memory.is_refuted(file)]

    def _is_settled(self, file: str) -> bool:
        """Whether the file as it stands is known to be good; that is then told."""
        proofs = self._memory.settled(file)
        if proofs is None:
            return False
        self._tell_file(FileDone(FileResult(file, Verdict.CHECKED), proofs, known=True))
        return True

    def _look_up(self, file: str, document: Document) -> Known | None:
        """What is known of a file; None when that is all, and told."""
        known = self._memory.known(file, document)
        self._wrong[file] = self._memory.wrong(file)
        wrong = {result.offset for result in self._wrong[file] if result.offset is not None}
        self._known[file] = known = replace(known, decided=known.good | wrong)
        if not known.is_all_decided:
            return known
        self._tell_known(file)
        verdict = Verdict.WRONG if wrong else Verdict.CHECKED
        result = FileResult(file, verdict)
        self._tell_file(FileDone(result, self._untold(file, known.decided), known=True))
        return None

    def _untold(self, file: str, decided: frozenset[int]) -> int:
        """How many proofs of the file have no verdict of their own: they go with the file."""
        told = decided | self._told[file]
        starts = (proof.statement.start for proof in self._known[file].document.proofs)
        return sum(start not in told for start in starts)

    def _tell(self, event: Event) -> None:
        self._memory.tell(event)
        match event:
            case ProofDone(result) if result.offset is not None:
                if result.offset in self._told[result.file]:
                    return
                self._told[result.file].add(result.offset)
            case FileDone(result):
                if not self._memory.is_refuted(result.file):
                    self._tell_known(result.file)
                    proofs = self._untold(result.file, self._known[result.file].decided)
                    self._tell_file(replace(event, proofs=proofs if result.verdict.is_ok else 0))
                return
            case _:
                pass
        self._run.tell(event)

    def _tell_file(self, event: FileDone) -> None:
        """Tell of a file; a good one gets its .vok where that is how Coq marks checked files."""
        if event.result.verdict.is_ok and not self._run.toolchain.has_vio:
            self._run.path(event.result.file).with_suffix(".vok").touch()
        self._run.tell(event)

    def _tell_known(self, file: str) -> None:
        known = self._known[file]
        good = [
            ProofResult(file, proof.full_name, Verdict.CHECKED, offset=proof.statement.start)
            for proof in known.document.proofs
            if proof.statement.start in known.good
        ]
        for result in (*self._wrong[file], *good):
            if result.offset not in self._told[file]:
                self._run.tell(ProofDone(result, known=True))
