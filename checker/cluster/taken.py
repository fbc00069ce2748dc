"""The orders that a host has taken, as the driver of the snapshot engine sees them."""

import asyncio
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checker.cluster.messages import Made, Order
from checker.engines.snapshot.crew import HeadStart
from checker.engines.snapshot.file.file_run import FileRun, Product
from checker.engines.snapshot.file.job import Job, making_pass
from checker.interfaces.stand_ins import StandIns
from checker.knowledge.known import Known


@dataclass(eq=False)
class Taken:
    """An order at work."""

    order: Order
    file: FileRun
    opened: Path
    size: int = 0  # of the list of opened files, as far as it was told
    is_ended: bool = False
    given: set[int] = field(default_factory=set)  # proofs that are left to others
    made: asyncio.Future[Made | None] = field(default_factory=asyncio.Future)


class HostTargets:
    """See checker.run.run.Targets."""

    def __init__(self, stand_ins: StandIns) -> None:
        self.workspace = stand_ins.workspace
        self.needs: Mapping[str, Sequence[str]] = {}
        self.besides: Mapping[str, str] = {}
        self.commands: dict[str, tuple[str, ...]] = {}
        self._stand_ins = stand_ins

    def look_up(self, file: str) -> Known | None:
        """The client has."""
        raise NotImplementedError(file)

    def begins_early(self, file: str) -> bool:  # noqa: ARG002
        """What a file loads stands when its order comes."""
        return False

    def output(self, file: str, *, anew: bool) -> Path:
        """Where the stand-in of the file is; `anew`: a pass is about to write it."""
        if anew:
            self._stand_ins.forget(file)
        return self._stand_ins.make_room(file)

    def command(self, file: str) -> tuple[str, ...]:
        """What a user runs to see the errors of the file."""
        return self.commands[file]

    def stands(self, file: str, *, whole: bool, host: str = "") -> None:
        """The client is told."""

    def stood_still(self, file: str) -> bool:  # noqa: ARG002
        """Nobody else works in a session's folder."""
        return True


class Orders:
    """See checker.engines.snapshot.crew.Files: orders that wait, the longest path first."""

    def __init__(self) -> None:
        self.is_done = False  # the session ends
        self.taken: dict[FileRun, Taken] = {}
        self._waiting: list[tuple[float, int, Taken]] = []

    @property
    def seconds_to_come(self) -> float:
        """CPU, of those that have not begun."""
        return sum(taken.file.expected for _, _, taken in self._waiting)

    def add(self, taken: Taken) -> None:
        """Take an order."""
        self.taken[taken.file] = taken
        order = taken.order
        heapq.heappush(self._waiting, (-order.path_after - order.expected, order.number, taken))

    def begin(self) -> tuple[Job, ...]:
        """The job to begin the next file with."""
        if not self._waiting:
            return ()
        file = heapq.heappop(self._waiting)[2].file
        if file.product is Product.WANTED:
            return (making_pass(file),)
        if file.product is Product.STANDS:
            self.holds(file)
        return (Job(file, 0, file.needed, passes=True),)

    def begin_head(self) -> HeadStart | None:
        """What an order loads stands."""

    def rest(self, file: FileRun) -> tuple[Job, ...]:  # noqa: ARG002
        """Nothing."""
        return ()

    def holds(self, file: FileRun) -> None:
        """What others load was made before, and is right."""
        self._made(file, Made(good=True))

    def stands(self, file: FileRun, *, good: bool, whole: bool) -> None:
        """A pass over the file has made what others load, or nobody will."""
        self._made(file, Made(good=good, whole=whole, is_new=good))

    def _made(self, file: FileRun, made: Made) -> None:
        file.path_after = 0.0
        if not (future := self.taken[file].made).done():
            future.set_result(made)
