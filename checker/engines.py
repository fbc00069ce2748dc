"""The engines, and which of them `--engine auto` takes.

auto takes the first in the order below that works with the coqc at hand.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from checker import vio, vok
from checker.run import Run
from checker.schedule import Batch
from checker.snapshot import engine as snapshot
from makegen.errors import UserError
from makegen.toolchain import Toolchain

AUTO = "auto"


@dataclass(frozen=True)
class Engine:
    """A way to get verdicts."""

    name: str
    check: Callable[[Run], Awaitable[None]]  # every proof of the files
    complete: Callable[[Run], Awaitable[None]]  # every .vo of the files
    batches: Callable[[Run], Awaitable[list[Batch]]]  # what check would schedule
    why_not: Callable[[Toolchain], str | None]  # one line where it cannot work; None: it can


ENGINES = (
    Engine("vio", vio.check, vio.complete, vio.read_batches, vio.why_not),
    Engine("vok", vok.check, vok.complete, vok.read_batches, vok.why_not),
    Engine("snapshot", snapshot.check, vok.complete, snapshot.read_batches, snapshot.why_not),
)


def choose(name: str, toolchain: Toolchain) -> Engine:
    """The engine of that name, for `auto` the first that works.

    Raises UserError with the reason when it does not work with this toolchain.
    """
    reasons = []
    for engine in ENGINES:
        if name not in (AUTO, engine.name):
            continue
        why_not = engine.why_not(toolchain)
        if why_not is None:
            return engine
        reasons.append(f"engine {engine.name}: {why_not}")
    raise UserError("; ".join(reasons))
