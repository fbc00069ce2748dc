"""The engine on other hosts: each file is ordered from one, and what that finds out is told here.

What stands behind it is as in one run on this machine: a file is taken up once all that it loads
stands; findings go to the same settlement, which has plain coqc confirm complaints, here.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import replace

from checker.cluster import host as there
from checker.cluster.connection import HostGoneError, Link, connected
from checker.cluster.contents import Contents
from checker.cluster.findings import Findings
from checker.cluster.hosts import Host, Hosts
from checker.cluster.messages import Given, Made, Missing, Order
from checker.cluster.project import setup_of
from checker.engines.snapshot.engine import expectation
from checker.knowledge.known import Known
from checker.knowledge.records import PROOFS
from checker.report.events import Note, Started, WorkerIdle, tell_not_tried
from checker.report.events import number as plural
from checker.run.run import Run, Targets
from checker.schedule.hosts import best, to_move
from makegen.base import graph

LOOK_EVERY = 0.25  # seconds: for hosts that have gone, or have nothing to do
MOST_SENDINGS = 3  # of a file that does not arrive as it was sent


async def check(run: Run, *, address: str, is_trusted: bool = False) -> None:
    """Checks every proof of the run's targets on the hosts of a cluster (cluster.connection).

    Raises MachineError when there is no host for a while, or the scheduler is gone; UserError when
    the project has parts that cannot be sent.
    """
    assert run.targets, "what to check"
    contents = Contents()
    setup = setup_of(run, run.targets, contents)
    async with connected(address, is_trusted=is_trusted) as link:
        hosts = Hosts(run, link, setup, contents)
        cluster = _Cluster(run, run.targets, link, hosts, contents)
        with link.hearing(setup.session, cluster.hear):
            try:
                await cluster.all()
            finally:
                await asyncio.shield(hosts.end())
        moved = f"{contents.moved / 1e6:.1f} MB sent, {cluster.received / 1e6:.1f} MB received"
        run.tell(Note(f"{plural(hosts.count, 'host')} took part: {moved}"))


class _Cluster:
    """The hosts at work on one check."""

    def __init__(
        self, run: Run, targets: Targets, link: Link, hosts: Hosts, contents: Contents
    ) -> None:
        self._run = run
        self._targets = targets
        self._link = link
        self._hosts = hosts
        self._contents = contents
        self.received = 0  # bytes
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = 0  # of orders
        self._known: dict[str, Known] = {}
        self._stand: set[str] = set()  # files of whose stand-ins it is decided
        self._open: dict[int, str] = {}  # orders at work: the file
        self._again: list[str] = []  # files that somebody else is to run
        proofs, self._seconds = expectation(run, targets)
        self._paths = graph.remaining(targets.needs, self._seconds)
        self._ready = graph.Ready(targets.needs, self._paths)
        self._changed = asyncio.Event()
        self._findings = Findings(run)
        work = sum(self._seconds.values())
        run.tell(Started(proofs, len(run.files), run.workers, work, work / run.workers))

    @property
    def _is_done(self) -> bool:
        return self._ready.is_done and not self._open and not self._again

    async def all(self) -> None:
        """Have all files run."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._spawn(self._hosts.watch(joined=self._changed.set, lost=self._lost))
            while not self._is_done:
                self._changed.clear()
                self._begin_files()
                if not self._is_done:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_EVERY):
                            await self._changed.wait()
                    self._see_to_silent_hosts()
                    self._move_work()
            for task in self._tasks:  # some may wait for hosts that do not answer
                task.cancel()
        skipped = {file: self._cause_of(file) for file in self._ready.skipped}
        tell_not_tried(self._run.tell, {f: c for f, c in skipped.items() if f in self._run.files})

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _cause_of(self, file: str) -> str:
        while file in self._ready.skipped:
            file = self._ready.skipped[file]
        return file

    # ---- hosts ----

    def _give_back(self, host: Host) -> None:
        """Have others do what this host has begun; what it finds out yet counts, too."""
        orders, host.orders, host.making = dict(host.orders), {}, set()
        for number in orders:
            self._open.pop(number, None)
        self._again += dict.fromkeys(orders.values())
        self._changed.set()

    def _lost(self, host: Host) -> None:
        """A host takes no part any more."""
        for worker in range(host.facts.cores):
            self._run.tell(WorkerIdle(host.first + worker))
        self._give_back(host)

    def _see_to_silent_hosts(self) -> None:
        """What they were to do is done elsewhere, too, and they may take part again."""
        for host in self._hosts.silent:
            if host.orders and self._hosts.answering:
                self._run.tell(Note(f"{host.name} does not answer: others do its part"))
                self._give_back(host)

    # ---- files ----

    def _begin_files(self) -> None:
        """Order what can be begun, as long as a host has a core for it."""
        while self._hosts.have_room and (self._again or self._ready.has_ready):
            if self._again:
                file = self._again.pop()
                if known := self._look_up_again(file):
                    self._order(file, known)
                continue
            file = self._ready.take()
            known = self._targets.look_up(file)
            if known is None or (known.stands and known.is_sure):
                self._stand.add(file)
                self._ready.end(file)
            if known is not None:
                self._order(file, known)

    def _look_up_again(self, file: str) -> Known | None:
        """What is known of a file of which some host has found out some, or nothing."""
        known = self._targets.look_up(file)
        if known is None:
            self._findings.forget(file)
            self._stands(file, Made(good=True))
        elif file in self._stand:  # others have loaded it: there is to be no other
            known = replace(known, stands=True, is_sure=True)
        return known

    def _order(self, file: str, known: Known, host: Host | None = None) -> None:
        """Have a host run what is to be run of a file: this one, or the best that has a core."""
        loads = self._loads(file)
        if host is None:
            hosts = {host.address: host for host in self._hosts.answering}
            missing = {address: self._missing(host, loads) for address, host in hosts.items()}
            chosen = best({address: host.load for address, host in hosts.items()}, missing)
            assert chosen, "somebody has room"
            host = hosts[chosen]
        self._numbers += 1
        self._open[self._numbers] = file
        self._findings.begin(self._numbers, file, known)
        self._known[file] = known
        seconds = self._seconds[file]
        host.take(self._numbers, file, seconds)
        order = Order(
            self._numbers,
            file,
            replace(known, opened=None),
            PROOFS.recall(self._run.ledger, file),
            loads,
            self._targets.command(file),
            seconds,
            0.0 if file in self._stand else self._paths[file] - seconds,
        )
        self._spawn(self._ordered(host, order))

    async def _ordered(self, host: Host, order: Order) -> None:
        """See what becomes of what others load."""
        try:
            made = await self._make(host, order)
        except HostGoneError as error:
            self._hosts.lose(host, str(error))
            return
        host.making.discard(order.number)
        if self._hosts.takes_part(host):  # the end of the file may have been heard of before
            self._stands(order.file, made, host)

    async def _make(self, host: Host, order: Order) -> Made:
        """What became of the stand-in; files that are missing on the host are sent."""
        wanted = set(order.loads.values())
        for _ in range(MOST_SENDINGS):
            *parts, last = self._contents.messages(wanted - host.has)
            for part in parts:
                await self._link.call(host.address, there.keep, part)
            label = f"{order.file}-{self._hosts.session}-{order.number}-{len(host.has)}"
            session = self._hosts.session
            made: Made | Missing | None = await self._link.make(
                host.address, label, there.make, session, order, last
            )
            if made is None:
                raise HostGoneError("it has given the check up")
            if not isinstance(made, Missing):
                host.has |= wanted
                return made
            host.has -= made.digests
        raise HostGoneError("files do not arrive there as they were sent")

    def _loads(self, file: str) -> dict[str, str]:
        """The stand-ins that it loads, directly or not."""
        found: dict[str, str] = {}
        waiting = list(self._targets.needs[file])
        while waiting:
            other = waiting.pop()
            if other not in found:
                path = self._targets.output(other, anew=False)
                found[other] = self._contents.digest(path)
                waiting += self._targets.needs[other]
        return found

    def _missing(self, host: Host, loads: dict[str, str]) -> float:
        """How many bytes of them are to be sent."""
        return float(sum(map(self._contents.size, set(loads.values()) - host.has)))

    def _stands(self, file: str, made: Made, host: Host | None = None) -> None:
        """A host has made what others load, or nobody will; the first one counts."""
        if file in self._stand:
            return
        self._stand.add(file)
        if made.content is not None:
            self.received += len(made.content)
            path = self._targets.output(file, anew=True)
            path.write_bytes(made.content)
            self._targets.stands(file, whole=made.whole)
            if host:
                host.has.add(self._contents.digest(path))
        self._ready.end(file, good=made.good)
        self._changed.set()

    # ---- what hosts tell ----

    def hear(self, address: str, news: bytes) -> None:
        """A host tells something."""
        host = self._hosts.find(address)
        if host is None:
            return
        try:
            ended = self._findings.tell(host, news)
        except HostGoneError as error:
            self._hosts.lose(host, str(error))
            return
        for number in ended:
            host.orders.pop(number, None)
            file = self._open.pop(number, None)
            if file and file not in self._open.values():
                self._findings.end(file)
        self._changed.set()

    # ---- work that is moved ----

    def _move_work(self) -> None:
        """Idle hosts take proofs over that wait on others."""
        hosts = {h.address: h for h in self._hosts.answering if not h.is_moving}
        if self._ready.has_ready or self._again or not hosts:
            return
        if found := to_move({address: host.load for address, host in hosts.items()}):
            giver, taker = hosts[found[0]], hosts[found[1]]
            giver.is_moving = taker.is_moving = True
            self._spawn(self._move(giver, taker, found[2]))

    async def _move(self, giver: Host, taker: Host, seconds: float) -> None:
        try:
            session = self._hosts.session
            given: list[Given] = await self._link.call(
                giver.address, there.give_away, session, seconds
            )
            for one in given:
                if file := giver.orders.get(one.number):
                    self._order(file, _only(self._known[file], one.proofs), taker)
        except HostGoneError:
            pass  # whoever watches it will say so
        finally:
            giver.is_moving = taker.is_moving = False


def _only(known: Known, proofs: frozenset[int]) -> Known:
    """Nothing but these proofs is to be run."""
    everything = {proof.statement.start for proof in known.document.proofs}
    passed_over = frozenset(everything - proofs) | known.passed_over
    return replace(known, text_is_good=True, passed_over=passed_over, stands=True, is_sure=True)
