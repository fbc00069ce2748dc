"""Making a .vos or .vio again: by one process at a time, and only where it has to be."""

import contextlib
import dataclasses
from collections.abc import Iterator

from checker.interfaces.freshness import VIO, VOS, is_fresh, product, remember_made
from checker.interfaces.hints import made_plainly
from checker.interfaces.stable import note_made, turn, undisturbed
from checker.report.messages import is_system_failure, read_error
from checker.run.run import Run
from makegen.base.errors import MachineError
from makegen.base.files import Finish, write_whole
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.coq.cutoff import remaking
from makegen.coq.dependencies import Dependencies
from makegen.coq.workspace import BOTH_KINDS

_WORDS = {VOS: ("-vos",), VIO: ("-vio", *BOTH_KINDS)}
# Some files make coqc -vos and coqc -vio wait for ever, such as `par:` in a proof that ends with
# Defined (rocq#15140, rocq#17610).
PATIENCE = 20.0  # seconds without any work


async def remake(run: Run, dependencies: Dependencies, file: str, suffix: str) -> Outcome | None:
    """Make the .vos or .vio unless it is up to date by now; None when nothing had to be run.

    It is when another process has made it, or when all that the file needs came out as it was.
    What depends on it sees by its time whether it tells something new (makegen.coq.cutoff).
    Raises MachineError where it cannot be written.
    """

    async def coqc() -> Outcome:
        request = run.coqc(*_WORDS[suffix], file)
        return await run_process(dataclasses.replace(request, patience=PATIENCE))

    async with turn(run.path(file)):
        if is_fresh(run, dependencies, file, suffix):
            return None
        with remaking(run.path(product(file, suffix))) as remade, _vos_untouched(run, file, suffix):
            outcome = await undisturbed(run, dependencies, file, coqc)
            remade.is_good = outcome.status == 0
        if remade.is_good:
            remember_made(run, file, suffix)
            made_plainly(run, file, suffix)
        elif (message := read_error(outcome.output)) and is_system_failure(message):
            raise MachineError(f"{product(file, suffix)}: {' '.join(message.text.split())}")
        note_made(run, file)
        return outcome


@contextlib.contextmanager
def _vos_untouched(run: Run, file: str, suffix: str) -> Iterator[None]:
    """Keeps the .vos, or its absence: coqc -vio leaves an empty one, which stands for a .vo."""
    path = run.path(product(file, VOS))
    old = path.read_bytes() if suffix == VIO and path.exists() else None
    modified = path.stat().st_mtime_ns if old is not None else None
    try:
        yield
    finally:
        if old is not None:
            write_whole(path, old, Finish(modified=modified))
        elif suffix == VIO:
            path.unlink(missing_ok=True)
