"""Which proof tasks a .vio file holds.

`coqc -schedule-vio-checking 1 F.vio ...` starts argv[0] once a job, with the words
`-check-vio-tasks N,N,... F.vio` among its arguments. Started with argv[0] set to a recorder, it
hands over all task numbers without running any (Coq 8.16, stm/vio_checking.ml). Loading a .vio
takes a while, so the numbers are remembered by the file's size and time.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Self

from checker.interfaces.freshness import VIO, time_made
from checker.knowledge.records import Topic
from checker.run.run import Run
from checker.workers.pool import Job, carry_out
from makegen.base.errors import MachineError
from makegen.base.process import run as run_process
from makegen.base.temporary import temporary_folder
from makegen.coq import toolcache

RECORDER = """\
#!/bin/sh
printf '%s\\n' "$*" >> "$0.seen"
"""
TRIED, WORKS = "vio-tasks", {"works": True}  # in the cache of what a coqc can do
PROBE = "Lemma probe : True. Proof. exact I. Qed.\n"
_ENDINGS = re.compile(rb"Qed|Save|Admitted|Load")
OPTION = "-check-vio-tasks"


@dataclass(frozen=True)
class Tasks:
    """The tasks of a .vio file that had this size and time."""

    size: int
    made: int  # nanoseconds (checker.interfaces.freshness)
    numbers: tuple[int, ...] = ()  # ascending

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        (size, made), numbers = value
        return cls(int(size), int(made), tuple(map(int, numbers)))

    def written(self) -> list[object]:
        """As JSON."""
        return [[self.size, self.made], self.numbers]


TASKS = Topic("vio tasks", Tasks.read, Tasks.written)  # by name of the source


def vio_of(file: str) -> str:
    """The .vio of a source.

    >>> vio_of("theories/F.v")
    'theories/F.vio'
    """
    return str(PurePosixPath(file).with_suffix(".vio"))


async def task_numbers(run: Run, files: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """For each source its task numbers, ascending, which is the order of the proofs in it.

    Raises MachineError when coqc cannot load a .vio or does not hand the tasks over.
    """
    empty = {file: _no_tasks(run, file) for file in files}
    known = {file: TASKS.recall(run.ledger, file) for file in files}
    tasks = {f: kept for f, kept in known.items() if kept and replace(kept, numbers=()) == empty[f]}
    fresh = [file for file in files if file not in tasks]
    recorded: dict[str, list[int]] = {f: [] for f in fresh if not _may_have_tasks(run, f)}
    await _record_all(run, [file for file in fresh if file not in recorded], recorded)
    found = {file: replace(empty[file], numbers=tuple(recorded[file])) for file in fresh}
    TASKS.remember(run.ledger, found.items())
    return {file: (tasks | found)[file].numbers for file in files}


def _may_have_tasks(run: Run, file: str) -> bool:
    """Whether some proof of the source may end in a way that lets it be put off."""
    return _ENDINGS.search(run.path(file).read_bytes()) is not None


def _no_tasks(run: Run, file: str) -> Tasks:
    """Of the .vio as it is now, as far as nobody has looked into it."""
    return Tasks(run.path(vio_of(file)).stat().st_size, time_made(run, file, VIO))


async def _record_all(run: Run, files: Sequence[str], recorded: dict[str, list[int]]) -> None:
    """Record the tasks of these files, a share of them in each worker."""
    if not files:
        return
    await _confirm_recorder(run)
    by_size = sorted(files, key=lambda f: -run.path(vio_of(f)).stat().st_size)
    shares = [share for i in range(run.workers) if (share := by_size[i :: run.workers])]

    async def record(share: Sequence[str]) -> None:
        recorded.update(await _record(run, share))

    plan = [[Job("reading .vio files", 1.0, share)] for share in shares]
    await carry_out(plan, run.tokens, run.tell, record)


async def _record(run: Run, files: Sequence[str]) -> dict[str, list[int]]:
    with temporary_folder() as folder:
        recorder = folder / "recorder"
        recorder.write_text(RECORDER)
        recorder.chmod(0o700)
        request = run.coqc("-schedule-vio-checking", "1", *map(vio_of, files))
        outcome = await run_process(replace(request, argv0=str(recorder)))
        seen = Path(f"{recorder}.seen")
        lines = seen.read_text().splitlines() if seen.exists() else []
    if outcome.status != 0:
        raise MachineError(f"coqc cannot list the tasks of its .vio files: {outcome.output}")
    return {file: _numbers(lines, vio_of(file)) for file in files}


async def _confirm_recorder(run: Run) -> None:
    """Try the recorder on a file with one proof, once per coqc; never trust an empty answer.

    A coqc that is a shell script hides argv[0], and would run the tasks instead of naming them.
    """
    coqc = run.toolchain.coqc[0]
    if toolcache.recall(coqc, TRIED) == WORKS:
        return
    with temporary_folder() as folder:
        probe = folder / "probe.v"
        probe.write_text(PROBE)
        outcome = await run_process(run.coqc("-vio", str(probe)))
        works = outcome.status == 0 and await _record(run, [str(probe)]) == {str(probe): [0]}
    if not works:
        raise MachineError(f"{coqc} does not name the tasks of a .vio file; use --engine vok")
    toolcache.remember(coqc, TRIED, WORKS)


def _numbers(lines: Sequence[str], vio: str) -> list[int]:
    """The numbers in the jobs that name this file.

    >>> _numbers(["-R . A -check-vio-tasks 2,0 x/F.vio -check-vio-tasks 1 x/F.vio"], "x/F.vio")
    [0, 1, 2]
    """
    found: list[int] = []
    for line in lines:
        for job in line.split(OPTION)[1:]:
            numbers, _, name = job.strip().partition(" ")
            if _stem(name) == _stem(vio):  # some versions leave the suffix out
                found += map(int, numbers.split(","))
    return sorted(found)


def _stem(name: str) -> str:
    return os.path.normpath(name).removesuffix(".vio")
