"""The snapshot engine, as the command line sees it."""

import asyncio
import contextlib
import re
from functools import partial

from checker.engines.snapshot.coqc.memory import Memory, limit
from checker.engines.snapshot.coqc.probe import opening_of
from checker.engines.snapshot.crew import HeadStart
from checker.engines.snapshot.driver import Driver
from checker.engines.snapshot.file.file_run import FileRun, Product
from checker.engines.snapshot.file.job import Job, making_pass
from checker.engines.snapshot.file.records import expected_seconds, file_run, remember
from checker.engines.snapshot.launches import Launches
from checker.engines.snapshot.queue import outlook
from checker.engines.snapshot.steps.costs import Rates
from checker.knowledge.records import PROOFS
from checker.report.events import Outlook, Started, tell_not_tried
from checker.run.run import Run, Targets
from checker.shim.loader import private_folder
from makegen.base import graph
from makegen.base.errors import MachineError
from makegen.coq.toolchain import Toolchain

OUTLOOK_EVERY = 1.0  # seconds
_QED = re.compile(rb"\b(?:Qed|Defined|Save)\b")


def why_not(toolchain: Toolchain) -> str | None:
    """Why this coqc cannot be driven, in one line; None where it can."""
    try:
        asyncio.run(opening_of(toolchain))
    except MachineError as error:
        return str(error)
    return None


async def check(run: Run, *, eager: bool = False) -> None:
    """Checks every proof of the run's targets, by a pass over each file that is to be run.

    `eager`: for tests, every proof that can be is run by a process of its own.

    Raises MachineError when this coqc cannot be driven.
    """
    opening = await opening_of(run.toolchain)
    assert run.targets, "what to check"
    with private_folder() as private:
        launches = Launches(run, run.targets, opening, private)
        files = _Files(launches)
        work = sum(files.seconds.values())
        run.tell(Started(files.proofs, len(run.files), run.workers, work, work / run.workers))
        try:
            driver = Driver(
                run.tokens,
                run.tell,
                launches.launch,
                run.workers,
                run.care,
                eager=eager,
                memory=Memory(limit(run.care.memory)),
                heads=launches.heads,
            )
            telling = asyncio.create_task(_tell_outlook(driver, files, run))
            try:
                await driver.run(files)
            finally:
                telling.cancel()
                await launches.heads.end()
        finally:
            remember(run, files.begun_as.values())
    untried = {file: files.cause_of(file) for file in files.skipped if file in run.files}
    tell_not_tried(run.tell, untried)


async def _tell_outlook(driver: Driver, files: "_Files", run: Run) -> None:
    """How long it will take, now and then."""
    while True:
        seconds = outlook(driver.queue, driver.at_work, files.seconds_to_come, run.workers)
        run.tell(Outlook(seconds))
        await asyncio.sleep(OUTLOOK_EVERY)


class _Files:
    """The files of a run, each begun once all that it loads stands; the longest path first."""

    def __init__(self, launches: Launches) -> None:
        self._launches = launches
        self._run = run = launches.run
        self._targets = targets = launches.targets
        self.begun_as: dict[str, FileRun] = {}  # by the name of the source
        self._rates = Rates()
        self.proofs, self.seconds = expectation(run, targets)
        self.seconds_to_come = sum(self.seconds.values())
        self._paths = graph.remaining(targets.needs, self.seconds)
        self._ready = graph.Ready(targets.needs, self._paths)

    @property
    def is_done(self) -> bool:
        """Whether there is none to come."""
        return self._ready.is_done

    @property
    def skipped(self) -> dict[str, str]:
        """The files that load one that nobody could make, each with that one."""
        return self._ready.skipped

    def cause_of(self, file: str) -> str:
        """The file that is to be mended for this one to be tried."""
        return self._ready.cause_of(file)

    def begin(self) -> tuple[Job, ...]:
        """The job to begin the next file with, if one can be begun now."""
        while self._ready.has_ready:
            name = self._ready.take()
            self.seconds_to_come -= self.seconds[name]
            known = self._targets.look_up(name)
            if known is None:
                self._end(name)
                continue
            file = file_run(self._run, name, known, self._rates)
            self.begun_as[name] = file
            file.expected = self.seconds[name]
            file.path_after = self._paths[name] - file.expected
            if known.stands:
                if known.is_sure:
                    self.holds(file)
                else:
                    file.product = Product.PROVISIONAL
                return (Job(file, 0, file.needed, passes=True),)
            file.product = Product.WANTED
            return (making_pass(file),)
        return ()

    def begin_head(self) -> HeadStart | None:
        """Has a process execute the head of a file that waits for files at work; None: of none."""
        if len(self._launches.heads) >= self._run.workers:
            return None
        while file := self._ready.take_next():
            with contextlib.suppress(OSError):
                if self._targets.begins_early(file):
                    return partial(self._launches.execute_head, file)
        return None

    def rest(self, file: FileRun) -> tuple[Job, ...]:  # noqa: ARG002
        """Nothing."""
        return ()

    def holds(self, file: FileRun) -> None:
        """What others load was made before, and is right."""
        file.path_after = 0.0
        self._end(file.script.file)

    def stands(self, file: FileRun, *, good: bool, whole: bool) -> None:
        """A pass over the file has made what others load, or nobody will."""
        file.path_after = 0.0
        if good:
            self._targets.stands(file.script.file, whole=whole)
        self._end(file.script.file, good=good)

    def _end(self, file: str, *, good: bool = True) -> None:
        self._ready.end(file, good=good)
        if good:
            self._launches.stands(file)
        else:
            self._launches.heads.drop(self._ready.skipped)


def expectation(run: Run, targets: Targets) -> tuple[int, dict[str, float]]:
    """About how many proofs there are, and the CPU seconds of each file, proofs and all."""
    texts = {file: run.path(file).read_bytes() for file in targets.needs}
    only = run.only
    proofs = sum(
        len(only[file] if file in only else _QED.findall(texts[file])) for file in run.files
    )
    records = PROOFS.all(run.ledger)
    seconds = {file: expected_seconds(text, records.get(file)) for file, text in texts.items()}
    return proofs, seconds
