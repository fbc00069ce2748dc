"""Runs an engine to its end: opens what it needs, ends it on a signal, counts its verdicts."""

import asyncio
import contextlib
import os
import shlex
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from checker.check.settings import Settings
from checker.document.reader import read_document
from checker.document.unproved import unproved_in
from checker.knowledge.history import remember
from checker.knowledge.store import Ledger
from checker.report.count import Count
from checker.report.events import Ended, Event, GivenUp, Note, Tell, is_failure
from checker.report.past import PastRun
from checker.report.recording import Recording
from checker.report.results import Verdict
from checker.report.terminal import Terminal, reporter
from checker.run.run import Run, fit_for_checks
from checker.workers.tokens import Watched, tokens_for
from makegen.base.errors import ExitCode, MachineError
from makegen.base.guard import exit_code, explain

if TYPE_CHECKING:
    from checker.check.outlook import Observer

Engine = Callable[[Run], Awaitable[None]]
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class _Sinks:
    """Who hears of a run."""

    terminal: Terminal
    count: Count
    recording: Recording | None  # where files are to be left of it
    observer: "Observer | None"  # where a report is one of these

    def tell(self, event: Event) -> None:
        """The terminal counts, too."""
        if self.recording:
            self.recording.tell(event)
        self.terminal(event)


def drive(settings: Settings, engine: Engine) -> int:
    """Run the engine, show what it finds, and return the exit code (see checker.cli.main.main).

    A signal ends the engine as a cancellation does, so that its workers are stopped and its
    tokens given back; the exit code is then 128 + the signal.
    """
    if settings.outputs.annotates:
        from checker.report.formats.github import stop  # noqa: PLC0415 - slow, and rarely wanted

        print(stop(), flush=True)
    count = Count(settings.workers)
    terminal = reporter(
        sys.stdout, sys.stderr, count, quiet=settings.quiet, progress=settings.progress
    )
    recording = Recording() if settings.outputs.is_any else None
    observer = _observer() if settings.outputs.report else None
    sinks = _Sinks(terminal, count, recording, observer)
    try:
        try:
            code = asyncio.run(_drive(settings, engine, sinks))
        finally:
            terminal.close()
    except Exception as error:
        with contextlib.suppress(MachineError):  # of both errors, the first is told
            _leave(settings, sinks, exit_code(error))
        raise
    try:
        _leave(settings, sinks, code)
    except MachineError as error:
        if code == ExitCode.OK:
            raise
        print(f"proof-checker: error: {error}", file=sys.stderr)
    return code


def _leave(settings: Settings, sinks: _Sinks, code: int) -> None:
    """The files that are wanted of the run."""
    if sinks.recording is None:
        return
    from checker.check.outputs import leave  # noqa: PLC0415 - slow to load, and rarely wanted

    background = sinks.observer.background if sinks.observer else None
    leave(settings, sinks.recording, background, code)


def _observer() -> "Observer":
    from checker.check.outlook import Observer  # noqa: PLC0415 - likewise

    return Observer()


async def _drive(settings: Settings, engine: Engine, sinks: _Sinks) -> int:
    caught: list[int] = []
    stopped: list[Event] = []
    task = asyncio.current_task()
    assert task is not None

    def stop(number: int) -> None:
        caught.append(number)
        task.cancel()

    def tell(event: Event) -> None:
        if stopped and not isinstance(event, GivenUp | Ended):
            return
        sinks.tell(event)
        if settings.stops_at_first and is_failure(event) and not stopped:
            stopped.append(event)
            task.cancel()

    async def run_on(run: Run) -> None:
        """The engine, to its end or to the first failure where it is to stop there."""
        try:
            await engine(run)
            await asyncio.sleep(0)  # it may have been cancelled at its very end
        except asyncio.CancelledError:
            if caught or not stopped:
                raise
            task.uncancel()
            if sinks.recording:
                sinks.recording.is_broken_off = True

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, failure: sinks.tell(Note(_in_words(failure))))
    for number in ENDING_SIGNALS:
        loop.add_signal_handler(number, stop, number)
    try:
        await _run_engine(settings, run_on, sinks, tell)
    except asyncio.CancelledError:
        if not caught:
            raise
        if settings.summary:
            sinks.terminal.close()
            print(f"interrupted{sinks.count.kept}", file=sys.stderr)
        return 128 + caught[0]
    return int(sinks.count.exit_code)


def _in_words(failure: Mapping[str, Any]) -> str:
    """What asyncio has to say of a task or a callback, for which nobody waits."""
    error = failure.get("exception")
    return str(explain("proof-checker", error)[0] if error else failure["message"])


def _count_proofs(settings: Settings, count: Count) -> None:
    """Count what is in files that were not read, so that the total is always the same."""
    for file in count.files.keys() - (count.sizes.keys() & count.unproved.keys()):
        with contextlib.suppress(OSError):
            text = (settings.project.root / file).read_bytes()
            if file not in count.sizes:
                count.sizes[file] = len(read_document(text).proofs)
            if file not in count.unproved:
                count.unproved[file] = unproved_in(text)


def _as_past(settings: Settings, count: Count, seconds: float) -> PastRun:
    """What is remembered of the run."""
    proofs, known = count.proofs, count.known.total()
    return PastRun(
        date=datetime.now(UTC) - timedelta(seconds=seconds),
        command=settings.command,
        seconds=seconds,
        workers=count.workers,
        files=len(count.files),
        proofs=sum(count.sizes.get(file, count.told[file]) for file in count.files),
        ran=proofs.total() - known - proofs[Verdict.SKIPPED],
        known=known,
        wrong=proofs[Verdict.WRONG] + proofs[Verdict.TIMEOUT],
        exit_code=int(count.exit_code),
    )


async def _run_engine(settings: Settings, engine: Engine, sinks: _Sinks, tell: Tell) -> None:
    def warn(text: str) -> None:
        tell(Note(f"proof-checker: warning: {text}"))

    arguments, left_out = fit_for_checks(settings.project.arguments)
    extra_arguments, left_out_too = fit_for_checks(settings.extra_arguments)
    if (words := (*left_out, *left_out_too)) and settings.summary:
        warn(f"{shlex.join(words)}: left out, since a check divides coqc's work itself")
    began = time.monotonic()
    with Ledger(settings.project.root if settings.keeps_ledger else None, warn) as ledger:
        ledger.trusts_others = settings.trusts_others
        async with tokens_for(
            settings.workers, os.environ, settings.load, settings.memory, warn
        ) as tokens:
            run = Run(
                project=replace(settings.project, arguments=arguments),
                toolchain=settings.toolchain,
                files=settings.files,
                workers=settings.workers,
                environ=os.environ,
                ledger=ledger,
                tokens=Watched(tokens, tell) if sinks.recording else tokens,
                tell=tell,
                extra_arguments=extra_arguments,
                care=settings.care,
            )
            if sinks.observer:
                sinks.observer.begin(run)
            await engine(run)
            if settings.summary:
                _count_proofs(settings, sinks.count)
                seconds = time.monotonic() - began
                remember(ledger, _as_past(settings, sinks.count, seconds))
                tell(Ended(seconds))
            if sinks.observer:
                await sinks.observer.end(run)
