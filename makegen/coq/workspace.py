"""A project, the Coq at hand, and the environment: all that it takes to run one of Coq's tools."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from makegen.base.process import Request
from makegen.coq.toolchain import Toolchain, without_manager
from makegen.project.project import Project


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where Coq works, and how it is called there."""

    project: Project
    toolchain: Toolchain
    environ: Mapping[str, str]
    extra_arguments: tuple[str, ...] = ()  # for coqc, beside those of the project

    def path(self, file: str) -> Path:
        """The file of the project, absolute."""
        return self.project.root / file

    def coqc(self, *words: str) -> Request:
        """A coqc with the project's load path and arguments, and these words."""
        flags = (*self.project.coq_flags, *self.extra_arguments)
        return Request(
            words=(*self.toolchain.coqc, "-q", *flags, *words),
            folder=self.project.root,
            environ=without_manager(self.environ),
        )
