"""Plain coqc has the last word on every suspected proof.

The source is copied to a private folder, the wrong proofs before the suspected one are given up
there (`Admitted.` in their place, every position kept), and coqc runs on the copy under the
file's own logical name. What it then says is the verdict and the message.
"""

import dataclasses
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from checker.messages import is_machine_failure, read_error
from checker.process import Outcome
from checker.process import run as run_process
from checker.results import Message, ProofResult, Verdict
from checker.run import Run
from checker.suspicions import Suspicion
from checker.viofiles import VioFile, VioTask
from makegen.loadpath import logical_name


async def explain(
    run: Run, file: VioFile, suspected: Mapping[VioTask, Suspicion]
) -> dict[VioTask, ProofResult]:
    """The result of each suspected proof, as a plain coqc gives it."""
    text = run.path(file.source).read_bytes()
    results: dict[VioTask, ProofResult] = {}
    for task in sorted(suspected, key=lambda t: t.start):
        outcome = await _compile(run, file.source, text)
        results[task] = _result(run, file.source, task, outcome)
    return results


async def _compile(run: Run, source: str, text: bytes) -> Outcome:
    """Run coqc on this text in place of the source; its messages name the source."""
    with tempfile.TemporaryDirectory(prefix="proof-checker-") as folder:
        copy = Path(folder, PurePosixPath(source).name)
        copy.write_bytes(text)
        logical = logical_name(run.project.root, run.project.load_paths, source) or ""
        parent = logical.rpartition(".")[0]
        outcome = await run_process(run.coqc("-Q", folder, parent, str(copy)))
    output = outcome.output.replace(str(copy), f"./{source}")
    return dataclasses.replace(outcome, output=output)


def _result(run: Run, source: str, task: VioTask, outcome: Outcome) -> ProofResult:
    if outcome.status == 0:
        return ProofResult(source, task.name, Verdict.CHECKED, outcome.cpu_seconds)
    message = read_error(outcome.output)
    failed = outcome.was_killed or message is None or is_machine_failure(message)
    verdict = Verdict.LOST if failed else Verdict.WRONG
    if message is None:
        message = Message(None, outcome.output.strip() or "coqc gave no answer")
    command = run.coqc(source).words
    return ProofResult(source, task.name, verdict, outcome.cpu_seconds, (message,), command)
