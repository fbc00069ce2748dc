"""Makes the .vio files that a run needs and that are not up to date, as `make quick` does."""

from collections.abc import Mapping
from dataclasses import dataclass

from checker.document.document import read_document
from checker.engines.run import Run
from checker.engines.whole_file.engine import file_seconds
from checker.engines.whole_file.plain import run_copy
from checker.engines.whole_file.wrong_proofs import Findings, examine
from checker.interfaces.dependencies import Dependencies, closure, read_dependencies
from checker.interfaces.freshness import VIO, stale
from checker.interfaces.remake import remake
from checker.report.events import FileDone, ProofDone, tell_not_tried
from checker.report.results import FileResult, Message, Verdict
from checker.workers.build import build
from makegen.base.process import Outcome


@dataclass(frozen=True)
class Built:
    """How making them went."""

    files: tuple[str, ...]  # the sources of the run that have their .vio
    rejected: Mapping[str, Findings]  # by source
    skipped: Mapping[str, str]  # sources of the run that need a rejected one, and which

    def tell(self, run: Run) -> None:
        """Tell of the sources without .vio."""
        for findings in self.rejected.values():
            for result in findings.wrong:
                run.tell(ProofDone(result))
            run.tell(FileDone(findings.file, findings.proofs))
        for file, cause in self.skipped.items():
            tell_not_tried(run.tell, file, cause)


async def build_missing(run: Run) -> Built:
    """Make the .vio of the run's sources, and of those they need, where they are not up to date.

    Raises UserError when sources need each other in a circle, MachineError when coqdep fails.
    """
    dependencies = await read_dependencies(run)
    missing = stale(run, dependencies, closure(dependencies, run.files), VIO)
    rejected: dict[str, Outcome] = {}

    async def make(file: str) -> bool:
        outcome = await remake(run, dependencies, file, VIO)
        if outcome is None or outcome.status == 0:
            return True
        rejected[file] = outcome
        return False

    seconds = file_seconds(run, missing)
    skipped = await build(run, _needs(dependencies, missing), seconds, make)
    good = tuple(file for file in run.files if file not in rejected and file not in skipped)
    return Built(
        good,
        {file: await _findings(run, file, outcome) for file, outcome in rejected.items()},
        {file: cause for file, cause in skipped.items() if file in run.files},
    )


def _needs(dependencies: Dependencies, missing: tuple[str, ...]) -> dict[str, list[str]]:
    return {
        file: [needed for needed in dependencies.sources[file] if needed in missing]
        for file in missing
    }


async def _findings(run: Run, file: str, outcome: Outcome) -> Findings:
    """All that is wrong with a file that coqc -vio rejected.

    That coqc passed over proofs: a plain one on a copy says which of them are good.
    """
    plain = await run_copy(run, file, run.path(file).read_bytes())
    if plain.status != 0:
        return await examine(run, file, plain)
    message = Message(None, outcome.output.strip() or "coqc -vio gave no answer")
    result = FileResult(file, Verdict.LOST, outcome.cpu_seconds, (message,), outcome.words)
    return Findings((), result, len(read_document(run.path(file).read_bytes()).proofs))
