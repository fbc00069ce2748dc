"""Files of the project that coqc loads and that coqdep does not name: no verdict rests on them.

Nobody has seen to it that such a file stands when it is loaded. So what was found of a file that
loads it does not count; the file is run again, after the other.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from checker.knowledge.inputs import source_place
from checker.knowledge.reasons import REFUTED, UNNAMED
from checker.report.results import Message
from makegen.base import graph
from makegen.coq.dependencies import Dependencies, closure
from makegen.project.loadpath import PathKind, binding, bound_name
from makegen.project.project import Project

_EMPTY = re.compile(r"(.*\.vo): premature end of file")  # it has the name, and no more
# `Cannot find a physical path bound to logical path A with prefix P.`, or
# `Unable to locate library A (while searching for a .vos file).`
_MISSING = re.compile(r"(?:logical path|locate library) ([\w.']*\w)(?: with prefix ([\w.']*\w))?")


class Unnamed:
    """What coqc loads beside what the dependencies name, while these are watched."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._own = {os.path.normpath(file): file for file in project.v_files}
        self._dependencies: Dependencies | None = None
        self._found: dict[str, set[str]] = defaultdict(set)
        self._added: set[str] = set()

    def watch(self, dependencies: Dependencies) -> None:
        """From now on, files are run in this order."""
        self._dependencies = dependencies
        self._found.clear()

    def add_read(self, file: str, names: Iterable[str]) -> None:
        """A coqc that runs the file has read these."""
        places = (source_place(name) for name in names if name.endswith(".vo"))
        self._add(file, (self._own.get(f"{place.removesuffix('o')}") for place in places))

    def add_missing(self, file: str, messages: Iterable[Message]) -> None:
        """This is what it complains of: perhaps a file that does not stand yet."""
        for message in messages:
            meant = self._meant_by(" ".join(message.text.split()))
            self._add(file, (source for source in meant if not self._needs(source, file)))

    def are_loaded_by(self, file: str) -> bool:
        """Whether there are any."""
        return bool(self._found.get(file))

    def why_again(self, file: str) -> str | None:
        """Why it is run once more; None: for the ordinary reasons, since it was not tried."""
        if file in self._added:
            return UNNAMED
        return None if self._added else REFUTED

    def named(self) -> Dependencies:
        """The dependencies, with all that was found. Raises UserError where there is a circle."""
        assert self._dependencies, "they are watched"
        sources = dict(self._dependencies.sources)
        for file, found in self._found.items():
            sources[file] = (*sources[file], *sorted(found))
            self._added.add(file)
        graph.check(sources)
        return replace(self._dependencies, sources=sources)

    def _add(self, file: str, sources: Iterable[str | None]) -> None:
        if self._dependencies is not None and (found := set(filter(None, sources))):
            self._found[file] |= found - set(closure(self._dependencies, (file,)))

    def _needs(self, source: str, file: str) -> bool:
        return self._dependencies is None or file in closure(self._dependencies, (source,))

    def _meant_by(self, text: str) -> Iterator[str]:
        """The sources that coqc may have looked for in vain, when it said this."""
        if found := _EMPTY.search(text):
            source = self._own.get(source_place(found[1]).removesuffix("o"))
            yield from (source,) if source else ()
        elif found := _MISSING.search(text):
            last, first = found.groups()
            yield from self._bearing(last.split("."), first.split(".") if first else [])

    def _bearing(self, last: list[str], first: list[str]) -> Iterator[str]:
        """The sources that may be meant by a name; `first`: what stands behind `From`."""
        for source in self._project.v_files:
            bound = binding(self._project.root, self._project.load_paths, source)
            if bound is None:
                continue
            name = bound_name(*bound, source).split(".")
            rest = name[len(first) :]
            is_free = first or bound[0].kind is PathKind.R  # else its full name is wanted
            if name[: len(first)] == first and last == (rest[-len(last) :] if is_free else rest):
                yield source
