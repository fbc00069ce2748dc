"""What an engine is, and how one that tells what it finds becomes one that yields it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from checker.document.document import Document
from checker.knowledge.known import Known
from checker.report.events import Complaint, Event
from checker.report.results import FileResult, ProofResult
from checker.run.run import Run
from checker.schedule.passes import File, Machine
from checker.schedule.schedule import Batch
from makegen.coq.toolchain import Toolchain

AUTO = "auto"
NAMES = ("snapshot", "vio", "vok")  # here, since loading the engines takes long

Findings = Callable[[Run], AsyncGenerator[Event]]
Batches = Callable[[Run], Awaitable[list[Batch]]]
# From what each file loads directly, and what is known of each.
Passes = Callable[
    [Run, Mapping[str, Sequence[str]], Mapping[str, Known]], tuple[list[File], Machine]
]


class Confirmer(Protocol):
    """Asks plain coqc about files that an engine complains of."""

    def expect(self, file: str, known: Known) -> None:
        """The engine takes up a file: it may soon complain of it."""

    async def end(self) -> None:
        """Nothing is asked any more."""

    def can_be_believed(self, file: str) -> bool:
        """Whether an error in the file proves something."""

    async def agrees(self, document: Document, first: ProofResult | FileResult) -> bool:
        """Whether coqc finds the first complaint too; it may miss that if others come before."""

    async def corrected(
        self, file: str, document: Document, complaints: Sequence[Complaint]
    ) -> list[Complaint] | None:
        """What coqc says of a file of which these are all complaints; None: the same."""


@dataclass(frozen=True)
class Engine:
    """A way to get verdicts."""

    name: str
    check: Findings  # on every proof of the files
    complete: Findings  # on every file, each of which gets its .vo
    why_not: Callable[[Toolchain], str | None]  # one line where it cannot work; None: it can
    # What check would schedule: one or the other.
    batches: Batches | None = None
    passes: Passes | None = None
    confirmer: Callable[[Run], Confirmer] | None = None  # None: its complaints are coqc's own
    keeps_verdicts: bool = False  # it tells of each proof where it stands, for the ledger
    checks_against_vos: bool = True  # a good file can be marked by its .vok
    stops_proofs: bool = False  # it can stop a single proof, at --proof-timeout


def findings(work: Callable[[Run], Awaitable[None]]) -> Findings:
    """What the work tells, as it comes; its errors are raised when all of that was taken.

    Whoever stops taking ends the work.
    """

    async def run_it(run: Run) -> AsyncGenerator[Event]:
        found = asyncio.Queue[Event | None]()
        task = asyncio.ensure_future(work(replace(run, tell=found.put_nowait)))
        task.add_done_callback(lambda _: found.put_nowait(None))
        try:
            while (event := await found.get()) is not None:
                yield event
            await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task])

    return run_it
