"""The .vio engine (Coq before 8.20): checks the proof tasks of .vio files, or makes .vo of them.

Workers are `coqc -check-vio-tasks N,N F.vio` and `coqc -vio2vo F.vio`, one process a visit to a
file. Where one of them fails, however it does, plain coqc says what is wrong with the file
(checker.engines.vio.explain): the user gets its words and positions.
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from checker.document.admitted import give_up, is_harmless
from checker.document.documents import settings_of
from checker.document.reader import read_document
from checker.engines.vio.build import build_missing
from checker.engines.vio.explain import explain, explain_product
from checker.engines.vio.files import VioFile, VioTask, read_vio_files, why_not
from checker.engines.vio.tasks import OPTION, vio_of
from checker.engines.whole_file.plain import accepts, run_copy, telling, warnings_in
from checker.engines.whole_file.wrong_proofs import Findings
from checker.interfaces.freshness import VIO, VO, VOK, VOS, product, time_made
from checker.interfaces.stable import note_completed
from checker.report.events import FileDone, ProofDone, Started
from checker.report.results import FileResult, ProofResult, Verdict
from checker.run.run import Run
from checker.schedule.schedule import Batch, Task, Visit, plan
from checker.workers.pool import Job, carry_out
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.base.temporary import temporary_folder

# A part of a visit takes at least as long as loading the file this many times.
LOADS_A_PIECE = 20

__all__ = ["check", "complete", "read_batches", "why_not"]


@dataclass(frozen=True)
class Piece:
    """What one coqc is asked to check: some tasks of a file."""

    file: VioFile
    tasks: tuple[VioTask, ...]


async def check(run: Run) -> None:
    """Check every proof task of the .vio files of the run's sources; missing ones are made first.

    Raises what build_missing does, MachineError when coqc hides the tasks.
    """
    built = await build_missing(run)
    files = await read_vio_files(run, built.files)
    schedule = plan(batches(files), run.workers)
    tasks = sum(len(file.tasks) for file in files)
    work = sum(visit.seconds for visits in schedule.workers for visit in visits)
    run.tell(Started(tasks, len(files), run.workers, work, schedule.makespan))
    built.tell(run)
    checking = _Checking(run, files, built.printed)
    by_name = {file.source: file for file in files}
    jobs = [
        [
            Job(f"{visit.file} ({len(visit.tasks)})", visit.seconds, _piece(by_name, visit))
            for whole in visits
            for visit in pieces(whole)
        ]
        for visits in schedule.workers
    ]
    without = [Piece(file, ()) for file in files if not file.tasks]
    jobs[0] += [Job(piece.file.source, piece.file.load, piece) for piece in without]
    await carry_out(jobs, run.tokens, run.tell, checking.check)


async def complete(run: Run) -> None:
    """Turn the .vio files of the run's sources into .vo files; missing .vio are made first.

    None is left of a wrong file. Raises what check does.
    """
    built = await build_missing(run)
    for name in set(run.files) - set(built.files):
        run.path(name).with_suffix(".vo").unlink(missing_ok=True)
    files = await read_vio_files(run, built.files)
    stale = [file for file in files if not _is_complete(run, file)]
    whole = [Batch(f.source, f.load, (Task(f.source, 0, f.compile_seconds),)) for f in stale]
    schedule = plan(whole, run.workers)
    proofs = sum(file.proofs for file in files)
    work = sum(visit.seconds for visits in schedule.workers for visit in visits)
    run.tell(Started(proofs, len(files), run.workers, work, schedule.makespan))
    built.tell(run)
    for file in files:
        if file not in stale:
            result = FileResult(file.source, Verdict.CHECKED)
            run.tell(FileDone(result, file.proofs))
    checking = _Checking(run, files, built.printed)
    by_name = {file.source: file for file in files}
    jobs = [
        [Job(visit.file, visit.seconds, by_name[visit.file]) for visit in visits]
        for visits in schedule.workers
    ]
    with temporary_folder() as folder:
        begun = folder.stat().st_mtime_ns
        await carry_out(jobs, run.tokens, run.tell, checking.complete)
    for file in files if stale else ():
        _give_time(run, file.source, begun)


def _give_time(run: Run, file: str, modified: int) -> None:
    """One time for all, or make would do those again that were done before what they need.

    It is that before they were made, so that a source that was edited meanwhile is newer.
    """
    for suffix in (VO, VOS, VOK):
        path = run.path(product(file, suffix))
        if path.exists() and (suffix == VO or not path.stat().st_size):
            os.utime(path, ns=(modified, modified))


async def read_batches(run: Run) -> list[Batch]:
    """The tasks of the run's .vio files as the scheduler takes them; raises what check does."""
    built = await build_missing(run)
    built.tell(run)
    return batches(await read_vio_files(run, built.files))


def batches(files: Sequence[VioFile]) -> list[Batch]:
    """The tasks of the files as the scheduler takes them."""
    return [
        Batch(
            file.source,
            file.load,
            tuple(Task(file.source, task.number, task.seconds) for task in file.tasks),
        )
        for file in files
    ]


