"""Plain coqc has the last word on every suspected proof.

The source is copied to a private folder, the wrong proofs before the suspected one are given up
there (`Admitted.` in their place, every position kept), and coqc runs on the copy under the
file's own logical name. What it then says is the verdict and the message.
"""

from collections.abc import Mapping

from checker.document.admitted import admit
from checker.engines.run import Run
from checker.engines.vio.files import VioFile, VioTask
from checker.engines.vio.suspicions import Suspicion
from checker.engines.whole_file.plain import judge, run_copy
from checker.report.results import ProofResult, Verdict
from makegen.base.process import Outcome


async def explain(
    run: Run, file: VioFile, suspected: Mapping[VioTask, Suspicion]
) -> dict[VioTask, ProofResult]:
    """The result of each suspected proof, as a plain coqc gives it."""
    text = run.path(file.source).read_bytes()
    results: dict[VioTask, ProofResult] = {}
    wrong: list[VioTask] = []
    for task in sorted(suspected, key=lambda t: t.number):
        given_up = [task.script for task in wrong if task.script]
        outcome = await run_copy(run, file.source, admit(text, given_up))
        results[task] = _result(run, file.source, task, outcome)
        if not results[task].verdict.is_ok:
            wrong.append(task)
    return results


def _result(run: Run, source: str, task: VioTask, outcome: Outcome) -> ProofResult:
    if outcome.status == 0:
        return ProofResult(source, task.name, Verdict.CHECKED, outcome.cpu_seconds)
    verdict, message = judge(outcome)
    command = run.coqc(source).words
    return ProofResult(source, task.name, verdict, outcome.cpu_seconds, (message,), command)
