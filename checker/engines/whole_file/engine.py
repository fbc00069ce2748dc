"""The .vok engine (any Coq): checks whole files against interfaces, or makes every .vo.

Files are checked by `coqc -vok F.v` against the .vos of those they need, which a short
`coqc -vos` makes where they are not up to date: so no file waits for the proofs of another, and
the longest begins first. A good file is marked by its .vok. As with any check against .vos,
universe constraints that the proofs of other files add are not seen; making every .vo sees them.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from checker.document.documents import settings_of
from checker.document.reader import read_document
from checker.engines.whole_file.plain import accepts, telling, warnings_in
from checker.engines.whole_file.wrong_proofs import examine
from checker.interfaces.freshness import VO, VOK, VOS, product, remember_made, stale
from checker.interfaces.remake import remake
from checker.interfaces.stable import note_completed, undisturbed
from checker.knowledge.records import Topic, read_seconds
from checker.report.events import FileDone, ProofDone, Started, tell_not_tried
from checker.report.results import FileResult, Verdict
from checker.run.build import build
from checker.run.run import Run
from checker.schedule.estimates import SOURCE_PER_BYTE, Script, estimate
from checker.schedule.schedule import Batch, Task
from makegen.base import graph as order
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.coq.auxfile import read_aux
from makegen.coq.dependencies import Dependencies, closure, read_dependencies
from makegen.coq.toolchain import Toolchain

SECONDS = Topic("file seconds", read_seconds, float)  # CPU that coqc took; by name of the source

# -vos leaves the proofs out; of ext-lib and stdpp it takes about this part of the time.
VOS_SHARE = 0.4


def why_not(_: Toolchain) -> str | None:
    """None: every Coq that we take has -vos and -vok."""
    return None


async def check(run: Run) -> None:
    """Check the run's sources with -vok, J at once; see the module's docstring.

    Raises UserError when sources need each other in a circle, MachineError when coqdep fails.
    """
    dependencies = await read_dependencies(run)
    files = closure(dependencies, run.files)
    loaded = closure(dependencies, tuple({f for g in run.files for f in dependencies.sources[g]}))
    interfaces = set(stale(run, dependencies, loaded, VOS))
    needs: dict[str, list[str]] = {}
    for file in files:
        vos = [product(f, VOS) for f in dependencies.sources[file] if f in interfaces]
        if file in interfaces:
            needs[product(file, VOS)] = vos
        if file in run.files:
            needs[product(file, VOK)] = vos
    await _Checking(run, dependencies, files).build(needs, run.files)


async def complete(run: Run) -> None:
    """Make the .vo of the run's sources, and those they need, in dependency order, J at once.

    None is left of a wrong file; what needs it is not tried. Raises what check does.
    """
    dependencies = await read_dependencies(run)
    files = closure(dependencies, run.files)
    fresh = set(files) - set(stale(run, dependencies, files, VO))
    needs = {
        product(file, VO): [
            product(needed, VO) for needed in dependencies.sources[file] if needed not in fresh
        ]
        for file in files
        if file not in fresh
    }
    await _Checking(run, dependencies, files).build(needs, files)


async def read_batches(run: Run) -> list[Batch]:
    """The files of the run as the scheduler takes them: each one task."""
    seconds = file_seconds(run, run.files)
    return [Batch(file, 0.0, (Task(file, 0, seconds[file]),)) for file in run.files]


def file_seconds(run: Run, files: Iterable[str]) -> dict[str, float]:
    """How long coqc will take for each file: as it took last, else by .aux, else by length."""
    scripts = {}
    for file in files:
        known = SECONDS.recall(run.ledger, file)
        if known is None and (aux := read_aux(run.path(file))):
            known = aux.compile_time
        scripts[file] = Script(file, run.path(file).stat().st_size, known)
    seconds = estimate({"": list(scripts.values())}, SOURCE_PER_BYTE)[""]
    return dict(zip(scripts, seconds, strict=True))


class _Checking:
    """Makes products of some files, and tells of each file what is found."""

    def __init__(self, run: Run, dependencies: Dependencies, files: Iterable[str]) -> None:
        self._run = run
        self._dependencies = dependencies
        self._file_of = {product(f, kind): f for f in files for kind in (VO, VOS, VOK)}
        self._proofs = {file: _count_proofs(run, file) for file in files}
        self._seconds = file_seconds(run, files)
        self._taken: dict[str, float] = {}  # CPU seconds, of files that were good
        self._told: dict[str, Verdict] = {}
        self._no_interface: dict[str, Outcome] = {}

    async def build(self, needs: order.Needs, files: Collection[str]) -> None:
        """Make the products, and tell a verdict on each of the files."""
        seconds = {name: self._predicted(name) for name in needs}
        proofs = sum(self._proofs[file] for file in files)
        makespan = order.makespan(needs, seconds, self._run.workers)
        work = sum(seconds.values())
        self._run.tell(Started(proofs, len(files), self._run.workers, work, makespan))
        for file in files:
            if product(file, VO) not in needs and product(file, VOK) not in needs:
                self._tell_good(file, 0.0)
        try:
            skipped = await build(self._run, needs, seconds, self._make)
        finally:
            SECONDS.remember(self._run.ledger, self._taken.items())
        for file, outcome in self._no_interface.items():
            if file not in self._told:
                await self._examine(file, outcome, "-vos")
        self._tell_skipped(skipped, files)

    async def _make(self, name: str) -> bool:
        """Make one product; whether it is good."""
        file = self._file_of[name]
        path = self._run.path(name)
        if name.endswith(VOS):
            made = await remake(self._run, self._dependencies, file, VOS)
            if made and made.status != 0:  # checking the file will say why, if that was asked for
                self._no_interface[file] = made
                return False
            return True
        if name.endswith(VOK):
            mode: tuple[str, ...] = ("-vok", *telling(self._run.path(file).read_bytes()))
            outcome = await self._coqc(path, file, *mode)
        else:
            mode = ()
            outcome = await self._coqc(path, file)
            note_completed(self._run, file)
        if not accepts(outcome):
            await self._examine(file, outcome, *mode)
            return False
        if mode:
            path.touch()  # Rocq 9.2 leaves that to us
        else:
            remember_made(self._run, file, VO)
        self._taken[file] = outcome.cpu_seconds
        self._tell_good(file, outcome.cpu_seconds, outcome.output)
        return True

    async def _coqc(self, target: Path, file: str, *mode: str) -> Outcome:
        """Run coqc; the target is gone unless it succeeds."""

        async def coqc() -> Outcome:
            return await run_process(self._run.coqc(*mode, file))

        good = False
        target.unlink(missing_ok=True)
        try:
            outcome = await undisturbed(self._run, self._dependencies, file, coqc)
            good = accepts(outcome)
        finally:
            if not good:
                target.unlink(missing_ok=True)
        return outcome

    async def _examine(self, file: str, outcome: Outcome, *mode: str) -> None:
        """Tell all that is wrong with a file that coqc rejected."""
        findings = await examine(self._run, file, outcome, *mode)
        for result in findings.wrong:
            self._run.tell(ProofDone(result))
        self._told[file] = findings.file.verdict
        self._run.tell(FileDone(findings.file, findings.proofs, self._seconds[file]))

    def _tell_good(self, file: str, seconds: float, printed: str = "") -> None:
        self._told[file] = Verdict.CHECKED
        warnings = warnings_in(file, printed)
        result = FileResult(file, Verdict.CHECKED, seconds, warnings=warnings)
        self._run.tell(FileDone(result, self._proofs[file], self._seconds[file]))

    def _tell_skipped(self, skipped: Mapping[str, str], files: Collection[str]) -> None:
        """Name the files that were not tried, each with the one to mend."""
        causes = {self._file_of[name]: self._file_of[cause] for name, cause in skipped.items()}
        untold = [file for file in files if file in causes and file not in self._told]
        lost = {file for file, verdict in self._told.items() if verdict is not Verdict.WRONG}
        tell_not_tried(self._run.tell, {file: causes[file] for file in untold}, lost)

    def _predicted(self, name: str) -> float:
        share = VOS_SHARE if name.endswith(VOS) else 1.0
        return share * self._seconds[self._file_of[name]]


def _count_proofs(run: Run, file: str) -> int:
    """How many proofs there are in the file."""
    return len(read_document(run.path(file).read_bytes(), settings_of(run)).proofs)
