"""How the processes of a run are started."""

from dataclasses import dataclass, field, replace

from checker.document.head import head
from checker.document.proof_using import SUGGEST
from checker.engines.snapshot.coqc.heads import Heads, is_begun_by
from checker.engines.snapshot.coqc.launch import Launch
from checker.engines.snapshot.coqc.process import CoqProcess, Ending
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.worker import Spare
from checker.report.events import WorkerBusy
from checker.report.work import Work, timed
from checker.run.run import Run, Targets
from checker.shim.loader import Private


@dataclass(frozen=True)
class Launches:
    """Starts processes for jobs, and ahead of them. `opening`: see coqc.probe."""

    run: Run
    targets: Targets
    opening: int
    private: Private
    heads: Heads = field(default_factory=Heads)
    _stood: dict[str, int] = field(default_factory=dict)  # files, as they came to stand
    _launched: set[str] = field(default_factory=set)  # files

    def stands(self, file: str) -> None:
        """What others load of the file is there, and will not change."""
        self._stood[file] = len(self._stood)
        self.heads.stands(self.targets.output(file, anew=False))

    async def launch(self, job: Job) -> Spare | Ending:
        """A process for a job; for a pass one that has executed the head of the file."""
        if job.alone:
            await self.heads.end()
        file = job.file.script.file
        self._launched.add(file)
        if job.makes:
            self.targets.output(file, anew=True)
        if not (job.makes and job.is_pass):
            return _spare(await self._start(job))
        text, opened = job.file.text(0, True), job.file.plugins.opened
        begun: CoqProcess | Ending | None = None
        if opened:
            begun = await self.heads.take(file, text, opened)
        if begun is None:
            begun = await self._past_head(await self._start(job), file, text)
        if isinstance(begun, CoqProcess):
            job.file.head = begun.seconds_ahead
            job.file.start = begun.cpu_seconds
        return _spare(begun)

    async def _start(self, job: Job) -> CoqProcess | Ending:
        launch = self._of(job.file.script.file, makes=job.makes)
        return await CoqProcess.start(replace(launch, opened=job.file.plugins.opened))

    async def _past_head(
        self, process: CoqProcess | Ending, file: str, text: bytes
    ) -> CoqProcess | Ending:
        """What could have been executed ahead is executed for itself, to see how long it takes."""
        needs = sorted(self.targets.needs.get(file, ()), key=lambda n: self._stood.get(n, -1))
        is_ours = file in self.targets.needs  # on another machine nobody asks how long it takes
        first = head(text, needs[-1:]) if is_ours else b""
        if isinstance(process, CoqProcess) and first and is_begun_by(text, first):
            try:
                await process.execute_ahead(first)  # if it ends there, so it does when it is fed
            except BaseException:
                await process.end()
                raise
        return process

    async def execute_head(self, file: str, number: int) -> None:
        """Has a process execute the head of a file, by the worker of that number."""
        if file in self._launched:
            return
        self.run.tell(WorkerBusy(number, file))
        missing = [needed for needed in self.targets.needs[file] if needed not in self._stood]
        first = head(self.run.path(file).read_bytes(), missing)
        with timed(self.run.tell, Work.HEAD, number, file):
            await self.heads.begin(file, first, self._of(file, makes=True))

    def _of(self, file: str, *, makes: bool) -> Launch:
        output = self.targets.output(file, anew=False)
        # Not -noglob: coqc hands it on to the workers of `par:`, which do not know it (8.16, 8.20).
        request = self.targets.workspace.coqc(*SUGGEST, "-o", str(output), file)
        return Launch(
            command=request.words,
            root=request.folder,
            source=self.run.path(file),
            environ=request.environ,
            shim=self.private.shim,
            opening=self.opening,
            folder=self.private.folder,
            writes=makes,
        )


def _spare(begun: CoqProcess | Ending) -> Spare | Ending:
    return begun if isinstance(begun, Ending) else Spare.new(begun)
