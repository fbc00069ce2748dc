"""What a check on the hosts of a cluster will be like: who runs what when, and what is sent.

Each host is a driver, as on one machine; a client places files and moves proofs by the rules of
`hosts`, as checker/cluster does. All that is sent goes over the client's line, one thing after the
other, either way. No host is lost. Pure: no files, no clocks, no processes. All times are in
seconds.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from checker.schedule.clock import Clock
from checker.schedule.driver import Driver
from checker.schedule.hosts import BYTES_PER_SECOND, Load, best, to_move
from checker.schedule.ongoing import Work
from checker.schedule.passes import File, Machine
from checker.schedule.timeline import Timeline
from makegen.base import graph

LOOK_EVERY = 0.05  # seconds: so often hosts tell what waits there


@dataclass(frozen=True)
class Travel:
    """What it costs to have a file run elsewhere."""

    latency: float = 0.0  # seconds until a host has an order, beside what is sent with it
    sources: Mapping[str, int] = field(default_factory=dict)  # bytes of a file
    sizes: Mapping[str, int] = field(default_factory=dict)  # bytes that others load of it
    line: float = BYTES_PER_SECOND  # of the client, either way


@dataclass(frozen=True)
class Order:
    """What a host is to run: a file, or proofs of one that another host gives away."""

    work: Work
    source: str  # the file's name
    is_moved: bool = False


@dataclass(frozen=True)
class Course:
    """What every host did."""

    hosts: tuple[Timeline, ...]
    orders: tuple[Order, ...]
    makespan: float  # until the client has all that was made
    sent: int  # bytes, to hosts
    received: int  # bytes, from them

    @property
    def cpu(self) -> float:
        """What all of them work together."""
        return sum(timeline.cpu for timeline in self.hosts)

    @property
    def moved(self) -> int:
        """How often proofs were moved, and the text before them run once more."""
        return sum(order.is_moved for order in self.orders)

    @property
    def at_work(self) -> int:
        """How many hosts had something to do."""
        return sum(timeline.makespan > 0 for timeline in self.hosts)


def simulate(
    files: Sequence[File], machine: Machine, hosts: int, travel: Travel | None = None
) -> Course:
    """A run over all files on so many hosts, each of which is such a machine."""
    return _Client(files, machine, hosts, travel or Travel()).run()


class _Line:
    """One way of the client's line."""

    def __init__(self, bytes_per_second: float) -> None:
        self.bytes = 0  # that went over it
        self._bytes_per_second = bytes_per_second
        self._free = 0.0

    def seconds(self, now: float, size: int) -> float:
        """Until something is there that is sent now."""
        self.bytes += size
        self._free = max(now, self._free) + size / self._bytes_per_second
        return self._free - now


class _Host:
    """A host, and what the client knows of it. See ongoing.Works."""

    def __init__(self, clock: Clock, machine: Machine, client: "_Client") -> None:
        self.driver = Driver(clock, machine, self, machine.workers)
        self.has: set[str] = set()  # of which files that which others load is there
        self.had: set[str] = set()  # files whose sources are
        self.is_moving = False
        self._cores = machine.workers
        self._client = client
        self._orders: dict[str, Order] = {}  # that have not ended
        self._making: dict[str, float] = {}  # those of which something is awaited
        self._ended: set[str] = set()
        self._waiting: list[tuple[float, int, Order]] = []  # a heap: the longest path first

    @property
    def load(self) -> Load:
        waiting = self.driver.seconds_waiting
        work = sum(self._making.values()) + waiting
        return Load(self._cores, len(self._orders), work, waiting)

    @property
    def sources(self) -> set[str]:
        """The files that it has something to do with."""
        return {order.source for order in self._orders.values()}

    def order(self, order: Order) -> None:
        """It will have to do this."""
        file = order.work.file
        self._orders[file.name] = order
        self._making[file.name] = file.seconds

    def begin(self, order: Order, number: int) -> None:
        """The order has arrived."""
        seconds = order.work.file.seconds
        heapq.heappush(self._waiting, (-order.work.after - seconds, number, order))
        self.driver.expect(seconds)

    def made(self, order: Order) -> None:
        """Nothing is awaited any more of this order."""
        del self._making[order.work.file.name]
        self._see_to_end(order.work)

    # ---- what the driver asks, and tells ----

    @property
    def has_ready(self) -> bool:
        return bool(self._waiting)

    def take_next(self) -> File | None:
        """What is ordered can be begun."""

    def take(self) -> Work:
        _, _, order = heapq.heappop(self._waiting)
        if order.is_moved:
            self.made(order)
        return order.work

    def stands(self, work: Work) -> None:
        order = self._orders[work.file.name]
        if not order.is_moved:
            self._client.receive(self, order)

    def ended(self, work: Work) -> None:
        self._ended.add(work.file.name)
        self._see_to_end(work)

    def _see_to_end(self, work: Work) -> None:
        """An order has come to its end when its proofs are run, and the client has the rest."""
        name = work.file.name
        if name in self._ended and name not in self._making:
            del self._orders[name]
            self._client.ended()


