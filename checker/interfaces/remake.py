"""Making a .vos or .vio again: by one process at a time, and only where it has to be.

coqc makes it in a folder of its own, so that what is there stays whole until it is done, and with
it the .vos beside, which coqc -vio empties.
"""

import dataclasses
from collections.abc import Callable
from pathlib import PurePosixPath

from checker.interfaces import hinted_text, hints
from checker.interfaces.freshness import VIO, VOS, is_fresh, product, remember_made
from checker.interfaces.stable import note_made, turn, undisturbed
from checker.report.messages import is_system_failure, read_error
from checker.run.run import Run
from makegen.base.errors import MachineError
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.base.side import make_side_folder
from makegen.base.temporary import temporary_folder
from makegen.coq.cutoff import put_in_place
from makegen.coq.dependencies import Dependencies
from makegen.coq.workspace import BOTH_KINDS
from makegen.project.loadpath import logical_name

WORDS = {VOS: ("-vos",), VIO: ("-vio", *BOTH_KINDS)}
# Some files make coqc -vos and coqc -vio wait for ever, such as `par:` in a proof that ends with
# Defined (rocq#15140, rocq#17610).
PATIENCE = 20.0  # seconds without any work


@dataclasses.dataclass(frozen=True)
class How:
    """How interfaces are made."""

    lent: hints.Lent | None = None  # with these hints
    always: bool = False  # also where they are up to date
    begun: Callable[[str], None] = lambda _: None  # hears for which product coqc is run


async def remake(
    run: Run,
    dependencies: Dependencies,
    file: str,
    suffix: str,
    how: How = How(),
) -> Outcome | None:
    """Make the .vos or .vio unless it is up to date by now; None when nothing had to be run.

    It is when another process has made it, or when all that the file needs came out as it was.
    What depends on it sees by its time whether it tells something new (makegen.coq.cutoff).
    Raises MachineError where it cannot be written.
    """
    async with turn(run.path(file)):
        hinted = how.lent is not None
        if not how.always and is_fresh(run, dependencies, file, suffix, hinted=hinted):
            return None
        how.begun(product(file, suffix))
        try:
            outcome = await _make(run, dependencies, file, suffix, how.lent)
        except OSError as error:
            raise MachineError(f"{product(file, suffix)}: {error.strerror}") from error
        message = None if outcome.is_good else read_error(outcome.output)
        if message and is_system_failure(message):
            raise MachineError(f"{product(file, suffix)}: {' '.join(message.text.split())}")
        return outcome


async def _make(
    run: Run, dependencies: Dependencies, file: str, suffix: str, lent: hints.Lent | None
) -> Outcome:
    text = hinted_text.path_of(run.path(file))
    name = logical_name(run.project.root, run.project.load_paths, file) or ""
    with temporary_folder(str(make_side_folder(run.project.root.resolve()))) as folder:
        begun = folder.stat().st_mtime_ns
        output = folder / PurePosixPath(product(file, suffix)).name
        hinted = hints.prepare(run, file, output, lent) if lent else None
        by_text = hinted is not None and text.exists()
        place = ("-Q", str(folder), name.rpartition(".")[0], "-o", str(output))
        request = dataclasses.replace(run.coqc(*WORDS[suffix], *place, file), patience=PATIENCE)
        if lent and by_text:
            request = dataclasses.replace(request, environ={**request.environ, **lent.environ})

        async def coqc() -> Outcome:
            return await run_process(request)

        try:
            outcome = await undisturbed(run, dependencies, file, coqc)
            if by_text and text.exists():
                # coqc has read the source itself.
                outcome = dataclasses.replace(outcome, status=outcome.status or 1)
        finally:
            text.unlink(missing_ok=True)
        if outcome.is_good:
            put_in_place(output, run.path(product(file, suffix)))
            remember_made(run, file, suffix, begun=begun, hinted=hinted)
            note_made(run, file)
        return outcome
