"""Makes the .vio files that a run needs and that are not up to date, as `make quick` does."""

from collections.abc import Mapping
from dataclasses import dataclass

from checker.engines.vio.explain import explain_product
from checker.engines.whole_file.engine import file_seconds
from checker.engines.whole_file.wrong_proofs import Findings
from checker.interfaces.freshness import VIO, stale
from checker.interfaces.remake import remake
from checker.report.events import FileDone, ProofDone, tell_not_tried
from checker.report.results import Verdict
from checker.run.build import build
from checker.run.run import Run
from makegen.base.process import Outcome
from makegen.coq.dependencies import Dependencies, closure, read_dependencies


@dataclass(frozen=True)
class Built:
    """How making them went."""

    files: tuple[str, ...]  # the sources of the run that have their .vio
    rejected: Mapping[str, Findings]  # by source
    skipped: Mapping[str, str]  # sources of the run that need a rejected one, and which
    printed: Mapping[str, str]  # what coqc printed, by source

    def tell(self, run: Run) -> None:
        """Tell of the sources without .vio."""
        for findings in self.rejected.values():
            for result in findings.wrong:
                run.tell(ProofDone(result))
            run.tell(FileDone(findings.file, findings.proofs))
        verdicts = {file: findings.file.verdict for file, findings in self.rejected.items()}
        lost = {file for file, verdict in verdicts.items() if verdict is not Verdict.WRONG}
        tell_not_tried(run.tell, self.skipped, lost)


async def build_missing(run: Run) -> Built:
    """Make the .vio of the run's sources, and of those they need, where they are not up to date.

    Raises UserError when sources need each other in a circle, MachineError when coqdep fails.
    """
    dependencies = await read_dependencies(run)
    missing = stale(run, dependencies, closure(dependencies, run.files), VIO)
    rejected: dict[str, Outcome] = {}
    printed: dict[str, str] = {}

    async def make(file: str) -> bool:
        outcome = await remake(run, dependencies, file, VIO)
        if outcome is None:
            return True
        printed[file] = outcome.output
        if outcome.status == 0:
            return True
        rejected[file] = outcome
        return False

    seconds = file_seconds(run, missing)
    skipped = await build(run, _needs(dependencies, missing), seconds, make)
    good = tuple(file for file in run.files if file not in rejected and file not in skipped)
    return Built(
        good,
        {file: await explain_product(run, file, outcome) for file, outcome in rejected.items()},
        {file: cause for file, cause in skipped.items() if file in run.files},
        printed,
    )


def _needs(dependencies: Dependencies, missing: tuple[str, ...]) -> dict[str, list[str]]:
    among = frozenset(missing)
    return {
        file: [needed for needed in dependencies.sources[file] if needed in among]
        for file in missing
    }
