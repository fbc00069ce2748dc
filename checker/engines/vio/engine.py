"""The .vio engine (Coq before 8.20): checks the proof tasks of .vio files, or makes .vo of them.

Workers are `coqc -check-vio-tasks N,N F.vio` and `coqc -vio2vo F.vio`, one process a visit to a
file. What coqc says of a wrong proof there is a suspicion only: checker.engines.vio.explain confirms it with
a plain coqc, whose words and positions the user gets.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checker.engines.run import Run
from checker.engines.vio.build import build_missing
from checker.engines.vio.explain import explain
from checker.engines.vio.files import VioFile, VioTask, read_vio_files, why_not
from checker.engines.vio.suspicions import Suspicion, read_suspicions, task_of
from checker.engines.vio.tasks import OPTION, vio_of
from checker.report.events import FileDone, ProofDone, Started
from checker.report.results import FileResult, Message, ProofResult, Verdict
from checker.schedule.schedule import Batch, Task, Visit, plan
from checker.workers.pool import Job, carry_out
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.coq import cutoff

# A part of a visit takes at least as long as loading the file this many times.
LOADS_A_PIECE = 20

__all__ = ["check", "complete", "read_batches", "why_not"]


@dataclass(frozen=True)
class Piece:
    """What one coqc is asked to check: some tasks of a file."""

    file: VioFile
    tasks: tuple[VioTask, ...]


@dataclass(frozen=True)
class Answer:
    """How one coqc answered: CPU seconds, and the tasks that it complains of."""

    seconds: float
    suspected: Mapping[VioTask, Suspicion]


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
    checking = _Checking(run, files)
    checking.begin(files)
    by_name = {file.source: file for file in files}
    jobs = [
        [
            Job(f"{visit.file} ({len(visit.tasks)})", visit.seconds, _piece(by_name, visit))
            for whole in visits
            for visit in pieces(whole)
        ]
        for visits in schedule.workers
    ]
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
    checking = _Checking(run, files)
    by_name = {file.source: file for file in files}
    jobs = [
        [Job(visit.file, visit.seconds, by_name[visit.file]) for visit in visits]
        for visits in schedule.workers
    ]
    await carry_out(jobs, run.tokens, run.tell, checking.complete)


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
    vio = run.path(vio_of(file.source))
    return vo.exists() and vo.stat().st_mtime_ns > cutoff.time_made(vio)


class _Checking:
    """The verdicts of one run as they come in, and what is still to come of each file."""

    def __init__(self, run: Run, files: Sequence[VioFile]) -> None:
        self._run = run
        self._left = Counter({file.source: len(file.tasks) for file in files})
        self._good = {file.source: True for file in files}
        self._wrong: set[str] = set()  # those with a wrong proof

    def begin(self, files: Sequence[VioFile]) -> None:
        """Tell of the files that have no task: all of their proofs were run by `coqc -vio`."""
        for file in files:
            if not file.tasks:
                self._tell_file(file)

    async def check(self, piece: Piece) -> None:
        """Check the tasks of the piece and tell a verdict on each."""
        answer = await self._ask(piece)
        if answer is not None:
            await self._tell_proofs(piece, answer)
        else:
            for task in piece.tasks:
                alone = Piece(piece.file, (task,))
                await self._tell_proofs(alone, await self._ask(alone))
        self._left[piece.file.source] -= len(piece.tasks)
        if not self._left[piece.file.source]:
            self._tell_file(piece.file)

    async def complete(self, file: VioFile) -> None:
        """Make the .vo; of a file that fails all tasks are checked, so that all are reported."""
        vo = self._run.path(file.source).with_suffix(".vo")
        good = False
        try:
            outcome = await run_process(self._run.coqc("-vio2vo", vio_of(file.source)))
            good = outcome.status == 0
        finally:
            if not good:
                vo.unlink(missing_ok=True)
        if good:
            result = FileResult(file.source, Verdict.CHECKED, outcome.cpu_seconds)
            self._run.tell(FileDone(result, file.proofs, file.compile_seconds))
        elif file.tasks:
            await self.check(Piece(file, file.tasks))
            if self._good[file.source]:
                self._tell_lost(file, outcome)
        else:
            self._tell_lost(file, outcome)

    async def _ask(self, piece: Piece) -> Answer | None:
        """Run the tasks; None when coqc ended in a way that does not give each task its verdict."""
        numbers = ",".join(str(task.number) for task in piece.tasks)
        request = self._run.coqc(OPTION, numbers, vio_of(piece.file.source))
        outcome = await run_process(request)
        if outcome.status == 0:
            return Answer(outcome.cpu_seconds, {})
        suspicions = read_suspicions(outcome.output)
        suspected = {task_of(piece.tasks, suspicion): suspicion for suspicion in suspicions}
        if outcome.status != 1 or None in suspected or len(suspected) != len(suspicions):
            return None
        return Answer(outcome.cpu_seconds, {task: s for task, s in suspected.items() if task})

    async def _tell_proofs(self, piece: Piece, answer: Answer | None) -> None:
        if answer is None:
            bad = {task: self._lost(piece.file, task) for task in piece.tasks}
        else:
            bad = await explain(self._run, piece.file, answer.suspected)
        work = sum(task.seconds for task in piece.tasks)
        for task in piece.tasks:
            share = answer.seconds * task.seconds / work if answer else 0.0
            good = ProofResult(piece.file.source, task.name, Verdict.CHECKED, share)
            result = bad.get(task, good)
            self._good[piece.file.source] &= result.verdict.is_ok
            if result.verdict is Verdict.WRONG:
                self._wrong.add(piece.file.source)
            self._run.tell(ProofDone(result, task.seconds))

    def _lost(self, file: VioFile, task: VioTask) -> ProofResult:
        message = Message(None, "coqc was killed or gave no answer, also when run once more")
        numbers = OPTION, str(task.number), vio_of(file.source)
        words = self._run.coqc(*numbers).words
        return ProofResult(file.source, task.name, Verdict.LOST, 0.0, (message,), words)

    def _tell_file(self, file: VioFile) -> None:
        bad = Verdict.WRONG if file.source in self._wrong else Verdict.LOST
        verdict = Verdict.CHECKED if self._good[file.source] else bad
        result = FileResult(file.source, verdict)
        self._run.tell(FileDone(result, file.proofs))

    def _tell_lost(self, file: VioFile, outcome: Outcome) -> None:
        message = Message(None, outcome.output.strip() or "coqc gave no answer")
        result = FileResult(
            file.source, Verdict.LOST, outcome.cpu_seconds, (message,), outcome.words
        )
        self._run.tell(FileDone(result, file.proofs))
