"""How the processes of a run are started."""

from dataclasses import dataclass, field, replace

from checker.document.proof_using import SUGGEST
from checker.engines.snapshot.coqc.heads import Heads, is_begun_by
from checker.engines.snapshot.coqc.process import CoqProcess, Ending, Launch
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

    def stands(self, file: str) -> None:
        """What others load of the file is there, and will not change."""
        self._stood[file] = len(self._stood)
        self.heads.stands(self.targets.output(file, anew=False))

    async def launch(self, job: Job) -> Spare | Ending:
        """A process for a job; for a pass one that has executed the head of the file."""
        file, opened = job.file.script.file, job.file.plugins.opened
        if job.makes:
            self.targets.output(file, anew=True)
        text = job.file.text(0, True) if job.makes and job.is_pass else b""
        begun: CoqProcess | Ending | None = None
        if text and opened:
            begun = await self.heads.take(file, text, opened)
        if begun is None:
            begun = await CoqProcess.start(replace(self._of(file, makes=job.makes), opened=opened))
            if text and not isinstance(begun, Ending):
                await self._execute_first(begun, file, text)
        if isinstance(begun, Ending):
            return begun
        job.file.head = begun.seconds_ahead or job.file.head
        return Spare.new(begun)

    async def _execute_first(self, process: CoqProcess, file: str, text: bytes) -> None:
        """What could have been executed ahead is executed for itself, to see how long it takes."""
        needs = sorted(self.targets.needs.get(file, ()), key=lambda n: self._stood.get(n, -1))
        head = self.targets.head(file, needs[-1:])
        if head and is_begun_by(text, head):
            await process.execute_ahead(head)  # if it ends there, so it does at the first feed

    async def execute_head(self, file: str, number: int) -> None:
        """Has a process execute the head of a file, by the worker of that number."""
        self.run.tell(WorkerBusy(number, file))
        missing = [needed for needed in self.targets.needs[file] if needed not in self._stood]
        head = self.targets.head(file, missing)
        with timed(self.run.tell, Work.START, number, file):
            await self.heads.begin(file, head, self._of(file, makes=True))

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
