"""Making all that is not up to date of some interfaces and .vok, in dependency order, J at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from checker.interfaces.freshness import VIO, VOK, VOS, is_fresh, product, stale
from checker.interfaces.remake import WORDS, How, remake
from checker.interfaces.stable import turn, undisturbed
from checker.run.build import build
from checker.run.run import Run
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.coq.dependencies import Dependencies, closure

MODES = {**WORDS, VOK: ("-vok",)}


@dataclass(frozen=True)
class Making:
    """How products are made: each once all that coqc loads for it has been made."""

    run: Run
    dependencies: Dependencies
    how: How
    done: Callable[[str, Outcome], None]  # hears how coqc ended for a product

    def stale(self, names: Collection[str]) -> dict[str, Sequence[str]]:
        """Those of the products, and of what they need, that may have to be made; with their needs.

        Whether one has to be is known when what it needs was made.
        """
        found: dict[str, Sequence[str]] = {}
        for kind in (VOS, VIO):
            marks = {name for name in names if kind == VOS and name.endswith(VOK)}
            asked = [self._source(name) for name in names if name.endswith(kind)]
            loaded = [f for name in marks for f in self._needed(name)]
            old = self._old(closure(self.dependencies, (*asked, *loaded)), kind)
            among = frozenset(old)
            for name in (*(product(file, kind) for file in old), *marks):
                needs = [product(file, kind) for file in self._needed(name) if file in among]
                if needs or name not in marks or not self._is_marked(name):
                    found[name] = needs
        return found

    async def make(self, names: Collection[str]) -> tuple[Mapping[str, Outcome], Mapping[str, str]]:
        """Make the products; the outcomes of those that failed, and what was not tried, and why."""
        needs = self.stale(names)
        sizes = {n: float(self.run.path(self._source(n)).stat().st_size) for n in needs}
        failed: dict[str, Outcome] = {}

        async def make_one(name: str) -> bool:
            outcome = await self._make(name)
            if outcome is not None:
                self.done(name, outcome)
                if not outcome.is_good:
                    failed[name] = outcome
            return name not in failed

        return failed, await build(self.run, needs, sizes, make_one)

    async def _make(self, name: str) -> Outcome | None:
        """None where nothing had to be run."""
        file, kind = self._source(name), PurePosixPath(name).suffix
        if kind == VOK:
            return None if self._is_marked(name) else await self._mark(name)
        return await remake(self.run, self.dependencies, file, kind, self.how)

    async def _mark(self, name: str) -> Outcome:
        file = self._source(name)

        async def coqc() -> Outcome:
            return await run_process(self.run.coqc(*MODES[VOK], file))

        async with turn(self.run.path(file)):
            self.how.begun(name)
            outcome = await undisturbed(self.run, self.dependencies, file, coqc)
        if outcome.is_good:
            self.run.path(name).touch()  # Rocq 9.2 leaves that to us
        return outcome

    def _old(self, files: tuple[str, ...], kind: str) -> tuple[str, ...]:
        hinted = self.how.lent is not None
        return (
            files
            if self.how.always
            else stale(self.run, self.dependencies, files, kind, hinted=hinted)
        )

    def _is_marked(self, name: str) -> bool:
        return not self.how.always and is_fresh(
            self.run, self.dependencies, self._source(name), VOK
        )

    def _source(self, name: str) -> str:
        return str(PurePosixPath(name).with_suffix(".v"))

    def _needed(self, name: str) -> tuple[str, ...]:
        return self.dependencies.sources[self._source(name)]
