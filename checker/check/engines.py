"""The engines, and which of them `--engine auto` takes: the first that works with the coqc at hand.

To check, that is snapshot (proof by proof inside files), then vio, then vok; to make .vo files it
is vio, which has the .vio files of `make quick` to start from, then vok.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from checker.engines.engine import AUTO, NAMES, Engine, findings
from checker.engines.snapshot import engine as snapshot
from checker.engines.snapshot.confirm import Confirmation
from checker.engines.snapshot.forecast import forecast
from checker.engines.vio import engine as vio
from checker.engines.whole_file import engine as vok
from makegen.base.errors import UserError
from makegen.coq.toolchain import Toolchain
from makegen.project.project import Project

_SNAPSHOT_NAME, _VIO_NAME, _VOK_NAME = NAMES
_VIO = Engine(
    _VIO_NAME,
    findings(vio.check),
    findings(vio.complete),
    vio.why_not,
    batches=vio.read_batches,
    checks_against_vos=False,
)
WHOLE_FILE = Engine(
    _VOK_NAME, findings(vok.check), findings(vok.complete), vok.why_not, batches=vok.read_batches
)
SNAPSHOT = Engine(
    _SNAPSHOT_NAME,
    findings(snapshot.check),
    findings(vok.complete),
    snapshot.why_not,
    passes=forecast,
    confirmer=Confirmation,
    keeps_verdicts=True,
    stops_proofs=True,
)


def on_cluster(address: str, *, is_trusted: bool) -> Engine:
    """The engine snapshot on the hosts of a cluster; see checker.cluster.connection."""
    from checker.cluster import engine as cluster  # noqa: PLC0415 - slow to load, and rarely wanted

    work = partial(cluster.check, address=address, is_trusted=is_trusted)
    return replace(SNAPSHOT, check=findings(work))


# For tests: each proof that can be has a process of its own.
EAGER = replace(SNAPSHOT, check=findings(partial(snapshot.check, eager=True)))
TO_CHECK = (SNAPSHOT, _VIO, WHOLE_FILE)
TO_COMPLETE = (_VIO, WHOLE_FILE, SNAPSHOT)


def choose(
    name: str,
    toolchain: Toolchain,
    order: Sequence[Engine] = TO_CHECK,
    project: Project | None = None,
    extra_arguments: Sequence[str] = (),
) -> Engine:
    """The engine of that name, for `auto` the first of `order` that works, with this project.

    `extra_arguments`: for coqc, beside those of the project.

    Raises UserError with the reason when it does not work with this toolchain.
    """
    reasons = []
    for engine in order:
        if name not in (AUTO, engine.name):
            continue
        why_not = engine.why_not(toolchain)
        if why_not is None and project and engine.keeps_verdicts:
            why_not = _why_no_stand_ins(project, extra_arguments)
        if why_not is None:
            return engine
        reasons.append(f"engine {engine.name}: {why_not}")
    raise UserError("; ".join(reasons))


def _why_no_stand_ins(project: Project, extra_arguments: Sequence[str]) -> str | None:
    """Why coqc would not find stand-ins, but what make has compiled."""
    for path in project.load_paths:
        if set(_place(project, path.folder)) == {".."}:
            return f"the project's folder lies in {path.folder}, which is on the load path"
    words = (*project.arguments, *extra_arguments)
    for word, folder in pairwise(words):
        place = _place(project, folder)
        if word in ("-Q", "-R") and (place[0] != ".." or set(place) == {".."}):
            return f"{word} {folder} is among coqc's arguments: put it in a line of its own"
    return None


def _place(project: Project, folder: str) -> list[str]:
    """Where a folder is, seen from the project's."""
    real = os.path.realpath(project.root / folder)
    return os.path.relpath(real, os.path.realpath(project.root)).split("/")
