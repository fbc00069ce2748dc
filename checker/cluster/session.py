"""A session of a host: the driver of the snapshot engine, given a file when a client orders it."""

import asyncio
import contextlib
import operator
import os
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Self

from checker.cluster.messages import Ending, Given, Made, Opened, Order, Setup, Told
from checker.cluster.taken import HostTargets, Orders, Taken
from checker.document.document import Document
from checker.engines.snapshot.coqc.memory import Memory, limit
from checker.engines.snapshot.coqc.probe import opening_of
from checker.engines.snapshot.driver import Driver
from checker.engines.snapshot.file.file_run import Product
from checker.engines.snapshot.file.records import file_run, remember
from checker.engines.snapshot.launches import Launches
from checker.engines.snapshot.steps.costs import Rates
from checker.engines.snapshot.worker import Worker
from checker.interfaces.stand_ins import StandIns
from checker.knowledge.inputs import STAND_INS, Contents, opened_since
from checker.knowledge.lookup import VARIABLES
from checker.knowledge.records import PROOFS
from checker.knowledge.store import Ledger
from checker.report.events import Event, FileDone
from checker.run.run import Run
from checker.shim.loader import private_folder
from checker.workers.manager.limit import Limit
from makegen.base.side import FOLDER
from makegen.coq.toolchain import find_toolchain
from makegen.coq.workspace import Workspace


