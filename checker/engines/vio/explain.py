"""Plain coqc has the last word on a file of which a coqc that works otherwise has failed.

It runs on a copy in a private folder, under the file's own logical name. What coqc says of a proof
task of a .vio is passed over: it stops at no task, it names no sentence for what it finds at `Qed`,
and nobody can tell what else may make it fail.
"""

import dataclasses

from checker.engines.whole_file.plain import accepts, run_copy, telling, warnings_in
from checker.engines.whole_file.wrong_proofs import Findings, examine
from checker.report.messages import ACCEPTED
from checker.report.results import FileResult, Message, Verdict
from checker.run.run import Run
from makegen.base.process import Outcome


async def explain(run: Run, file: str, proofs: int) -> Findings:
    """All that plain coqc finds wrong with a file that has so many proofs; it may be nothing."""
    text = run.path(file).read_bytes()
    mode = telling(text)
    plain = await run_copy(run, file, text, mode)
    if not accepts(plain):
        return await examine(run, file, plain, *mode)
    warnings = warnings_in(file, plain.output)
    good = FileResult(file, Verdict.CHECKED, plain.cpu_seconds, warnings=warnings)
    return Findings((), good, proofs)


async def explain_product(run: Run, file: str, outcome: Outcome) -> Findings:
    """Likewise, of a file of which coqc could not make something.

    A file that plain coqc takes is lost all the same, with the words of that coqc.
    """
    findings = await explain(run, file, 0)
    if not findings.file.verdict.is_ok:
        return findings
    message = Message(None, outcome.output.strip() or "coqc gave no answer", note=ACCEPTED)
    lost = FileResult(file, Verdict.LOST, outcome.cpu_seconds, (message,), outcome.words)
    return dataclasses.replace(findings, file=lost)
