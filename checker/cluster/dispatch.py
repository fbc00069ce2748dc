"""Orders: what is asked of which host, with the files that are still missing there."""

import time
from collections.abc import Mapping
from dataclasses import replace

from checker.cluster import host as there
from checker.cluster.connection import HostGoneError, Link
from checker.cluster.contents import Contents
from checker.cluster.hosts import Host, Hosts, Ordered
from checker.cluster.messages import Made, Missing, Order
from checker.knowledge.known import Known
from checker.knowledge.records import PROOFS
from checker.run.run import Run, Targets
from checker.schedule.hosts import best
from makegen.base import graph

MOST_SENDINGS = 3  # of a file that does not arrive as it was sent


class Dispatch:
    """The orders of a check."""

    def __init__(
        self, run: Run, targets: Targets, link: Link, hosts: Hosts, seconds: Mapping[str, float]
    ) -> None:
        """`seconds`: CPU, of each file."""
        self._run = run
        self._targets = targets
        self._link = link
        self._hosts = hosts
        self._contents: Contents = hosts.contents
        self._open: dict[int, str] = {}  # orders that are to come to their end: the file
        self._pairs: dict[int, int] = {}  # orders of the same: the first that ends counts
        self._numbers = 0
        self._seconds = seconds
        self.paths = graph.remaining(targets.needs, seconds)  # from each file to the end of all

    @property
    def are_open(self) -> bool:
        """Whether something is still to come."""
        return bool(self._open)

    def host_for(self, file: str, *, even_busy: Host | None = None) -> Host | None:
        """The best host that has a core for the file; or `even_busy`, if it may have it.

        A host that is making what the file loads, or the file, anew, as nobody waits for it any
        more, would write over what it is to load.
        """
        loads = self._loads(file)
        able = {
            host.address: host
            for host in self._hosts.answering
            if not host.makes.intersection(loads) and file not in host.files
        }
        able = {a: host for a, host in able.items() if file not in host.lost} or able
        if even_busy:
            return able.get(even_busy.address)
        missing = {address: self._missing(host, loads) for address, host in able.items()}
        chosen = best({address: host.load for address, host in able.items()}, missing)
        return able[chosen] if chosen else None

    def begin(self, host: Host, file: str, known: Known, *, stands: bool) -> Order:
        """Order a file from a host; `stands`: others need not wait for it."""
        self._numbers += 1
        self._open[self._numbers] = file
        seconds = self._seconds[file]
        host.orders[self._numbers] = Ordered(file, seconds, time.monotonic())
        return Order(
            self._numbers,
            file,
            replace(known, opened=None),
            PROOFS.recall(self._run.ledger, file),
            self._contents.digest(self._run.path(file)),
            self._loads(file),
            self._targets.command(file),
            seconds,
            0.0 if stands else self.paths[file] - seconds,
        )

    def give_up(self, host: Host) -> list[str]:
        """The files that were ordered from a host, and of which its word is not waited for."""
        files = [self._open.pop(number) for number in host.orders if number in self._open]
        return list(dict.fromkeys(files))

    def is_open(self, number: int) -> bool:
        """Whether the end of an order counts."""
        return number in self._open

    def pair(self, one: int, other: int) -> None:
        """These orders are about the same."""
        self._pairs |= {one: other, other: one}

    def end(self, number: int) -> str | None:
        """An order has come to its end; the file, if that was the last one of it."""
        file = self._open.pop(number, None)
        if file is None:
            return None
        self._open.pop(self._pairs.get(number, 0), None)
        return None if file in self._open.values() else file

    async def made(self, host: Host, order: Order) -> Made:
        """What became of the stand-in; files that are missing on the host are sent.

        Raises HostGoneError.
        """
        wanted, session = {order.source, *order.loads.values()}, self._hosts.session
        for sending in range(MOST_SENDINGS):
            *parts, last = self._contents.messages(wanted - host.has)
            host.has |= wanted  # from now on others need not send it
            for part in parts:
                await self._link.call(host.address, there.keep, part)
            label = f"{order.file}-{session}-{order.number}-{sending}"
            words = (session, order, last)
            made: Made | Missing | None = await self._link.make(
                host.address, label, there.make, *words
            )
            if made is None:
                raise HostGoneError("it has given the check up")
            if not isinstance(made, Missing):
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

    def _missing(self, host: Host, loads: Mapping[str, str]) -> float:
        """How many bytes of them are to be sent."""
        return float(sum(map(self._contents.size, set(loads.values()) - host.has)))
