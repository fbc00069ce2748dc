"""The snapshot engine, as the command line sees it."""

import asyncio
from collections.abc import Callable, Iterable

from checker.document.documents import read_documents
from checker.document.proof_using import SUGGEST
from checker.engines.run import Run
from checker.engines.snapshot.confirm import confirmed
from checker.engines.snapshot.driver import Driver, Launcher
from checker.engines.snapshot.files import FileRun, Job
from checker.engines.snapshot.probe import opening_of
from checker.engines.snapshot.process import CoqProcess, Ending, Launch
from checker.engines.snapshot.records import read_files, remember
from checker.engines.snapshot.resident import limit
from checker.engines.snapshot.split import LEAST_GAIN
from checker.interfaces.dependencies import Dependencies, read_dependencies
from checker.interfaces.needed import make_interfaces
from checker.knowledge.known import Known
from checker.report.events import Started
from checker.schedule.schedule import Batch, Task, plan
from checker.shim.loader import Private, private_folder
from makegen.base.errors import MachineError
from makegen.coq.toolchain import Toolchain


def why_not(toolchain: Toolchain) -> str | None:
    """Why this coqc cannot be driven, in one line; None where it can."""
    try:
        asyncio.run(opening_of(toolchain))
    except MachineError as error:
        return str(error)
    return None


Parts = Callable[[FileRun], Iterable[Job]]  # the jobs of a file to begin with


def whole(file: FileRun) -> Iterable[Job]:
    """The whole file by one worker, until another one is idle."""
    return (Job(file, 0, file.needed),)


async def check(run: Run, least_gain: float = LEAST_GAIN, parts: Parts = whole) -> None:
    """Checks every proof of the run's files; `least_gain`: see split.best_cut.

    Raises UserError when sources need each other in a circle, MachineError when coqdep fails or
    this coqc cannot be driven.
    """
    opening = await opening_of(run.toolchain)
    files = await _ready_files(run)
    proofs = sum(len(file.wanted) for file in files)
    batches = [_batch(file) for file in files]
    schedule = plan(batches, run.workers)
    work = sum(batch.load + batch.seconds for batch in batches)
    run.tell(Started(proofs, len(files), run.workers, work, schedule.makespan))
    with private_folder() as private:
        launch = _launcher(run, opening, private)
        try:
            async with confirmed(run, files) as tell:
                driver = Driver(
                    run.tokens,
                    tell,
                    launch,
                    run.workers,
                    run.care,
                    max(least_gain, run.care.threshold) if least_gain > 0 else least_gain,
                    limit(run.care.memory),
                )
                await driver.run(job for file in files for job in parts(file))
        finally:
            remember(run, files)


async def _ready_files(run: Run) -> list[FileRun]:
    """The files whose interfaces are there; of the others it is told why not."""
    if run.known:  # the ledger has looked after the interfaces
        return read_files(run, {file: run.known[file] for file in run.files})
    dependencies = await read_dependencies(run)
    checkable = await make_interfaces(run, dependencies)
    return read_files(run, _nothing_known(run, dependencies, checkable))


def _nothing_known(
    run: Run, dependencies: Dependencies, files: tuple[str, ...]
) -> dict[str, Known]:
    documents = read_documents(run, dependencies, files)
    return {file: Known(document) for file, document in documents.items()}


async def read_batches(run: Run) -> list[Batch]:
    """The proofs of the run's files as the scheduler takes them; loading is all the other text."""
    known = _nothing_known(run, await read_dependencies(run), run.files)
    return [_batch(file) for file in read_files(run, known)]


def _launcher(run: Run, opening: int, private: Private) -> Launcher:
    async def launch(file: FileRun) -> CoqProcess | Ending:
        # Not -noglob: coqc hands it on to the workers of `par:`, which do not know it (8.16, 8.20).
        request = run.coqc(*SUGGEST, "-vok", file.script.file)
        return await CoqProcess.start(
            Launch(
                command=request.words,
                root=request.folder,
                source=run.path(file.script.file),
                environ=request.environ,
                shim=private.shim,
                opening=opening,
                folder=private.folder,
                opened=file.opened,
            )
        )

    return launch


def _batch(file: FileRun) -> Batch:
    steps = range(len(file.script.steps))
    load = sum(file.pass_cost(index) for index in steps)
    tasks = (
        Task(file.script.file, index, file.run_cost(index))
        for index in steps
        if not file.must_run(index)
    )
    return Batch(file.script.file, load, tuple(tasks))
