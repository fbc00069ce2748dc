"""The files of a check as the scheduler sees them, before any is run."""

from collections.abc import Mapping, Sequence

from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.records import file_run
from checker.engines.snapshot.steps.costs import END, FORK, OWN, STAND_IN, START, Rates
from checker.knowledge.known import Known
from checker.run.run import Run
from checker.schedule.passes import Assumes, File, Machine, Step


def forecast(
    run: Run, needs: Mapping[str, Sequence[str]], known: Mapping[str, Known]
) -> tuple[list[File], Machine]:
    """The files that passes are made over, and what they are run on.

    Times are those of earlier runs, else estimated, as a check takes them when it begins.
    """
    rates = Rates()
    files = []
    for name, loads in needs.items():
        files.append(_file(file_run(run, name, known[name], rates), loads))
    return files, Machine(run.workers, run.care.threshold, FORK, STAND_IN, OWN)


def _file(file: FileRun, needs: Sequence[str]) -> File:
    steps, told = [], set[int]()  # the sections of which coqc will have told by then
    for index in range(len(file.script.steps)):
        may_be_put_off = file.is_wanted(index) and _can_be_put_off(file, index, told)
        steps.append(step_of(file, index, may_be_put_off=may_be_put_off))
    start = START if file.start is None else file.start
    end = END if file.end is None else file.end
    return File(file.script.file, tuple(needs), tuple(steps), start, file.head, end)


def _can_be_put_off(file: FileRun, index: int, told: set[int]) -> bool:
    number = file.script.steps[index].proof
    if number is None:
        return False
    section = file.script.proofs[number].section
    is_guessed = section in told and file.can_be_guessed(index)
    told.add(section)
    return is_guessed or file.can_be_put_off(index)


def step_of(file: FileRun, index: int, *, may_be_put_off: bool) -> Step:
    """As a pass finds it."""
    script = file.script
    proof = script.steps[index].proof
    assumes = Assumes.NOTHING
    if proof is not None and file.must_run(index):
        assumes = Assumes.GUESS
    elif file.variables.assumption(index) is not None:
        assumes = Assumes.RECORD
    return Step(
        seconds=file.run_cost(index),
        proof=None if proof is None else script.proofs[proof].name,
        may_be_put_off=may_be_put_off,
        assumes=assumes,
        is_barrier=script.may_set_flags(index),
    )
