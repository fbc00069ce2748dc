"""How the processes of a run are started."""

from dataclasses import dataclass, field, replace

from checker.document.proof_using import SUGGEST
from checker.engines.snapshot.coqc.heads import Heads
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

    async def launch(self, job: Job) -> Spare | Ending:
        """A process for a job; one that has executed the head of the file, if there is one."""
        file, opened = job.file.script.file, job.file.plugins.opened
        if job.makes:
            self.targets.output(file, anew=True)
        if job.makes and job.is_pass and opened:
            text = job.file.text(0, True)
            if process := await self.heads.take(file, text, opened):
                return Spare.new(process)
        begun = await CoqProcess.start(replace(self._of(file, makes=job.makes), opened=opened))
        return begun if isinstance(begun, Ending) else Spare.new(begun)

    async def execute_head(self, file: str, text: bytes, number: int) -> None:
        """Has a process execute the head of a file, by the worker of that number."""
        self.run.tell(WorkerBusy(number, file))
        with timed(self.run.tell, Work.START, number, file):
            await self.heads.begin(file, text, self._of(file, makes=True))

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
