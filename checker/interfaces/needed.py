"""What the checked files load: compiled interfaces, made here where `make quick` has not."""

from collections.abc import Collection, Iterable

from checker.engines.run import Run
from checker.engines.whole_file.wrong_proofs import examine
from checker.interfaces.dependencies import Dependencies, closure
from checker.interfaces.freshness import VIO, VO, VOS, product, stale
from checker.interfaces.remake import remake
from checker.report.events import FileDone, ProofDone, tell_not_tried
from checker.workers.build import build
from makegen.base.process import Outcome

SECONDS_PER_BYTE = 2e-5  # of making a .vos, to begin with the longest chain


async def make_interfaces(run: Run, dependencies: Dependencies) -> tuple[str, ...]:
    """Makes every .vos that the run's files load and that is not up to date.

    Where all of them have their .vo, or their .vio, that is as good, unless there is a .vos too:
    coqc -vok takes that first, however old it is. Returns the files that can be checked; of the
    others it is told why not.
    """
    needed = _needed(dependencies, run.files)
    missing = stale(run, dependencies, needed, VOS)
    kinds = () if _have_vos(run, needed) else (VO, VIO) if run.toolchain.has_vio else (VO,)
    if not missing or any(not stale(run, dependencies, needed, kind) for kind in kinds):
        return run.files
    needs = {
        product(file, VOS): [
            product(other, VOS) for other in dependencies.sources[file] if other in missing
        ]
        for file in missing
    }
    bytes_of = {product(file, VOS): run.path(file).stat().st_size for file in missing}
    seconds = {name: size * SECONDS_PER_BYTE for name, size in bytes_of.items()}
    file_of = {product(file, VOS): file for file in missing}
    failed: dict[str, Outcome] = {}

    async def make(name: str) -> bool:
        outcome = await remake(run, dependencies, file_of[name], VOS)
        if outcome is None or outcome.status == 0:
            return True
        failed[file_of[name]] = outcome
        return False

    skipped = await build(run, needs, seconds, make)
    for file, outcome in failed.items():
        if file not in run.files:  # else checking it will say why
            await _tell_wrong(run, file, outcome)
    return _told(run, dependencies, {*failed, *(file_of[name] for name in skipped)})


async def _tell_wrong(run: Run, file: str, outcome: Outcome) -> None:
    findings = await examine(run, file, outcome, "-vos")
    for result in findings.wrong:
        run.tell(ProofDone(result))
    run.tell(FileDone(findings.file))


def _have_vos(run: Run, files: Iterable[str]) -> bool:
    """Whether any of them has a .vos that coqc would load: an empty one stands for the .vo."""
    found = (run.path(product(file, VOS)) for file in files)
    return any(path.exists() and path.stat().st_size for path in found)


def _needed(dependencies: Dependencies, files: Iterable[str]) -> tuple[str, ...]:
    """What these files load, directly or not; in the project's order."""
    direct = {other for file in files for other in dependencies.sources[file]}
    return closure(dependencies, tuple(direct))


def _told(run: Run, dependencies: Dependencies, without: Collection[str]) -> tuple[str, ...]:
    """The files that load none of those without interface; the others are told skipped."""
    checkable = []
    for file in run.files:
        missing = [other for other in dependencies.sources[file] if other in without]
        if not missing:
            checkable.append(file)
            continue
        tell_not_tried(run.tell, file, missing[0])
    return tuple(checkable)