class _Client:
    """The loop of checker.cluster.engine, with a clock that jumps."""

    def __init__(self, files: Sequence[File], machine: Machine, hosts: int, travel: Travel) -> None:
        self._files = {file.name: file for file in files}
        self._machine = machine
        self._travel = travel
        self._clock = Clock()
        self._hosts = {n: _Host(self._clock, machine, self) for n in range(hosts)}
        self._there, self._back = _Line(travel.line), _Line(travel.line)
        self._orders: dict[str, Order] = {}  # by what they call their file
        self._open = 0  # of them, at work
        needs = {file.name: file.needs for file in files}
        self._paths = graph.remaining(needs, {file.name: file.seconds for file in files})
        self._ready = graph.Ready(needs, self._paths)
        self._loads: dict[str, set[str]] = {}  # directly or not
        for name in graph.sort(needs):
            self._loads[name] = {*needs[name]}.union(*(self._loads[n] for n in needs[name]))
        self._end = 0.0

    def run(self) -> Course:
        """From the first event to the last."""
        self._begin_files()
        self._look()
        self._clock.run()
        return Course(
            tuple(host.driver.timeline for host in self._hosts.values()),
            tuple(self._orders.values()),
            self._end,
            self._there.bytes,
            self._back.bytes,
        )

    # ---- files ----

    def _begin_files(self) -> None:
        """Order what can be begun, as long as a host has a core for it."""
        while self._ready.has_ready:
            loads = {number: host.load for number, host in self._hosts.items()}
            if not any(load.files < load.cores for load in loads.values()):
                return
            file = self._files[self._ready.take()]
            missing = {n: float(self._missing(host, file.name)) for n, host in self._hosts.items()}
            chosen = best(loads, missing)
            assert chosen is not None, "somebody has room"
            work = Work(file, self._paths[file.name] - file.seconds)
            self._order(Order(work, file.name), self._hosts[chosen])

    def _missing(self, host: _Host, source: str) -> int:
        """How many bytes of it, and of what it loads, are to be sent."""
        own = 0 if source in host.had else self._travel.sources.get(source, 0)
        return own + sum(self._travel.sizes.get(name, 0) for name in self._loads[source] - host.has)

    def _order(self, order: Order, host: _Host) -> None:
        seconds = self._there.seconds(self._clock.now, self._missing(host, order.source))
        host.has |= self._loads[order.source]
        host.had.add(order.source)
        host.order(order)
        self._orders[order.work.file.name] = order
        self._open += 1
        begin = partial(host.begin, order, len(self._orders))
        self._clock.later(seconds + self._travel.latency, begin)

    def receive(self, host: _Host, order: Order) -> None:
        """A host has made what others load."""
        size = self._travel.sizes.get(order.source, 0)
        seconds = self._back.seconds(self._clock.now, size)
        self._clock.later(seconds, partial(self._stands, host, order))

    def _stands(self, host: _Host, order: Order) -> None:
        host.made(order)
        host.has.add(order.source)
        self._ready.end(order.source)
        self._end = self._clock.now
        self._begin_files()

    def ended(self) -> None:
        """All proofs of an order are run."""
        self._open -= 1
        self._end = self._clock.now
        self._begin_files()

    # ---- work that is moved ----

    def _look(self) -> None:
        """Whether a host has nothing to do, as often as hosts tell what they have."""
        if self._ready.is_done and not self._open:
            return
        self._clock.later(LOOK_EVERY, self._look)
        hosts = {number: host for number, host in self._hosts.items() if not host.is_moving}
        if self._ready.has_ready or not hosts:
            return
        if found := to_move({number: host.load for number, host in hosts.items()}):
            giver, taker = hosts[found[0]], hosts[found[1]]
            giver.is_moving = taker.is_moving = True
            self._clock.later(self._travel.latency, partial(self._move, giver, taker, found[2]))

    def _move(self, giver: _Host, taker: _Host, seconds: float) -> None:
        giver.is_moving = taker.is_moving = False
        there = taker.sources  # a host has a file once
        given = giver.driver.give_away(
            seconds, lambda work: self._orders[work.file.name].source not in there
        )
        if given:
            work, steps = given
            source = self._orders[work.file.name].source
            name = f"{source} ({len(self._orders)})"
            part = work.file.only(name, steps, self._machine.stand_in)
            self._order(Order(Work(part, 0.0), source, is_moved=True), taker)
