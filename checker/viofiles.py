"""What the .vio files of a project hold: their proof tasks with names, places and times."""

from collections.abc import Sequence
from dataclasses import dataclass

from checker.auxfile import read_aux
from checker.run import Run
from checker.timing import Script, estimate
from checker.viotasks import task_numbers, vio_of
from makegen.errors import UserError
from makegen.toolchain import Toolchain

# Measured on ext-lib, Coq 8.16.1: seconds to start coqc, and to load a megabyte of .vio.
START_SECONDS = 0.06
LOAD_SECONDS_PER_MB = 0.009


@dataclass(frozen=True)
class VioTask:
    """One proof task of a .vio file."""

    number: int  # coqc's
    name: str
    start: int  # the proof's bytes in the source, from its statement on
    end: int
    seconds: float  # predicted


@dataclass(frozen=True)
class VioFile:
    """A source with an up-to-date .vio."""

    source: str
    tasks: tuple[VioTask, ...]
    proofs: int  # all proofs of the file; those that are no task were run by `coqc -vio`
    load: float  # seconds to load the .vio
    compile_seconds: float  # seconds to complete it to a .vo, predicted


async def read_vio_files(run: Run) -> list[VioFile]:
    """The .vio files of the run's sources.

    Raises UserError when one is missing or older than its source.
    """
    for file in run.files:
        _require_fresh(run, file)
    numbers = await task_numbers(run, run.files)
    scripts = {f: _scripts(run.path(f).read_bytes(), numbers[f]) for f in run.files}
    seconds = estimate(scripts)
    files = []
    for file in run.files:
        aux = read_aux(run.path(file))
        tasks = _tasks(numbers[file], scripts[file], seconds[file])
        load = _load_seconds(run.path(vio_of(file)).stat().st_size)
        recorded = aux.compile_time if aux else None
        files.append(VioFile(file, tasks, len(tasks), load, recorded or sum(seconds[file])))
    return files


def why_not(toolchain: Toolchain) -> str | None:
    """Why there can be no .vio files; None when there can."""
    return None if toolchain.has_vio else f"{toolchain.name} has no .vio files (gone since 8.20)"


def _require_fresh(run: Run, file: str) -> None:
    vio, source = run.path(vio_of(file)), run.path(file)
    if not vio.exists() or vio.stat().st_mtime_ns < source.stat().st_mtime_ns:
        raise UserError(f"{vio_of(file)} is missing or older than {file}; run make quick first")


def _scripts(text: bytes, numbers: Sequence[int]) -> list[Script]:
    return [Script(f"task {number}", len(text) // len(numbers), None) for number in numbers]


def _tasks(
    numbers: Sequence[int], scripts: Sequence[Script], seconds: Sequence[float]
) -> tuple[VioTask, ...]:
    return tuple(
        VioTask(number, script.name, 0, 10**9, time)
        for number, script, time in zip(numbers, scripts, seconds, strict=True)
    )


def _load_seconds(size: int) -> float:
    return START_SECONDS + LOAD_SECONDS_PER_MB * size / 1e6
