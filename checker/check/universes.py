"""Whether the constraints on universes of all files hold together.

A proof that runs in a copy of its pass adds its constraints there, and no check over stand-ins sees
those of other files' proofs. A .vo as make makes it has them all, and a coqc that loads all .vo
has seen each constraint beside every other.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from checker.check.engines import WHOLE_FILE
from checker.check.pipeline import complete
from checker.engines.engine import Engine
from checker.engines.whole_file.plain import judge
from checker.interfaces.freshness import VO, product
from checker.report.events import (
    CheckedAgain,
    Event,
    FileDone,
    LoadedTogether,
    Note,
    ProofDone,
    Tell,
)
from checker.report.results import Verdict
from checker.run.run import Run
from makegen.base.files import time_of
from makegen.base.process import run as run_process
from makegen.base.temporary import temporary_folder
from makegen.project.loadpath import binding, bound_name
from makegen.project.sources import is_identifier

INCONSISTENT = "Universe inconsistency"


async def check_universes(run: Run) -> None:
    """Make every .vo as make does, tell what is wrong, and where nothing is, load all together.

    Of files that are good it tells nothing: the check before has.
    """
    if await _completed_anew(run):
        run.tell(await load_together(run))


async def complete_together(run: Run, engine: Engine) -> None:
    """Make every .vo with an engine; where any was made, warn if all cannot be loaded together.

    No more than that where coqc has compiled them: it has nothing against two files as long as none
    loads both. But from .vio files .vo are made proof by proof: then plain coqc makes them anew.
    """
    before = _stamps(run)
    found = Goodness(run.tell)
    await complete(replace(run, tell=found.tell), engine)
    if found.bad or before == _stamps(run):
        return
    together = await load_together(run)
    if together.verdict is Verdict.WRONG and engine is not WHOLE_FILE:
        for file in run.files:
            _compiled(run, file).unlink(missing_ok=True)
        if not await _completed_anew(run):
            return
        together = await load_together(run)
    if not together.verdict.is_ok:
        run.tell(Note(f"proof-checker: warning: {together.words}"))


async def _completed_anew(run: Run) -> bool:
    """Whether plain coqc makes every .vo; what it finds wrong takes the place of what was told."""
    found = Goodness(run.tell, tells_good=False)
    await complete(replace(run, tell=found.tell), WHOLE_FILE)
    return not found.bad


def _compiled(run: Run, file: str) -> Path:
    return run.path(product(file, VO))


def _stamps(run: Run) -> list[int]:
    return [time_of(_compiled(run, file)) for file in run.files]


@dataclass
class Goodness:
    """Passes on what a run tells, and knows what of it is bad."""

    to: Tell
    tells_good: bool = True  # else what was told of a bad file before is void
    bad: set[str] = field(default_factory=set)  # files

    def tell(self, event: Event) -> None:
        """Pass it on."""
        match event:
            case ProofDone(result) | FileDone(result):
                self._take(result.file, is_good=result.verdict.is_ok)
                if self.tells_good or not result.verdict.is_ok:
                    self.to(event)
            case _:
                self.to(event)

    def _take(self, file: str, *, is_good: bool) -> None:
        if is_good or file in self.bad:
            return
        self.bad.add(file)
        if not self.tells_good:
            self.to(CheckedAgain(file))


async def load_together(run: Run) -> LoadedTogether:
    """Have one coqc load the .vo of all files of the run that have a logical path.

    LOST where it fails for another reason than universes, such as two plugins that clash.
    """
    names = [name for file in run.files if (name := _name(run, file))]
    with temporary_folder() as folder:
        source = folder / "proof_makefile_together.v"
        source.write_text("".join(f"Require {name}.\n" for name in names), encoding="utf-8")
        outcome = await run_process(run.coqc("-w", "none", str(source)))
    if outcome.status == 0:
        return LoadedTogether(len(names), Verdict.CHECKED)
    verdict, message = judge(outcome)
    is_about_universes = message.text.startswith(INCONSISTENT)
    verdict = verdict if is_about_universes else Verdict.LOST
    return LoadedTogether(len(names), verdict, message.text)


def _name(run: Run, file: str) -> str | None:
    """By which it can be loaded; None where it cannot."""
    bound = binding(run.project.root, run.project.load_paths, file)
    if bound is None or not all(map(is_identifier, bound[1])):
        return None
    return bound_name(*bound, file)
