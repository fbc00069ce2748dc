"""What the checked files load: compiled interfaces, made here where `make quick` has not."""

from collections.abc import Container, Iterable

from checker.engines.run import Run
from checker.engines.whole_file.plain import judge
from checker.engines.whole_file.wrong_proofs import Findings, examine
from checker.interfaces.dependencies import Dependencies, closure
from checker.interfaces.freshness import VIO, VO, VOS, product, stale
from checker.interfaces.remake import remake
from checker.interfaces.stable import undisturbed
from checker.report.events import FileDone, Note, ProofDone, tell_not_tried
from checker.report.results import Verdict
from checker.workers.build import build
from makegen.base import graph as order
from makegen.base.process import Outcome

SECONDS_PER_BYTE = 2e-5  # of making a .vos, to begin with the longest chain


async def make_interfaces(run: Run, dependencies: Dependencies) -> tuple[str, ...]:
    """Makes every interface that the run's files load and that is not up to date.

    Where all of them have their .vo, or their .vio, that is as good as a .vos, unless there is a
    .vos too: coqc -vok takes that first, however old it is. Returns the files that can be checked;
    of the rest it is told why not, also where that is in a file that was not asked for.
    """
    needed = _needed(dependencies, run.files)
    missing = stale(run, dependencies, needed, VOS)
    kinds = () if _have(run, needed, VOS) else (VO, VIO) if run.toolchain.has_vio else (VO,)
    if not missing or any(not stale(run, dependencies, needed, kind) for kind in kinds):
        return run.files
    kind = VOS
    if VIO in kinds and _have(run, needed, VIO) and not _have(run, needed, VO):
        kind = VIO  # as `make quick` began; beside a .vo, coqc might load that
        missing = stale(run, dependencies, needed, VIO)
    needs = {
        product(file, kind): [
            product(other, kind) for other in dependencies.sources[file] if other in missing
        ]
        for file in missing
    }
    bytes_of = {product(file, kind): run.path(file).stat().st_size for file in missing}
    seconds = {name: size * SECONDS_PER_BYTE for name, size in bytes_of.items()}
    file_of = {product(file, kind): file for file in missing}
    failed: dict[str, Outcome] = {}

    async def make(name: str) -> bool:
        outcome = await remake(run, dependencies, file_of[name], kind)
        if outcome is None or outcome.status == 0:
            return True
        failed[file_of[name]] = outcome
        return False

    await build(run, needs, seconds, make)
    lost = {file for file, outcome in failed.items() if judge(outcome)[0] is not Verdict.WRONG}
    for file, outcome in failed.items():
        if file not in run.files and file not in run.asked:
            await _tell_wrong(run, dependencies, file, outcome)
        elif file in lost:
            run.tell(Note(f"{file}: coqc made no interface: {judge(outcome)[1].text}"))
    return _told(run, dependencies, failed, lost)


def _have(run: Run, files: Iterable[str], kind: str) -> bool:
    """Whether any of them has one that coqc would load: an empty .vos stands for the .vo."""
    found = (run.path(product(file, kind)) for file in files)
    return any(path.exists() and path.stat().st_size for path in found)


def _needed(dependencies: Dependencies, files: Iterable[str]) -> tuple[str, ...]:
    """What these files load, directly or not; in the project's order."""
    direct = {other for file in files for other in dependencies.sources[file]}
    return closure(dependencies, tuple(direct))


async def _tell_wrong(run: Run, dependencies: Dependencies, file: str, outcome: Outcome) -> None:
    """Tell what is wrong with a file that was not asked for, but is needed."""

    async def ask() -> Findings:
        return await examine(run, file, outcome, "-vos")

    findings = await undisturbed(run, dependencies, file, ask)
    for result in findings.wrong:
        run.tell(ProofDone(result))
    run.tell(FileDone(findings.file))


def _told(
    run: Run, dependencies: Dependencies, failed: Iterable[str], lost: Container[str]
) -> tuple[str, ...]:
    """The files that load none of those without interface; the others are told skipped."""
    cause_of: dict[str, str] = {}
    for cause in failed:
        for file in order.dependents(dependencies.sources, [cause]):
            cause_of.setdefault(file, cause)
    causes = {file: cause_of[file] for file in run.files if file in cause_of}
    tell_not_tried(run.tell, causes, lost)
    return tuple(file for file in run.files if file not in causes)
