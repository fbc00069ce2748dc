"""Which file needs which, as coqdep says."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from makegen.base import graph as order
from makegen.base.errors import MachineError, SourceError
from makegen.base.process import Outcome
from makegen.coq import coqdep
from makegen.coq.workspace import Workspace

# Compiled files; and Rocq's own program, which its coqdep names for every source.
_IS_BUILT = re.compile(r"\.(?:vo|vos|vio|cm\w+)\Z|(?:/|\A)(?:META\b|rocqworker)[^/]*\Z")
_COMPLAINT = re.compile(r'File "(.*)", ?characters (\d+)-\d+: (.*)')


@dataclass(frozen=True)
class Dependencies:
    """What the sources of a project need directly."""

    sources: Mapping[str, tuple[str, ...]]  # for each source, sources of the project
    others: Mapping[str, tuple[str, ...]]  # .vo and plugins of others, and texts for Load

    def read_besides(self, file: str) -> Iterator[str]:
        """What it names in Load and Extra Dependency, as long as it is there."""
        return (name for name in self.others[file] if not _IS_BUILT.search(name))

    def all_besides(self) -> set[str]:
        """What any of the sources so names."""
        return {name for file in self.sources for name in self.read_besides(file)}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each source stands in the project."""
        return {file: place for place, file in enumerate(self.sources)}


async def read_dependencies(workspace: Workspace) -> Dependencies:
    """The dependencies of all sources of the project, in the project's order.

    Raises SourceError when coqdep cannot read one and what it leaves unread may need more,
    UserError when files need each other in a circle, MachineError when coqdep fails. What it cannot
    find, and mistakes behind all that is needed, are left to coqc to complain of.
    """
    files = workspace.project.v_files
    answer = await coqdep.ask(workspace)
    if answer.failure:
        answer = await coqdep.ask_in_part(workspace)
    if answer.failure:
        raise _failure(workspace, answer.failure)
    own = {os.path.normpath(file): file for file in files}
    sources: dict[str, tuple[str, ...]] = {}
    others: dict[str, tuple[str, ...]] = {}
    for file in files:
        names = answer.needed.get(os.path.normpath(file), ())
        known = {name: own.get(coqdep.source_of(name)) for name in names}
        sources[file] = tuple(dict.fromkeys(f for f in known.values() if f and f != file))
        others[file] = tuple(
            n for n, f in known.items() if not f or (f != file and n.endswith(".v"))
        )
    order.check(sources)
    return Dependencies(sources, others)


def _failure(workspace: Workspace, outcome: Outcome) -> SourceError | MachineError:
    """What coqdep's complaint means; it names the character, from the start of the file."""
    found = _COMPLAINT.search(outcome.output)
    if found is None:
        return MachineError(f"coqdep failed: {outcome.output.strip() or outcome.status}")
    file, at, words = found.groups()
    line = workspace.path(file).read_bytes().count(b"\n", 0, int(at)) + 1
    return SourceError(f"{file}:{line}: {words}, says coqdep; is the last sentence complete?")


def closure(dependencies: Dependencies, files: tuple[str, ...]) -> tuple[str, ...]:
    """The files and all that they need, in the project's order; quick where that is little."""
    found = set(files)
    waiting = list(found)
    while waiting:
        for needed in dependencies.sources[waiting.pop()]:
            if needed not in found:
                found.add(needed)
                waiting.append(needed)
    return tuple(sorted(found, key=dependencies.places.__getitem__))
