"""A copy of a project in a temporary folder, to compile changed texts beside the user's files.

The sources are copied. What the load path needs beside them (compiled files that are no sources'
of the project, plugins) is linked. coqc runs in the copy with the project's own words, so that
relative paths mean the same; folders outside the project are named by their absolute paths.
"""

import asyncio
import dataclasses
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from checker.document.sourcefile import read_source
from checker.run.run import Run
from makegen.base import graph as order
from makegen.base.errors import UserError
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.coq import coqfiles
from makegen.coq.auxfile import AuxFile, read_aux
from makegen.coq.requires import Requires, ask_requires
from makegen.project.project import LoadPath, Project


class Mirror:
    """The copy; `compile` makes its .vo and .aux files."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run = dataclasses.replace(run, project=_moved(run.project, folder))
        self._folder = folder
        self._built: set[str] = set()  # sources whose .vo is there
        self._changed: set[str] = set()  # sources with a new text since
        self._link(run.project)
        self._link_meta(run.project)
        for source in run.project.v_files:
            if not _is_inside(source):
                raise UserError(
                    f"{source}: lies outside {run.project.root}, where it cannot be copied from; "
                    "make that folder's parent the root of the project"
                )
            self.write(source, read_listed(run.project, source))
        self.requires: Requires = {}

    async def read_requires(self) -> None:
        """Find out in which order sources are to be compiled; `compile` needs that.

        Raises UserError where coqdep refuses a source, or sources need each other in a circle.
        """
        self.requires = await ask_requires(self.run)
        order.check(self.requires)

    def write(self, source: str, text: bytes) -> None:
        """Give a source of the copy this text."""
        path = self._folder / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        self._changed.add(source)

    def aux(self, source: str) -> AuxFile | None:
        """What coqc recorded when it compiled the source."""
        return read_aux(self._folder / source)

    def needed_for(self, sources: Iterable[str]) -> set[str]:
        """The sources, and all that they require."""
        needed: set[str] = set()
        waiting = list(sources)
        while waiting:
            source = waiting.pop()
            if source not in needed:
                needed.add(source)
                waiting += self.requires[source]
        return needed

    def changed_by(self, sources: Collection[str]) -> set[str]:
        """The sources, and all that require them."""
        return order.dependents(self.requires, sources) | set(sources)

    async def compile(
        self, sources: Iterable[str], words: tuple[str, ...] = ()
    ) -> dict[str, Outcome]:
        """Run `coqc words F.v` for each source that is not up to date, and for what it requires.

        The outcomes of those that were run, by source; one whose requirements failed is not run.
        """
        self._built -= self.changed_by(self._changed)
        self._changed.clear()
        outcomes: dict[str, Outcome] = {}
        tasks: dict[str, asyncio.Task[None]] = {}

        async def one(source: str) -> None:
            # Not gather(), which hands a cancellation on, from each to the next in a long chain.
            if awaited := [tasks[name] for name in self.requires[source] if name in tasks]:
                await asyncio.wait(awaited)
            if self._built.issuperset(self.requires[source]):
                outcomes[source] = await self._coqc(source, words)

        async with asyncio.TaskGroup() as group:
            needed = self.needed_for(sources) - self._built
            for source in filter(needed.__contains__, self.requires):
                tasks[source] = group.create_task(one(source))
        return outcomes

    async def _coqc(self, source: str, words: tuple[str, ...]) -> Outcome:
        await self.run.tokens.take()
        try:
            outcome = await run_process(self.run.coqc(*words, source))
        finally:
            self.run.tokens.give()
        if outcome.status == 0:
            self._built.add(source)
        return outcome

    def _link(self, project: Project) -> None:
        """Link what the load path holds beside sources and what is made from them."""
        own = {os.path.normpath(s) for s in project.v_files}
        own |= {os.path.normpath(name) for s in project.v_files for name in coqfiles.outputs(s)}
        kept = {parent for name in own for parent in Path(name).parents}
        inside = (path.folder for path in project.load_paths if _is_inside(path.folder))
        for folder in dict.fromkeys(inside):
            for here, folders, names in os.walk(project.root / folder):
                relative = Path(os.path.relpath(here, project.root))
                folders[:] = [name for name in folders if not name.startswith(".")]
                (self._folder / relative).mkdir(parents=True, exist_ok=True)
                links = [name for name in folders if Path(here, name).is_symlink()]
                for file in (relative / name for name in (*names, *links)):
                    target = self._folder / file
                    is_other = str(file) not in own and file not in kept
                    if is_other and not file.name.startswith(".") and not target.exists():
                        target.symlink_to(project.root / file)

    def _link_meta(self, project: Project) -> None:
        """Link the META file, which may stand outside the load path."""
        if project.meta and _is_inside(project.meta):
            target = self._folder / project.meta
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.symlink_to(project.root / project.meta)


def read_listed(project: Project, source: str) -> bytes:
    """The text of a source of the project.

    Raises UserError when it cannot be read.
    """
    return read_source(project.root / source, "restore it or take it out of the project")


def _moved(project: Project, folder: Path) -> Project:
    """The project in the copy: load paths out of it are named by their absolute paths."""
    paths = tuple(
        path
        if _is_inside(path.folder)
        else LoadPath(path.kind, str((project.root / path.folder).resolve()), path.logical)
        for path in project.load_paths
    )
    return dataclasses.replace(project, root=folder, load_paths=paths)


def _is_inside(name: str) -> bool:
    """Whether a name relative to the project's root stays below it."""
    return not Path(name).is_absolute() and not os.path.normpath(name).startswith("..")
