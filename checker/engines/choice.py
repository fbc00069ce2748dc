"""The engines, and which of them `--engine auto` takes: the first that works with the coqc at hand.

To check, that is snapshot (proof by proof inside files), then vio, then vok; to make .vo files it
is vio, which has the .vio files of `make quick` to start from, then vok.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from checker.engines.run import Run
from checker.engines.snapshot import engine as snapshot
from checker.engines.vio import engine as vio
from checker.engines.whole_file import engine as vok
from checker.schedule.schedule import Batch
from makegen.base.errors import UserError
from makegen.coq.toolchain import Toolchain

AUTO = "auto"


@dataclass(frozen=True)
class Engine:
    """A way to get verdicts."""

    name: str
    check: Callable[[Run], Awaitable[None]]  # every proof of the files
    complete: Callable[[Run], Awaitable[None]]  # every .vo of the files
    batches: Callable[[Run], Awaitable[list[Batch]]]  # what check would schedule
    why_not: Callable[[Toolchain], str | None]  # one line where it cannot work; None: it can
    keeps_verdicts: bool = False  # it tells of each proof where it stands, for the ledger
    checks_against_vos: bool = True  # a good file can be marked by its .vok
    stops_proofs: bool = False  # it can stop a single proof, at --proof-timeout


_VIO = Engine(
    "vio", vio.check, vio.complete, vio.read_batches, vio.why_not, checks_against_vos=False
)
_VOK = Engine("vok", vok.check, vok.complete, vok.read_batches, vok.why_not)
_SNAPSHOT = Engine(
    "snapshot",
    snapshot.check,
    vok.complete,
    snapshot.read_batches,
    snapshot.why_not,
    keeps_verdicts=True,
    stops_proofs=True,
)
TO_CHECK = (_SNAPSHOT, _VIO, _VOK)
TO_COMPLETE = (_VIO, _VOK, _SNAPSHOT)
NAMES = tuple(engine.name for engine in TO_CHECK)


def choose(name: str, toolchain: Toolchain, order: Sequence[Engine] = TO_CHECK) -> Engine:
    """The engine of that name, for `auto` the first of `order` that works.

    Raises UserError with the reason when it does not work with this toolchain.
    """
    reasons = []
    for engine in order:
        if name not in (AUTO, engine.name):
            continue
        why_not = engine.why_not(toolchain)
        if why_not is None:
            return engine
        reasons.append(f"engine {engine.name}: {why_not}")
    raise UserError("; ".join(reasons))
