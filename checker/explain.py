"""Plain coqc has the last word on every suspected proof.

The source is copied to a private folder, the wrong proofs before the suspected one are given up
there (`Admitted.` in their place, every position kept), and coqc runs on the copy under the
file's own logical name. What it then says is the verdict and the message.
"""

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from checker.messages import is_machine_failure, read_error
from checker.process import Outcome
from checker.process import run as run_process
from checker.results import Message, ProofResult, Verdict
from checker.run import Run
from checker.suspicions import Suspicion
from checker.viofiles import VioFile, VioTask
from makegen.loadpath import logical_name

ADMITTED = b" Admitted."


async def explain(
    run: Run, file: VioFile, suspected: Mapping[VioTask, Suspicion]
) -> dict[VioTask, ProofResult]:
    """The result of each suspected proof, as a plain coqc gives it."""
    text = run.path(file.source).read_bytes()
    results: dict[VioTask, ProofResult] = {}
    wrong: list[VioTask] = []
    for task in sorted(suspected, key=lambda t: t.number):
        outcome = await _compile(run, file.source, give_up(text, wrong))
        results[task] = _result(run, file.source, task, outcome)
        if results[task].verdict is Verdict.WRONG:
            wrong.append(task)
    return results


def give_up(text: bytes, tasks: Sequence[VioTask]) -> bytes:
    """The text with `Admitted.` for the script of each task; lines and columns elsewhere stay.

    A task whose script is not known, or has no room for the word, stays as it is.
    """
    for task in sorted(tasks, key=lambda t: -t.number):
        if task.script:
            start, end = task.script
            text = text[:start] + _admitted(text[start:end]) + text[end:]
    return text


def _admitted(script: bytes) -> bytes:
    """`Admitted.` with the line ends of the script, ending in the same column."""
    *lines, last = script.split(b"\n")
    if lines:
        return ADMITTED + b"\n" * len(lines) + b" " * len(last)
    return ADMITTED.ljust(len(script)) if len(ADMITTED) <= len(script) else script


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