class Session:
    """See the module's docstring."""

    def __init__(self, run: Run, stand_ins: StandIns, targets: HostTargets, lists: Path) -> None:
        self._run = replace(run, tell=self._tell)
        self._stand_ins = stand_ins
        self._targets = targets
        self._lists = lists
        self._contents = Contents(run.ledger, run.project.root, run.environ)
        self._rates = Rates()
        self._orders = Orders()
        self._events: list[Event] = []
        self._taken: dict[int, Taken] = {}
        self._driver: Driver | None = None
        self._driving: asyncio.Task[None] | None = None

    @staticmethod
    def stand_ins_below(root: Path) -> Path:
        """Where stand-ins are kept."""
        return root / FOLDER / STAND_INS

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, setup: Setup, root: Path, cores: int) -> AsyncIterator[Self]:
        """A session whose driver waits for orders; at the end its processes are gone.

        Raises MachineError where this coqc cannot be driven.
        """
        toolchain = find_toolchain()
        own = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        environ = {**own, **setup.variables}
        project = replace(setup.project, root=root)
        workspace = Workspace(
            project=project,
            toolchain=toolchain,
            environ=environ,
            extra_arguments=setup.extra_arguments,
        )
        opening = await opening_of(toolchain)
        with Ledger(None) as ledger, private_folder() as private:
            stand_ins = StandIns(workspace, ledger, root / FOLDER)
            targets = HostTargets(stand_ins)
            run = Run(
                project=project,
                toolchain=toolchain,
                environ=environ,
                extra_arguments=setup.extra_arguments,
                files=(),
                workers=cores,
                ledger=ledger,
                tokens=Limit(cores),
                tell=lambda _: None,
                care=setup.care,
                targets=targets,
            )
            session = cls(run, stand_ins, targets, private.folder)
            driver = Driver(
                run.tokens,
                session._tell,
                Launches(session._run, targets, opening, private).launch,
                cores,
                setup.care,
                memory=Memory(limit(setup.care.memory)),
            )
            session._driver = driver
            session._driving = driving = asyncio.create_task(driver.run(session._orders))
            try:
                yield session
            finally:
                driving.cancel()
                await asyncio.wait([driving])
                session._end()

    @property
    def is_alive(self) -> bool:
        """Whether its driver is at work."""
        return self._driving is not None and not self._driving.done()

    def _end(self) -> None:
        """Whoever waits for a stand-in has waited in vain."""
        for taken in self._taken.values():
            if not taken.made.done():
                taken.made.set_result(None)

    # ---- orders ----

    def stand_in(self, file: str) -> Path:
        """Where the stand-in of a source is."""
        return self._stand_ins.path(file)

    async def make(self, order: Order) -> Made | None:
        """Take an order, of which all that it loads is there; what became of its stand-in.

        None where the session ends before.
        """
        assert self._driver, "it is open"
        known = replace(order.known, opened=self._lists / f"{order.number}.opened")
        if order.records:
            PROOFS.remember(self._run.ledger, [(order.file, order.records)])
        self._targets.commands[order.file] = order.command
        file = file_run(self._run, order.file, known, self._rates)
        file.expected, file.path_after = order.expected, order.path_after
        if not known.stands:
            file.product = Product.WANTED
        elif not known.is_sure:
            file.product = Product.PROVISIONAL
        assert known.opened, "just now"
        taken = self._taken[order.number] = Taken(order, file, known.opened)
        self._orders.add(taken)
        self._driver.begin_files()
        made = await taken.made
        if made and made.is_new:
            made = replace(made, content=self.stand_in(order.file).read_bytes())
        return made

    def reckon_with(self, idle: int) -> None:
        """So many workers elsewhere could take proofs over."""
        assert self._driver, "it is open"
        self._driver.elsewhere = idle

    def give_away(self, most: float, at_work: Collection[str]) -> Given | None:
        """Proofs of a file that wait, of about so many seconds, which are not run here any more.

        `at_work`: files that the other host has, too. Of files in which what a proof uses of a
        section is written down, so that others get past all the rest.
        """
        assert self._driver, "it is open"
        waiting = [c for c in self._driver.queue.copies if c.job.file.script.file not in at_work]
        waiting = [copy for copy in waiting if _can_be_given(copy.job.file.document)]
        if not waiting:
            return None
        file, seconds = waiting[0].job.file, 0.0
        taken, proofs = self._orders.taken[file], set[int]()
        for copy in waiting:
            if copy.job.file is file and seconds < most:
                numbers = _proofs_of(copy)
                file.wanted -= numbers
                proofs |= {file.script.proofs[number].statement for number in numbers}
                seconds += sum(map(file.run_cost, range(copy.job.real, copy.job.stop)))
                taken.given |= proofs  # before the file may come to its end
                self._driver.drop_copies(file, partial(operator.is_, copy))
        return Given(taken.order.number, frozenset(proofs))

    # ---- what it tells ----

    def _tell(self, event: Event) -> None:
        self._events.append(event)

    @property
    def has_news(self) -> bool:
        """Whether there is something to tell."""
        return bool(self._events)

    def news(self, count: int) -> Told:
        """All that was not told yet; `count`: how often it was."""
        assert self._driver, "it is open"
        events, self._events = tuple(self._events), []
        for event in events:
            if isinstance(event, FileDone):
                ended = [t for t in self._taken.values() if t.order.file == event.result.file]
                ended[0].is_ended = True  # a host has a file once
        opened = tuple(filter(None, map(self._opened, self._taken.values())))
        done: dict[int, Ending] = {}
        for number, taken in list(self._taken.items()):
            if taken.is_ended:
                remember(self._run, [taken.file])
                records = PROOFS.recall(self._run.ledger, taken.order.file)
                done[number] = Ending(records, frozenset(taken.given))
                del self._taken[number], self._orders.taken[taken.file]
        return Told(
            count,
            opened,
            events,
            done,
            monotonic(),
            self._driver.queue.seconds,
        )

    def _opened(self, taken: Taken) -> Opened | None:
        """Which files its processes have read since."""
        lines, taken.size = opened_since(taken.opened, taken.size)
        if not lines:
            return None
        names = list(map(self._contents.relative, lines))
        outside = {name for name in names if name.startswith(os.sep)}
        digests = {name: self._contents.digest(name) or "" for name in outside}
        return Opened(taken.order.number, names, digests)


def _can_be_given(document: Document) -> bool:
    return not any(proof.needs_variables for proof in document.proofs)


def _proofs_of(copy: Worker) -> frozenset[int]:
    steps = range(copy.job.real, copy.job.stop)
    numbers = (copy.job.file.script.steps[index].proof for index in steps)
    return frozenset(number for number in numbers if number is not None)
