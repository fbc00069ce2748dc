"""Engines that load what make compiles: what they find counts while nobody compiles it anew."""

from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from dataclasses import replace

from checker.engines.engine import Findings
from checker.interfaces.stable import MOST_TRIES, StableInputs
from checker.report.events import Event, FileDone, ProofDone
from checker.report.messages import is_about_interfaces
from checker.report.results import FileResult, Message, ProofResult, Verdict
from checker.run.run import Run
from makegen.coq.dependencies import read_dependencies

CHANGES = "what the file loads is made anew all the time; let the other make end, and check again"


async def undisturbed_findings(
    run: Run, engine: Findings, *, own: bool, strict: bool = False
) -> AsyncGenerator[Event]:
    """The findings that count; files are run again whose errors came while their inputs changed.

    `own`: the engine loads what was compiled of a file in the place of its source; `strict`: and
    takes it in parts. Then not even a good verdict on a file counts, for which that changed.
    """
    dependencies = await read_dependencies(run)
    files = run.files
    told: set[tuple[str, str]] = set()
    ended: set[str] = set()
    for _ in range(MOST_TRIES):
        inputs = StableInputs(run, dependencies, files, own=own)
        chosen = _Filter(inputs, frozenset(told), frozenset(ended), strict=strict)
        async with aclosing(engine(replace(run, files=files))) as findings:
            async for finding in findings:
                if chosen.counts(finding):
                    yield finding
        if not chosen.disturbed:
            return
        told |= chosen.told
        ended |= chosen.ended
        await inputs.wait(chosen.disturbed)
        files = tuple(file for file in files if file in chosen.disturbed) or files
    for file in files:
        yield FileDone(FileResult(file, Verdict.LOST, messages=(Message(None, CHANGES),)))


class _Filter:
    """Which findings of a round count; what was told before is not told again."""

    def __init__(
        self,
        inputs: StableInputs,
        before: Collection[tuple[str, str]],
        ended_before: Collection[str],
        *,
        strict: bool,
    ) -> None:
        """`before`: good proofs, with their files; `ended_before`: files of which all was told.

        `strict`: also a good file needs its inputs.
        """
        self._inputs = inputs
        self._before = before
        self._ended_before = ended_before
        self._strict = strict
        self.told: set[tuple[str, str]] = set()
        self.ended: set[str] = set()
        self.disturbed: dict[str, None] = {}  # files with verdicts that do not count

    def counts(self, finding: Event) -> bool:
        """Whether it is to be told; takes note of what it says."""
        match finding:
            case ProofDone(result) | FileDone(result) if (
                result.file in self.disturbed or result.file in self._ended_before
            ):
                return False
            case ProofDone(result) | FileDone(result) if self._is_disturbed(finding, result):
                self.disturbed[result.file] = None
                return False
            case ProofDone(result) if result.verdict.is_ok:
                self.told.add((result.file, result.proof))
                return (result.file, result.proof) not in self._before
            case FileDone(result):
                self.ended.add(result.file)
        return True

    def _is_disturbed(self, finding: Event, result: ProofResult | FileResult) -> bool:
        """What is settled over .vo files need not be asked for again (checker.check.over_vo)."""
        if result.verdict is Verdict.SKIPPED or any(map(is_about_interfaces, result.messages)):
            return False
        matters = not result.verdict.is_ok or (self._strict and isinstance(finding, FileDone))
        return matters and not self._inputs.hold(result.file)
