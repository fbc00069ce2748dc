"""Makes the .vio files that a run needs and that are not up to date, as `make quick` does."""

from collections.abc import Mapping
from dataclasses import dataclass

from checker.engines.vio.explain import explain_product
from checker.engines.whole_file.wrong_proofs import Findings
from checker.interfaces.freshness import VIO, product
from checker.interfaces.making import Making
from checker.interfaces.remake import How
from checker.report.events import FileDone, ProofDone, tell_not_tried
from checker.report.results import Verdict
from checker.run.run import Run
from makegen.base.process import Outcome
from makegen.coq.dependencies import read_dependencies


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
    printed: dict[str, str] = {}

    def ended(name: str, outcome: Outcome) -> None:
        printed[_source(name)] = outcome.output

    making = Making(run, await read_dependencies(run), How(), ended)
    failed, skipped = await making.make([product(file, VIO) for file in run.files])
    rejected = {_source(name): outcome for name, outcome in failed.items()}
    causes = {_source(name): _source(cause) for name, cause in skipped.items()}
    good = tuple(file for file in run.files if file not in rejected and file not in causes)
    return Built(
        good,
        {file: await explain_product(run, file, outcome) for file, outcome in rejected.items()},
        {file: cause for file, cause in causes.items() if file in run.files},
        printed,
    )


def _source(name: str) -> str:
    return product(name, ".v")
