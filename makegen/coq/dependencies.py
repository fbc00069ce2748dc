"""Which file needs which, as coqdep says."""

import dataclasses
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from makegen.base import graph as order
from makegen.base.errors import MachineError, SourceError
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.coq.workspace import Workspace

MOST_BYTES = 500_000  # of names on one command line; Linux takes 2 MB, with the environment
_BREAK = re.compile(r"(?<!\\)\s+")  # a blank in a name has a backslash before it
_COMPLAINT = re.compile(r'File "(.*)", ?characters (\d+)-\d+: (.*)')


@dataclass(frozen=True)
class Dependencies:
    """What the sources of a project need directly."""

    sources: Mapping[str, tuple[str, ...]]  # for each source, sources of the project
    others: Mapping[str, tuple[str, ...]]  # and what is not of the project: .vo, plugins


async def read_dependencies(workspace: Workspace) -> Dependencies:
    """The dependencies of all sources of the project, in the project's order.

    Raises SourceError when coqdep cannot read one, UserError when files need each other in a
    circle, MachineError when coqdep fails. What it cannot find is left to coqc to complain of.
    """
    files = workspace.project.v_files
    coqdep = workspace.toolchain.coqdep_for(workspace.project.meta)
    needed: dict[str, tuple[str, ...]] = {}
    for part in _parts(files, MOST_BYTES):
        words = (*coqdep, *workspace.project.load_flags, *part)
        outcome = await run_process(dataclasses.replace(workspace.coqc(), words=words))
        if outcome.status != 0:
            raise _failure(workspace, outcome)
        needed |= _read(outcome.output)
    source_of = {os.path.normpath(f): f for f in files}
    sources: dict[str, tuple[str, ...]] = {}
    others: dict[str, tuple[str, ...]] = {}
    for file in files:
        names = needed.get(os.path.normpath(file), ())
        known = {name: source_of.get(_source(name)) for name in names}
        sources[file] = tuple(dict.fromkeys(f for f in known.values() if f and f != file))
        others[file] = tuple(name for name, found in known.items() if not found)
    order.check(sources)
    return Dependencies(sources, others)


def _parts(files: Iterable[str], most: int) -> Iterator[list[str]]:
    """The names, as many at once as a command line may hold.

    >>> list(_parts(["a.v", "b.v", "c.v"], most=8))
    [['a.v', 'b.v'], ['c.v']]
    """
    part: list[str] = []
    size = 0
    for file in files:
        length = len(os.fsencode(file)) + 1
        if part and size + length > most:
            yield part
            part, size = [], 0
        part.append(file)
        size += length
    if part:
        yield part


def _failure(workspace: Workspace, outcome: Outcome) -> SourceError | MachineError:
    """What coqdep's complaint means; it names the character, from the start of the file."""
    found = _COMPLAINT.search(outcome.output)
    if found is None:
        return MachineError(f"coqdep failed: {outcome.output.strip() or outcome.status}")
    file, at, words = found.groups()
    line = workspace.path(file).read_bytes().count(b"\n", 0, int(at)) + 1
    return SourceError(f"{file}:{line}: {words}, says coqdep; is the last sentence complete?")


def closure(dependencies: Dependencies, files: tuple[str, ...]) -> tuple[str, ...]:
    """The files and all that they need, in the project's order."""
    found = set(files)
    for file in reversed(order.sort(dependencies.sources)):
        if file in found:
            found.update(dependencies.sources[file])
    return tuple(file for file in dependencies.sources if file in found)


def _read(output: str) -> dict[str, tuple[str, ...]]:
    """For each source the names after the colon of its .vo rule.

    >>> _read("A.vo A.glob A.v.beautified A.required_vo: A.v B.vo\\nA.vio: A.v B.vio\\n")
    {'A.v': ('A.v', 'B.vo')}
    """
    needed = {}
    for line in output.splitlines():
        targets, colon, names = line.partition(": ")
        target = _BREAK.split(targets)[0]
        if colon and target.endswith(".vo"):
            words = (word.replace("\\ ", " ") for word in _BREAK.split(names) if word)
            needed[_source(target.replace("\\ ", " "))] = tuple(words)
    return needed


def _source(name: str) -> str:
    """The source of a .vo, normalised; any other name as it is."""
    path = PurePosixPath(os.path.normpath(name))
    return str(path.with_suffix(".v") if path.suffix == ".vo" else path)
