"""The snapshot engine, as the command line sees it."""

import asyncio
import tempfile
from pathlib import Path

from checker.document import Settings, read_document
from checker.report import Started
from checker.run import Run
from checker.schedule import Batch, Task
from checker.snapshot.costs import Costs, Rates
from checker.snapshot.driver import Driver
from checker.snapshot.files import FileRun
from checker.snapshot.probe import opening_of
from checker.snapshot.process import CoqProcess, Ending, Launch
from checker.snapshot.read import script_of
from checker.snapshot.shim import find_shim
from checker.snapshot.split import LEAST_GAIN
from checker.snapshot.variables import SUGGEST
from makegen.errors import MachineError, UserError
from makegen.toolchain import Toolchain


def why_not(toolchain: Toolchain) -> str | None:
    """Why this coqc cannot be driven, in one line; None where it can."""
    try:
        asyncio.run(opening_of(toolchain))
    except MachineError as error:
        return str(error)
    return None


async def check(run: Run, least_gain: float = LEAST_GAIN) -> None:
    """Checks every proof of the run's files, whose dependencies must be compiled (.vos, .vio, .vo).

    `least_gain`: see split.best_cut.
    Raises UserError when that is not so, MachineError when this coqc cannot be driven.
    """
    opening = await opening_of(run.toolchain)
    rates = Rates()
    files = [_file_run(run, file, rates) for file in run.files]
    with tempfile.TemporaryDirectory(prefix="proof-snapshot-") as folder:

        async def launch(file: FileRun) -> CoqProcess | Ending:
            request = run.coqc(*SUGGEST, "-noglob", "-vok", file.script.file)
            return await CoqProcess.start(
                Launch(
                    command=request.words,
                    root=request.folder,
                    source=run.path(file.script.file),
                    environ=request.environ,
                    shim=find_shim(),
                    opening=opening,
                    folder=Path(folder),
                )
            )

        driver = Driver(
            run.tokens, run.tell, launch, run.workers, run.care.proof_timeout, least_gain
        )
        proofs = sum(len(file.wanted) for file in files)
        work = sum(
            file.run_cost(index) for file in files for index in range(len(file.script.steps))
        )
        run.tell(Started(proofs, len(files), run.workers, work, work / run.workers))
        await driver.run(files)


async def complete(run: Run) -> None:
    """Raises UserError: this engine writes no file."""
    del run
    raise UserError("the snapshot engine checks proofs and writes no .vo; run `make` for them")


async def read_batches(run: Run) -> list[Batch]:
    """The proofs of the run's files as the scheduler takes them; loading is all the other text."""
    rates = Rates()
    return [_batch(_file_run(run, file, rates)) for file in run.files]


def _batch(file: FileRun) -> Batch:
    steps = range(len(file.script.steps))
    load = sum(file.pass_cost(index) for index in steps)
    tasks = (
        Task(file.script.file, index, file.run_cost(index))
        for index in steps
        if not file.must_run(index)
    )
    return Batch(file.script.file, load, tuple(tasks))


def _file_run(run: Run, file: str, rates: Rates) -> FileRun:
    source = run.path(file).read_bytes()
    document = read_document(source, Settings.of_arguments(run.project.arguments))
    script = script_of(file, document)
    return FileRun(
        script=script,
        costs=Costs(script, {}, rates),
        rates=rates,
        wanted=frozenset(range(len(script.proofs))),
        command=run.coqc("-vok", file).words,
    )
