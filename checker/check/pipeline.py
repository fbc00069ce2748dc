"""The way of every check: plan -> engine -> settlement -> recorder and sinks.

    plan        (checker.check.plan) each file: settled, decided, to be run, or why it cannot be
    engine      (checker.engines) runs what is to be run and yields findings
    settlement  (checker.check.settlement) holds a finding until what it assumes is confirmed
    recorder    (checker.knowledge.recorder) keeps verdicts for the next check
    sinks       (checker.report, checker.check.marks) the terminal, the summary, .vok marks

The loop below is the only one that runs something again.
"""

from collections import Counter
from contextlib import aclosing
from dataclasses import replace

from checker.check.marks import VokMarks
from checker.check.plan import make_plan
from checker.check.settlement import Settlement
from checker.engines.engine import Engine, Findings
from checker.interfaces import hints
from checker.knowledge.recorder import Recorder
from checker.report.events import Event, FileDone, Tell
from checker.report.results import FileResult, Message, Verdict
from checker.run.run import Run
from makegen.base.temporary import temporary_folder

MOST_ROUNDS = 10  # each of them made void by somebody who compiles the same files
MOST_BELIEVED = 2  # rounds of a file in which verdicts are believed that others refuted

CHANGES = "what the file loads is made anew all the time; let the other make end, and check again"


async def check(run: Run, engine: Engine, *, recheck: bool = False) -> None:
    """Check the files of the run, and tell a verdict on each; see the module's docstring.

    No coqc is started for a file of which all is known. Raises what make_plan and engines raise.
    """
    with VokMarks(run, engine.checks_against_vos) as marks:

        def tell(event: Event) -> None:
            marks.tell(event)
            run.tell(event)

        if engine.keeps_verdicts:
            await _check_unknown(run, engine, tell, recheck=recheck)
        else:
            await _pass_on(run, engine.check, tell)


async def complete(run: Run, engine: Engine) -> None:
    """Make the .vo of every file of the run, and tell a verdict on each. Raises what engines do."""
    await _pass_on(run, engine.complete, run.tell)


async def _pass_on(run: Run, engine: Findings, tell: Tell) -> None:
    """Of an engine that finds out for itself what is to be run, all findings are final."""
    hints.undo_opened(run)
    async with aclosing(engine(run)) as findings:
        async for finding in findings:
            tell(finding)


async def _check_unknown(run: Run, engine: Engine, tell: Tell, *, recheck: bool) -> None:
    """Run what the ledger has no valid verdict for."""
    with temporary_folder() as folder:
        recorder = Recorder(run, run.ledger, folder, recheck=recheck)
        settlement = Settlement(run, recorder)
        rounds = Counter[str]()
        files = run.files
        while files:
            part = replace(run, files=files, tell=tell)
            unbelieved = {file for file in files if rounds[file] >= MOST_BELIEVED}
            plan = await make_plan(part, recorder, unbelieved=unbelieved, recheck=recheck)
            for final in settlement.begin(plan):
                tell(final)
            if plan.targets:
                part = replace(part, files=tuple(plan.targets), known=plan.targets)
                async with aclosing(engine.check(part)) as findings:
                    async for finding in findings:
                        for final in settlement.add(finding):
                            tell(final)
            rounds.update(files)
            files = await settlement.again()
            if any(rounds[file] >= MOST_ROUNDS for file in files):
                _give_up(settlement, tell)
                return


def _give_up(settlement: Settlement, tell: Tell) -> None:
    for file in settlement.disturbed:
        tell(FileDone(FileResult(file, Verdict.LOST, messages=(Message(None, CHANGES),))))