def pieces(visit: Visit) -> list[Visit]:
    """The visit, cut into parts that idle workers can take: a half, a quarter, an eighth, ...

    So few parts are made, whatever the unit of the predictions turns out to be, and little is
    left when it matters. None is shorter than loading the file is worth.
    """
    cut: list[Visit] = []
    part: list[Task] = []
    least = LOADS_A_PIECE * visit.load
    left = sum(task.seconds for task in visit.tasks)
    filled = 0.0
    for task in visit.tasks:
        part.append(task)
        filled += task.seconds
        if filled >= max(left / 2, least) and left - filled >= least:
            cut.append(Visit(visit.file, visit.load, tuple(part)))
            part, left, filled = [], left - filled, 0.0
    return [*cut, Visit(visit.file, visit.load, tuple(part))]


def _piece(files: dict[str, VioFile], visit: Visit) -> Piece:
    file = files[visit.file]
    numbers = {task.number for task in visit.tasks}
    return Piece(file, tuple(task for task in file.tasks if task.number in numbers))


def _is_complete(run: Run, file: VioFile) -> bool:
    """Whether the .vo is already that of the .vio and of the source."""
    vo = run.path(file.source).with_suffix(".vo")
    return vo.exists() and vo.stat().st_mtime_ns > time_made(run, file.source, VIO)


class _Checking:
    """The verdicts of one run as they come in, and what is still to come of each file."""

    def __init__(self, run: Run, files: Sequence[VioFile], printed: Mapping[str, str]) -> None:
        """`printed`: by source, what coqc printed when it made the .vio."""
        self._run = run
        self._printed = {file.source: [printed.get(file.source, "")] for file in files}
        self._left = Counter({file.source: len(file.tasks) for file in files})
        self._failed: set[str] = set()  # files of which coqc did not take some tasks

    async def check(self, piece: Piece) -> None:
        """Check the tasks of the piece; the last one of a file tells the verdict on the file."""
        file = piece.file
        if piece.tasks and file.source not in self._failed:  # else plain coqc will run them all
            await self._run_tasks(piece)
        self._left[file.source] -= len(piece.tasks)
        if self._left[file.source]:
            return
        if file.source in self._failed:
            self._tell(await explain(self._run, file.source, file.proofs))
        else:
            self._tell(await self._with_commands(file))

    async def complete(self, file: VioFile) -> None:
        """Make the .vo; of a file that fails, all is reported that is wrong with it."""
        vo = self._run.path(file.source).with_suffix(".vo")
        good = False
        try:
            outcome = await self._coqc(file, "-vio2vo", vio_of(file.source))
            note_completed(self._run, file.source)
            if accepts(outcome):
                findings = await self._with_commands(file)
            else:
                findings = await explain_product(self._run, file.source, outcome)
            good = findings.file.verdict.is_ok
        finally:
            if not good:
                vo.unlink(missing_ok=True)
            note_completed(self._run, file.source)
        self._tell(findings, file.compile_seconds)

    async def _with_commands(self, file: VioFile) -> Findings:
        """What is wrong with a file whose proofs are good: commands that `coqc -vio` passed over.

        Proofs that nothing depends on are not run again to find out whether there is anything.
        """
        if file.passed_over:
            document = read_document(
                self._run.path(file.source).read_bytes(), settings_of(self._run)
            )
            text = give_up(document, filter(is_harmless, document.proofs))
            if not accepts(await run_copy(self._run, file.source, text, telling(text))):
                return await explain(self._run, file.source, file.proofs)
        return Findings((), FileResult(file.source, Verdict.CHECKED), file.proofs)

    async def _run_tasks(self, piece: Piece) -> None:
        """Tell of the tasks that they are good, or take note that coqc failed."""
        source = piece.file.source
        numbers = ",".join(str(task.number) for task in piece.tasks)
        outcome = await self._coqc(piece.file, OPTION, numbers, vio_of(source))
        if not accepts(outcome):
            self._failed.add(source)
            return
        work = sum(task.seconds for task in piece.tasks)
        for task in piece.tasks:
            share = outcome.cpu_seconds * task.seconds / work
            self._run.tell(
                ProofDone(ProofResult(source, task.name, Verdict.CHECKED, share), task.seconds)
            )

    async def _coqc(self, file: VioFile, *words: str) -> Outcome:
        text = self._run.path(file.source).read_bytes()
        outcome = await run_process(self._run.coqc(*telling(text), *words))
        if accepts(outcome):  # else plain coqc will print it again
            self._printed[file.source].append(outcome.output)
        return outcome

    def _tell(self, findings: Findings, predicted: float = 0.0) -> None:
        for result in findings.wrong:
            self._run.tell(ProofDone(result))
        file = findings.file
        printed = [warnings_in(file.file, output) for output in self._printed[file.file]]
        warnings = (*chain.from_iterable(printed), *file.warnings)
        told = replace(file, warnings=tuple(dict.fromkeys(warnings)))
        self._run.tell(FileDone(told, findings.proofs, predicted))
