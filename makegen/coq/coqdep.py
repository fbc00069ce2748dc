"""coqdep: how it is asked about the sources of a project, and how its answer is read."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.base.temporary import temporary_folder
from makegen.coq.misread import read_right
from makegen.coq.workspace import Workspace

MOST_BYTES = 500_000  # of names on one command line; Linux takes 2 MB, with the environment
_DOT = re.compile(rb"\.(?=[ \t\r\n]|\Z)")
_NEEDS = re.compile(rb"\b(?:Require|Load|Declare|Extra)\b")  # where a file is named that is needed
_BREAK = re.compile(r"(?<!\\)\s+")  # a blank in a name has a backslash before it


@dataclass(frozen=True)
class Answer:
    """What coqdep said."""

    needed: Mapping[str, tuple[str, ...]]  # for each source, normalised, what its .vo is made from
    warnings: str
    failure: Outcome | None = None  # of the call that refused a source, or went wrong


async def ask(workspace: Workspace) -> Answer:
    """Ask what the sources of the project need; as many at once as a command line may hold."""
    needed, warnings = await _of_rewritten(workspace)
    for part in _parts(_left(workspace, needed), MOST_BYTES):
        outcome = await run_process(workspace.coqdep(*part))
        if not outcome.is_good:
            return Answer(needed, warnings, outcome)
        needed |= _read(outcome.output)
        warnings += outcome.errors
    return Answer(needed, warnings)


async def ask_in_part(workspace: Workspace) -> Answer:
    """What the sources need, where coqdep refuses some: these as far as it reads them.

    What is wrong with them coqc will say, in its own words and at its own place.
    """
    needed, warnings = await _of_rewritten(workspace)
    waiting = list(_parts(_left(workspace, needed), MOST_BYTES))
    while waiting:
        files = waiting.pop()
        outcome = await run_process(workspace.coqdep(*files))
        if outcome.is_good:
            needed |= _read(outcome.output)
            warnings += outcome.errors
        elif len(files) > 1:
            middle = len(files) // 2
            waiting += [files[:middle], files[middle:]]
        else:
            found = await _as_far_as_read(workspace, files[0])
            if found is None:
                return Answer(needed, warnings, outcome)
            needed[os.path.normpath(files[0])] = found
    return Answer(needed, warnings)


async def _as_far_as_read(workspace: Workspace, file: str) -> tuple[str, ...] | None:
    """What a long beginning of a source needs that coqdep reads; None: the rest may need more.

    A sentence ends where a dot has a blank behind it, or nothing. A verdict must not rest on what
    is as it was when nobody knew that it is needed.
    """
    try:
        text = workspace.path(file).read_bytes()
    except OSError:
        return None
    ends = [0, *(found.end() for found in _DOT.finditer(text))]
    needed: tuple[str, ...] | None = None
    with temporary_folder() as folder:
        part = folder / PurePosixPath(file).name
        low, high = 0, len(ends)  # the first is read if any is, the last is not: there is none
        while low < high:
            middle = (low + high) // 2
            part.write_bytes(text[: ends[middle]] + b"\n")
            outcome = await run_process(workspace.coqdep(str(part)))
            if not outcome.is_good:
                high = middle
                continue
            low = middle + 1
            names = next(iter(_read(outcome.output).values()), None)
            needed = None if names is None else tuple(n for n in names if n != str(part))
    return None if _NEEDS.search(text, ends[max(low - 1, 0)]) else needed


def _left(workspace: Workspace, needed: Mapping[str, object]) -> list[str]:
    return [file for file in workspace.project.v_files if os.path.normpath(file) not in needed]


async def _of_rewritten(workspace: Workspace) -> tuple[dict[str, tuple[str, ...]], str]:
    """What sources need that are not as saved, or that coqdep would misread; its warnings.

    Nothing of what it cannot read, half-written.
    """
    with temporary_folder() as folder:
        file_of: dict[str, str] = {}  # by the name of the text that coqdep is given
        for number, file in enumerate(workspace.project.v_files):
            right = _read_right(workspace, file)
            if right is not None:
                copy = folder / f"{number}.v"  # no Require can mean it
                copy.write_bytes(right)
                file_of[str(copy)] = file
            elif file in workspace.unsaved:
                file_of[str(workspace.unsaved[file])] = file
        found: dict[str, tuple[str, ...]] = {}
        warnings = ""
        for part in _parts(file_of, MOST_BYTES):
            more, told = await _of_readable(workspace, part)
            found |= more
            warnings += told
    needed = {}
    for text, file in file_of.items():
        warnings = warnings.replace(text, file)
        if text in found:
            needed[os.path.normpath(file)] = tuple(name for name in found[text] if name != text)
    return needed, warnings


def _read_right(workspace: Workspace, file: str) -> bytes | None:
    try:
        return read_right(workspace.path(file).read_bytes())
    except OSError:
        return None


async def _of_readable(
    workspace: Workspace, files: list[str]
) -> tuple[dict[str, tuple[str, ...]], str]:
    """What these need, but for those that coqdep refuses; its warnings."""
    outcome = await run_process(workspace.coqdep(*files))
    if outcome.is_good:
        return _read(outcome.output), outcome.errors
    if len(files) == 1:
        return {}, ""
    middle = len(files) // 2
    first, told = await _of_readable(workspace, files[:middle])
    rest, more = await _of_readable(workspace, files[middle:])
    return first | rest, told + more


def source_of(name: str) -> str:
    """The source of a .vo, normalised; any other name as it is."""
    path = PurePosixPath(os.path.normpath(name))
    return str(path.with_suffix(".v") if path.suffix == ".vo" else path)


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
            needed[source_of(target.replace("\\ ", " "))] = tuple(words)
    return needed
