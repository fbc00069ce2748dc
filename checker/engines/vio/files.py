"""What the .vio files of a project hold: their proof tasks with names, places and times."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checker.document.document import Document, Proof, Settings
from checker.document.documents import settings_of
from checker.document.normal_form import normal
from checker.document.reader import read_document
from checker.engines.vio.tasks import task_numbers, vio_of
from checker.run.run import Run
from checker.schedule.estimates import TACTICS_PER_BYTE, Script, estimate, recorded_seconds
from makegen.coq.auxfile import read_aux
from makegen.coq.toolchain import Toolchain

# Measured on ext-lib, Coq 8.16.1: seconds to start coqc, and to load a megabyte of .vio.
START_SECONDS = 0.06
LOAD_SECONDS_PER_MB = 0.009

# Outside proofs `coqc -vio` passes over the commands that could look into one that it has put off
# (stm/stm.ml, may_pierce_opaque), and it does not say with what the commands after `Fail` fail.
PASSED_OVER = re.compile(rb"\b(?:Print|Extraction|Fail)\b")


@dataclass(frozen=True)
class VioTask:
    """One proof task of a .vio file."""

    number: int  # coqc's
    name: str
    seconds: float  # predicted


@dataclass(frozen=True)
class VioFile:
    """A source with an up-to-date .vio."""

    source: str
    tasks: tuple[VioTask, ...]
    proofs: int  # all proofs of the file; those that are no task were run by `coqc -vio`
    load: float  # seconds to load the .vio
    compile_seconds: float  # seconds to complete it to a .vo, predicted
    passed_over: bool = False  # there may be commands of which `coqc -vio` says too little


async def read_vio_files(run: Run, files: Sequence[str]) -> list[VioFile]:
    """The .vio files of these sources, which are there."""
    numbers = await task_numbers(run, files)
    settings = settings_of(run)
    sources = {file: _read_source(run, file, len(numbers[file]), settings) for file in files}
    scripts = {file: source.scripts for file, source in sources.items()}
    seconds = estimate(scripts, TACTICS_PER_BYTE)
    return [
        _vio_file(run, source, numbers[file], seconds[file]) for file, source in sources.items()
    ]


def why_not(toolchain: Toolchain) -> str | None:
    """Why there can be no .vio files; None when there can."""
    return None if toolchain.has_vio else f"{toolchain.name} has no .vio files (gone since 8.20)"


@dataclass(frozen=True)
class _Source:
    """What is known of a source besides the numbers of its tasks."""

    file: str
    document: Document
    scripts: tuple[Script, ...]  # one a task
    compile_time: float | None


def _read_source(run: Run, file: str, tasks: int, settings: Settings) -> _Source:
    document = read_document(run.path(file).read_bytes(), settings)
    proofs = proofs_of_tasks(document, tasks)
    aux = read_aux(run.path(file))
    compile_time = aux.compile_time if aux else None
    if proofs is None:
        length = len(document.text) // max(1, tasks)
        scripts = tuple(Script(f"task {n}", length, None) for n in range(tasks))
    else:
        ends = [(p.full_name, (p.last.start, p.last.end)) for p in proofs]
        times = recorded_seconds(aux, document.text, ends)
        scripts = tuple(
            Script(p.full_name, p.last.end - p.statement.start, time)
            for p, time in zip(proofs, times, strict=True)
        )
    return _Source(file, document, scripts, compile_time)


def proofs_of_tasks(document: Document, tasks: int) -> tuple[Proof, ...] | None:
    """The proofs that `coqc -vio` made this many tasks of, in their order.

    Those are the proofs that can be delegated, without those of several theorems, and those in
    sections whose variables are not declared, unless an imported file set Default Proof Using. A
    default holds for proofs that begin with `Proof`. None when the number fits neither.
    """
    delegable = tuple(p for p in document.proofs if p.is_delegable and not p.is_of_several)
    declared = tuple(p for p in delegable if not p.needs_variables or (p.default_using and p.start))
    return next((proofs for proofs in (declared, delegable) if len(proofs) == tasks), None)


def _vio_file(
    run: Run, source: _Source, numbers: Sequence[int], seconds: Sequence[float]
) -> VioFile:
    tasks = tuple(
        VioTask(number, script.name, time)
        for number, script, time in zip(numbers, source.scripts, seconds, strict=True)
    )
    size = run.path(vio_of(source.file)).stat().st_size
    proofs = max(len(source.document.proofs), len(tasks))
    compile_seconds = source.compile_time or sum(seconds)
    passed_over = PASSED_OVER.search(normal(source.document.text)) is not None
    load = _load_seconds(size)
    return VioFile(source.file, tasks, proofs, load, compile_seconds, passed_over)


def _load_seconds(size: int) -> float:
    return START_SECONDS + LOAD_SECONDS_PER_MB * size / 1e6
