"""A project at hand: its Coq, its ledger, what its open documents share."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from checker.engines.snapshot.coqc.memory import limit
from checker.engines.snapshot.coqc.probe import opening_of
from checker.knowledge.store import Ledger
from checker.report.events import tell_nobody
from checker.run.run import Care, Run, fit_for_checks
from checker.shim.loader import Private, private_folder
from checker.workers.tokens import Tokens
from makegen.base.process import Request
from makegen.base.process import run as run_process
from makegen.coq.packages import with_packages
from makegen.coq.toolchain import Toolchain
from makegen.project.finding import is_strangers, project_files, upwards
from makegen.project.project import Project, read_project

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What the command line and the editor say of all documents."""

    workers: int
    care: Care
    lazy: bool = False  # proofs are run when they are looked at, or the document is saved
    arguments: tuple[str, ...] = ()  # for coqc


@dataclass(frozen=True)
class Desk:
    """One project; paths of documents are relative to its root."""

    run: Run  # of no file
    opening: int  # which opening of its source is fed to a coqc
    private: Private
    memory: int  # bytes that its processes may use
    library: Path  # where Coq's own files are
    lazy: bool

    def name_of(self, path: Path) -> str:
        """The document as the project names it."""
        return os.path.relpath(path, self.run.project.root)

    def with_source(self, file: str) -> Run:
        """A run in which this source is of the project, also where its file does not list it."""
        project = self.run.project
        listed = {os.path.normpath(source): source for source in project.v_files}
        if file in listed:
            return self.run
        return replace(self.run, project=replace(project, sources=(*project.sources, file)))


def project_of(path: Path) -> Project:
    """The project of a file: the one whose project file is nearest above it, or the file alone."""
    for folder in upwards(path.parent):
        for file in project_files(folder):
            if not is_strangers(file, path.parent):
                return read_project(file)
    return Project(path.parent)


@contextlib.asynccontextmanager
async def open_desk(
    project: Project,
    toolchain: Toolchain,
    settings: Settings,
    tokens: Tokens,
    warn: Warn,
) -> AsyncIterator[Desk]:
    """The project, as long as documents of it are open.

    Raises MachineError where this coqc cannot be driven.
    """
    opening = await opening_of(toolchain)
    arguments, _ = fit_for_checks(project.arguments)
    keeps = os.access(project.root, os.W_OK)
    with Ledger(project.root if keeps else None, warn) as ledger, private_folder() as private:
        run = Run(
            project=with_packages(replace(project, arguments=arguments), toolchain, os.environ),
            toolchain=toolchain,
            files=(),
            workers=settings.workers,
            environ=os.environ,
            ledger=ledger,
            tokens=tokens,
            tell=tell_nobody,
            extra_arguments=settings.arguments,
            care=settings.care,
        )
        where = await run_process(Request((*toolchain.coqc, "-where"), project.root, run.environ))
        library = Path(where.output.strip() or "/")
        yield Desk(run, opening, private, limit(settings.care.memory), library, settings.lazy)
