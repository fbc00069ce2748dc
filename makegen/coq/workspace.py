"""A project, the Coq at hand, and the environment: all that it takes to run one of Coq's tools."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from makegen.base.process import Request
from makegen.coq.collector import SMALL_AND_SELDOM, with_collector
from makegen.coq.toolchain import Toolchain, without_manager
from makegen.project.project import Project

BOTH_KINDS = ("-w", "-several-object-files")


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where Coq works, and how it is called there."""

    project: Project
    toolchain: Toolchain
    environ: Mapping[str, str]
    extra_arguments: tuple[str, ...] = ()  # for coqc, beside those of the project
    collector: str = SMALL_AND_SELDOM  # how OCaml's is set in a coqc
    # Files that hold the texts of sources which an editor has not saved.
    unsaved: Mapping[str, Path] = field(default_factory=dict)

    def path(self, file: str) -> Path:
        """The file of the project, absolute."""
        return self.unsaved.get(file) or self.project.root / file

    def coqc(self, *words: str) -> Request:
        """A coqc with the project's load path and arguments, and these words.

        Of several -w the last counts: a project that makes errors of warnings does not mean what
        coqc says of a .vio beside a .vo, as there are where `make` has run.
        """
        flags = (*self.project.coq_flags, *self.extra_arguments)
        own = BOTH_KINDS if self.toolchain.has_vio and "-w" in flags else ()
        request = self._request((*self.toolchain.coqc, "-q", *flags, *own, *words))
        return replace(request, environ=with_collector(request.environ, self.collector))

    def coqdep(self, *files: str) -> Request:
        """A coqdep with the project's load path, asked about these sources."""
        coqdep = self.toolchain.coqdep_for(self.project.meta)
        return self._request((*coqdep, *self.project.load_flags, *files))

    def _request(self, words: tuple[str, ...]) -> Request:
        return Request(words, self.project.root, without_manager(self.environ))
