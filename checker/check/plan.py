"""What one round of a check is to run, and what needs no run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from checker.document.documents import read_documents
from checker.interfaces import hints
from checker.interfaces.hints import Opened
from checker.interfaces.needed import make_interfaces
from checker.knowledge.known import Known
from checker.knowledge.recorder import Recorder
from checker.run.run import Run
from makegen.base import graph
from makegen.coq.dependencies import Dependencies, read_dependencies


@dataclass(frozen=True)
class Plan:
    """The files of a round. Those that are in none of these were told why they cannot be run."""

    settled: Mapping[str, int] = field(default_factory=dict)  # good as they stand: their proofs
    decided: Mapping[str, Known] = field(default_factory=dict)  # of each proof all is known
    targets: Mapping[str, Known] = field(default_factory=dict)  # to be run by the engine
    dependencies: Dependencies | None = None  # None: no file had to be looked at
    opened: Mapping[str, Opened] = field(default_factory=dict)  # interfaces made with hints
    # For a file, those of `opened` that it loads: what is found out about it assumes their hints.
    rests_on: Mapping[str, frozenset[str]] = field(default_factory=dict)


async def make_plan(
    run: Run, recorder: Recorder, *, unbelieved: Collection[str] = (), recheck: bool = False
) -> Plan:
    """The plan for the files of the run; interfaces that are out of date are made first.

    `unbelieved`: files of which no earlier verdict is believed, since what their keys assume of
    section variables turned out wrong more than once. `recheck`: the same of all files. Raises
    what read_dependencies and make_interfaces raise.
    """
    plan = await _with_opened(run)
    if not recheck:
        plan = replace(plan, settled=_settled(run, recorder, plan.opened))
    files = tuple(file for file in run.files if file not in plan.settled)
    if not files:
        return plan
    dependencies = plan.dependencies or await read_dependencies(run)
    files = await make_interfaces(replace(run, files=files), dependencies)
    documents = read_documents(run, dependencies, files)
    known = {
        file: recorder.known(file, document, believe=file not in unbelieved)
        for file, document in documents.items()
    }
    decided = {file: found for file, found in known.items() if found.is_all_decided}
    targets = {file: found for file, found in known.items() if file not in decided}
    return replace(plan, decided=decided, targets=targets, dependencies=dependencies)


def _settled(run: Run, recorder: Recorder, opened: Collection[str]) -> dict[str, int]:
    """The files that are known to be good as they stand, with the number of their proofs.

    Not a file whose own interface is open: its proofs confirm the hints, or refute them.
    """
    found = {file: recorder.settled(file) for file in run.files if file not in opened}
    return {file: proofs for file, proofs in found.items() if proofs is not None}


async def _with_opened(run: Run) -> Plan:
    """The interfaces that were made with hints, and what rests on them.

    Those that this check cannot confirm are removed, to be made again without hints.
    """
    opened = hints.opened(run)
    if not opened:
        return Plan()
    dependencies = await read_dependencies(run)
    above = {interface: graph.dependents(dependencies.sources, [interface]) for interface in opened}
    rests_on = {
        file: frozenset(interface for interface in opened if file in above[interface])
        for file in run.files
    }
    needed = frozenset[str]().union(*rests_on.values())
    hints.undo(run, [f for f in needed if f not in run.files or opened[f].hints is None])
    return Plan(dependencies=dependencies, opened=hints.opened(run), rests_on=rests_on)
