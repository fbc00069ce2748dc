"""The engine on other hosts: each file is ordered from one, and what that finds out is told here.

What stands behind it is as in one run on this machine: a file is taken up once all that it loads
stands; findings go to the same settlement, which has plain coqc confirm complaints, here.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace

from checker.cluster import host as there
from checker.cluster.connection import HostGoneError, Link, connected
from checker.cluster.contents import Contents
from checker.cluster.dispatch import Dispatch
from checker.cluster.findings import Findings
from checker.cluster.hosts import Host, Hosts
from checker.cluster.messages import Given, Made, Order
from checker.cluster.project import setup_of
from checker.engines.snapshot.engine import expectation
from checker.knowledge.known import Known
from checker.report.events import Note, Started, WorkerIdle, tell_not_tried
from checker.report.events import number as plural
from checker.run.run import Run, Targets
from checker.schedule.hosts import to_move
from makegen.base import graph

LOOK_EVERY = 0.25  # seconds: for hosts that have gone, or have nothing to do
STRAGGLER_SECONDS = 10.0  # at least, and so many times what was expected, and a host is idle:
STRAGGLER_TIMES = 4.0  # then the rest of a file is run there, too
MOST_TRIES = 3  # of a file whose proofs nobody has run to the end


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
        cluster = _Cluster(run, run.targets, link, hosts)
        with link.hearing(there.TOPIC, setup.session, cluster.hear):
            try:
                await cluster.all()
            finally:
                await asyncio.shield(hosts.end())
        moved = f"{contents.moved / 1e6:.1f} MB sent, {cluster.received / 1e6:.1f} MB received"
        run.tell(Note(f"{plural(hosts.count, 'host')} took part: {moved}"))


class _Cluster:
    """The hosts at work on one check."""

    def __init__(self, run: Run, targets: Targets, link: Link, hosts: Hosts) -> None:
        self._run = run
        self._targets = targets
        self._link = link
        self._hosts = hosts
        self.received = 0  # bytes
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: dict[str, Known] = {}
        self._stand: set[str] = set()  # files of whose stand-ins it is decided
        self._final: set[str] = set()  # files of which all is told
        self._doubled: set[str] = set()  # files that an idle host was given, too
        self._again: list[str] = []  # files that somebody else is to run
        self._tries = Counter[str]()  # of files
        self._failure: Exception | None = None  # ours
        self._changed = asyncio.Event()
        self._findings = Findings(run)
        proofs, seconds = expectation(run, targets)
        self._dispatch = Dispatch(run, targets, link, hosts, seconds)
        self._ready = graph.Ready(targets.needs, self._dispatch.paths)
        work = sum(seconds.values())
        run.tell(Started(proofs, len(run.files), run.workers, work, work / run.workers))

    @property
    def _is_done(self) -> bool:
        return self._ready.is_done and not self._dispatch.are_open and not self._again

    async def all(self) -> None:
        """Have all files run."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._spawn(self._hosts.watch(joined=self._changed.set, lost=self._lost))
            while not self._is_done:
                self._changed.clear()
                await self._begin_files()
                if not self._is_done:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_EVERY):
                            await self._changed.wait()
                    self._see_to_silent_hosts()
                    self._use_idle_hosts()
                if self._failure:
                    raise self._failure
            for task in self._tasks:  # some may wait for hosts that do not answer
                task.cancel()
        ready, asked = self._ready, self._run.files
        untried = {file: ready.cause_of(file) for file in ready.skipped if file in asked}
        tell_not_tried(self._run.tell, untried)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- hosts ----

    def _lost(self, host: Host) -> None:
        """A host takes no part any more."""
        for worker in range(host.facts.cores):
            self._run.tell(WorkerIdle(host.first + worker))
        self._again += self._dispatch.give_up(host)
        self._changed.set()

    def _see_to_silent_hosts(self) -> None:
        """What they were to do is done elsewhere, too; they may take part again."""
        for host in self._hosts.silent:
            if self._hosts.answering and (files := self._dispatch.give_up(host)):
                self._run.tell(Note(f"{host.name} does not answer: others do its part"))
                self._again += files

    # ---- files ----

    async def _begin_files(self) -> None:
        """Order what can be begun, as long as a host has a core for it."""
        for file in dict.fromkeys(self._again):
            if host := self._dispatch.host_for(file):
                self._again = [other for other in self._again if other != file]
                self._findings.forget(file)  # who was to run it has told of its end, or will not
                if known := self._look_up_again(file):
                    self._order(host, file, known)
        while self._ready.has_ready and self._hosts.have_room:
            await asyncio.sleep(0)  # hosts are heard meanwhile: to look up takes a while
            file = self._ready.take()
            known = self._targets.look_up(file)
            if known is None or (known.stands and known.is_sure):
                self._stand.add(file)
                self._ready.end(file)
            if known is None:
                continue
            if host := self._dispatch.host_for(file):
                self._order(host, file, known)
            else:
                self._again.append(file)

    def _look_up_again(self, file: str) -> Known | None:
        """What is known of a file of which some host has found out some, or nothing."""
        known = self._targets.look_up(file)
        if known is None:
            self._final.add(file)
            self._stands(file, Made(good=True))
            return None
        known = replace(known, passed_over=known.passed_over | self._findings.good(file))
        if file in self._stand:  # others have loaded it: there is to be no other
            known = replace(known, stands=True, is_sure=True)
        return known

    def _order(self, host: Host, file: str, known: Known, *, is_part: bool = False) -> int:
        """Have a host run what is to be run of a file; the number of the order.

        `is_part`: proofs alone that another host has left.
        """
        self._known.setdefault(file, known)
        order = self._dispatch.begin(host, file, known, stands=file in self._stand)
        self._findings.begin(order.number, file, known, is_part=is_part)
        self._spawn(self._ordered(host, order))
        return order.number

    async def _ordered(self, host: Host, order: Order) -> None:
        """See what becomes of what others load."""
        try:
            made = await self._dispatch.made(host, order)
        except HostGoneError as error:
            self._hosts.lose(host, str(error))
            return
        if self._hosts.takes_part(host):
            if made.good:  # else the end of the file says whether it is wrong, or the host
                self._stands(order.file, made, host)
            host.orders[order.number].is_made = True
            self._see_to_end(host, order.number)

    def _stands(self, file: str, made: Made, host: Host | None = None) -> None:
        """A host has made what others load, or nobody will; the first one counts."""
        if file in self._stand:
            return
        self._stand.add(file)
        if made.is_new:
            self.received += len(made.content)
            path = self._targets.output(file, anew=True)
            path.write_bytes(made.content)
            self._targets.stands(file, whole=made.whole, host=host.facts.name if host else "")
            if host:
                host.has.add(self._hosts.contents.digest(path))
        self._ready.end(file, good=made.good)
        self._changed.set()

    # ---- what hosts tell ----

    def hear(self, address: str, news: bytes) -> None:
        """A host tells something."""
        if (host := self._hosts.find(address)) is None:
            return
        try:
            ended = self._findings.tell(host, news, self._dispatch.is_open)
            for number in ended:
                host.orders[number].is_ended = True
                self._see_to_end(host, number)
        except HostGoneError as error:
            self._hosts.lose(host, str(error))
        except Exception as error:
            self._failure = error
        self._changed.set()

    def _see_to_end(self, host: Host, number: int) -> None:
        """An order has come to its end when that was told, and its stand-in is here, too."""
        ordered = host.orders[number]
        if ordered.is_ended and ordered.is_made:
            del host.orders[number]
            file = self._dispatch.end(number)
            if file and file not in self._again and file not in self._final:
                self._end(file)

    def _end(self, file: str) -> None:
        """No host has anything to do with the file any more."""
        self._tries[file] += 1
        if self._tries[file] < MOST_TRIES and not self._findings.are_complete(file):
            self._again.append(file)  # something got lost on the way, or a host could not do it
        else:
            self._final.add(file)
            self._findings.end(file)
            self._stands(file, Made(good=False))  # unless it does

    # ---- idle hosts ----

    def _use_idle_hosts(self) -> None:
        """They take over proofs that wait on others, or run what takes others too long, too."""
        hosts = {h.address: h for h in self._hosts.answering if not h.is_moving}
        if self._ready.has_ready or self._again or not hosts:
            return
        if found := to_move({address: host.load for address, host in hosts.items()}):
            giver, taker = hosts[found[0]], hosts[found[1]]
            giver.is_moving = taker.is_moving = True
            self._spawn(self._move(giver, taker, found[2]))
        elif any(host.load.is_idle for host in hosts.values()):
            self._see_to_stragglers()

    async def _move(self, giver: Host, taker: Host, seconds: float) -> None:
        try:
            words = (self._hosts.session, seconds, taker.files)
            given: Given | None = await self._link.call(giver.address, there.give_away, *words)
            # Of a file that has ended meanwhile, or a taker that is gone, _end takes care.
            if given and self._dispatch.is_open(given.number):
                file = giver.orders[given.number].file
                if self._dispatch.host_for(file, even_busy=taker):
                    only = _only(self._known[file], given.proofs)
                    self._order(taker, file, only, is_part=True)
        except HostGoneError:
            pass  # whoever watches it will say so
        finally:
            giver.is_moving = taker.is_moving = False

    def _see_to_stragglers(self) -> None:
        """What takes a host too long is run by an idle one, too, once; the first end counts."""
        now = time.monotonic()
        for host in self._hosts.answering:
            for number, one in host.orders.items():
                patience = max(STRAGGLER_SECONDS, STRAGGLER_TIMES * one.seconds)
                if one.file in self._doubled or now < one.begun + patience:
                    continue
                if not self._dispatch.is_open(number):  # nobody waits for it
                    continue
                if (other := self._dispatch.host_for(one.file)) and other.load.is_idle:
                    self._doubled.add(one.file)
                    if known := self._look_up_again(one.file):
                        self._dispatch.pair(number, self._order(other, one.file, known))
                    else:
                        self._dispatch.end(number)
                    return


def _only(known: Known, proofs: frozenset[int]) -> Known:
    """Nothing but these proofs is to be run."""
    everything = {proof.statement.start for proof in known.document.proofs}
    passed_over = frozenset(everything - proofs) | known.passed_over
    return replace(known, text_is_good=True, passed_over=passed_over, stands=True, is_sure=True)
