"""The hosts of a check, as the client knows them: who they are, and whether they may take part."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from checker.cluster import host as there
from checker.cluster.connection import HostGoneError, Link
from checker.cluster.contents import Contents
from checker.cluster.messages import Facts, Setup, Told
from checker.report.events import Note
from checker.run.run import Run
from checker.schedule.hosts import Load
from makegen.base.errors import MachineError
from makegen.coq.toolchain import Toolchain

LOOK_EVERY = 1.0  # seconds: for hosts that come, and go
NOBODY_SECONDS = 60.0  # without any host
SILENT_SECONDS = 10.0  # after which what a host was given is given to others, too


@dataclass(eq=False)
class Ordered:
    """A file at work on a host."""

    file: str
    seconds: float  # CPU, that are expected
    begun: float  # monotonic, seconds
    is_made: bool = False  # its stand-in is, or is not to be
    is_ended: bool = False  # there is nothing to come of it but that


@dataclass(eq=False)
class Host:
    """A host that takes part."""

    address: str
    facts: Facts
    has: set[str]  # digests of the files that are there
    first: int = 0  # the number of the first of its workers
    lost: set[str] = field(default_factory=set)  # files that it could not run to the end
    orders: dict[int, Ordered] = field(default_factory=dict)  # at work, by number
    heard: float = field(default_factory=time.monotonic)
    count: int | None = None  # of what it has told; None: nothing yet that we have heard
    waiting: float = 0.0  # CPU seconds of proofs that wait for a core
    is_moving: bool = False  # something is about to be moved from it or to it

    @property
    def name(self) -> str:
        """For users."""
        return f"{self.facts.name} ({self.address})"

    @property
    def is_silent(self) -> bool:
        """Whether it has not been heard of for a while."""
        return time.monotonic() > self.heard + SILENT_SECONDS

    @property
    def files(self) -> set[str]:
        """Those at work."""
        return {ordered.file for ordered in self.orders.values()}

    @property
    def makes(self) -> set[str]:
        """Those of which it may still write a stand-in."""
        return {ordered.file for ordered in self.orders.values() if not ordered.is_made}

    @property
    def load(self) -> Load:
        """What it has to do."""
        making = sum(one.seconds for one in self.orders.values() if not one.is_made)
        return Load(self.facts.cores, len(self.orders), making + self.waiting, self.waiting)

    def take_note(self, told: Told) -> None:
        """It is alive. Raises HostGoneError where something that it told before was lost."""
        self.heard = time.monotonic()
        if self.count is not None and told.count != self.count:
            raise HostGoneError("what it told was lost on the way")
        self.count, self.waiting = told.count + 1, told.waiting


def why_not(facts: Facts, toolchain: Toolchain) -> str | None:
    """Why a host cannot take part, in one line; None: it can."""
    if facts.why_not:
        return facts.why_not
    if facts.release != there.release():
        return f"it has another proof-makefile ({facts.release}; here: {there.release()})"
    if facts.coq != there.coq_of(toolchain):
        return f"it has another Coq ({facts.coq}; here: {there.coq_of(toolchain)})"
    return None


class Hosts:
    """Those that take part, as they come and go."""

    def __init__(self, run: Run, link: Link, setup: Setup, contents: Contents) -> None:
        self.session = setup.session
        self.count = 0  # of hosts that there were
        self._run = run
        self._link = link
        self._setup = setup
        self.contents = contents
        self._workers = 0  # of all hosts that there were
        self._hosts: dict[str, Host] = {}  # by address
        self._known: set[str] = set()  # addresses that were asked, whatever came of it
        self._lost: Callable[[Host], None] = lambda _: None

    @property
    def answering(self) -> list[Host]:
        """Those that can be given something."""
        return [host for host in self._hosts.values() if not host.is_silent]

    @property
    def silent(self) -> list[Host]:
        """The others."""
        return [host for host in self._hosts.values() if host.is_silent]

    @property
    def have_room(self) -> bool:
        """Whether one of them has a core for one more file."""
        return any(host.load.files < host.load.cores for host in self.answering)

    def find(self, address: str) -> Host | None:
        """The host there, if it takes part."""
        return self._hosts.get(address)

    def takes_part(self, host: Host) -> bool:
        """Whether what it finds out counts."""
        return self._hosts.get(host.address) is host

    async def watch(self, joined: Callable[[], None], lost: Callable[[Host], None]) -> None:
        """Hosts that come take part; those that go do not any more.

        Raises MachineError where nobody takes part for a while.
        """
        self._lost = lost
        alone_since = time.monotonic()
        async with asyncio.TaskGroup() as group:
            while True:
                there_now = await self._link.hosts()
                self._known &= there_now  # a worker may come again
                for address in there_now - self._known:
                    self._known.add(address)
                    group.create_task(self._ask(address, joined))
                for address in self._hosts.keys() - there_now:
                    self.lose(self._hosts[address], "it is gone")
                for host in self._hosts.values():
                    group.create_task(self._renew(host))
                if self.answering:
                    alone_since = time.monotonic()
                elif time.monotonic() > alone_since + NOBODY_SECONDS:
                    raise MachineError("no host of the cluster takes part")
                await asyncio.sleep(LOOK_EVERY)

    async def _ask(self, address: str, joined: Callable[[], None]) -> None:
        """Whether a host can take part."""
        try:
            setup, toolchain = self._setup, self._run.toolchain
            host = await _welcome(self._link, address, setup, toolchain, self.contents)
        except HostGoneError as error:
            self._run.tell(Note(f"{address} takes no part: {error}"))
            return
        host.first, self._workers = self._workers, self._workers + host.facts.cores
        self._hosts[address] = host
        self.count += 1
        joined()

    async def _renew(self, host: Host) -> None:
        with contextlib.suppress(HostGoneError):
            others = (other.load for other in self.answering if other is not host)
            idle = sum(max(0, load.cores - load.files) for load in others if load.is_idle)
            if not await self._link.call(host.address, there.renew, self.session, idle):
                self.lose(host, "it has given the check up")

    def lose(self, host: Host, why: str) -> None:
        """It takes no part any more, and what it was to do is done elsewhere."""
        if self._hosts.pop(host.address, None):
            self._run.tell(Note(f"{host.name} takes no part any more: {why}"))
            self._lost(host)

    async def end(self) -> None:
        """Nothing is left on any host."""
        await self._link.tell_all(self._known, there.end, self.session)


async def _welcome(
    link: Link, address: str, setup: Setup, toolchain: Toolchain, contents: Contents
) -> Host:
    """A new host, which has begun a session. Raises HostGoneError where it cannot take part."""
    facts: Facts = await link.call(address, there.describe)
    if why := why_not(facts, toolchain):
        raise HostGoneError(why)
    host = Host(address, facts, set(facts.kept))
    wanted = {*setup.files.values(), *setup.looked_for.values()}
    for _ in range(3):  # a file may be damaged there, or lost
        missing = None
        for part in contents.messages(wanted - host.has):
            missing = await link.call(address, there.begin, setup, part)
        if missing is None:
            host.has |= wanted
            return host
        host.has -= missing.digests
    raise HostGoneError("files do not arrive there as they were sent")
