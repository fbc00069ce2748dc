"""All that an engine needs to know of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checker.document.document import Settings
from checker.knowledge.known import Known
from checker.knowledge.store import Ledger
from checker.report.events import Tell
from checker.workers.tokens import Tokens
from makegen.base.process import Request
from makegen.coq.toolchain import Toolchain, without_manager
from makegen.project.project import Project

# How a coqc divides its own work: beside -async-... these, each with a value.
_OF_WORKERS = ("-worker-id", "-main-channel", "-control-channel")
_WITHOUT_VALUE = (
    "-async-queries-always-delegate",
    "-async-proofs-always-delegate",
    "-async-proofs-never-reopen-branch",
)


def without_scheduling(
    arguments: Sequence[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arguments for coqc without those that say in which process it does what; these.

    A check divides the work itself. A coqc that does so too cannot be forked, and what its workers
    find is lost where the check is of one file against interfaces.

    >>> without_scheduling(["-w", "none", "-async-proofs", "on"])
    (('-w', 'none'), ('-async-proofs', 'on'))
    """
    kept, left_out = [], []
    words = iter(arguments)
    for word in words:
        if not word.startswith("-async-") and word not in _OF_WORKERS:
            kept.append(word)
            continue
        left_out.append(word)
        if word not in _WITHOUT_VALUE:
            left_out += [value for value in [next(words, None)] if value is not None]
    return tuple(kept), tuple(left_out)


@dataclass(frozen=True)
class Care:
    """How much a check does for proofs and commands that may be wrong, slow or quick."""

    proof_timeout: float | None = None  # seconds, wall, that a proof may take
    blocks: tuple[str, ...] = ()  # kinds of blocks to give up where a proof fails, and go on
    commands: bool = True  # after a wrong command, check the rest of the file
    memory: int | None = None  # bytes that may be in use on the machine; None: most of the free
    threshold: float = 0.03  # seconds: quicker proofs are not worth a place of their own


@dataclass(frozen=True)
class Run:
    """One run of the checker: what to check, with what, and whom to tell."""

    project: Project
    toolchain: Toolchain
    files: tuple[str, ...]  # the sources asked for, relative to the project's root
    workers: int
    environ: Mapping[str, str]
    ledger: Ledger
    tokens: Tokens
    tell: Tell
    extra_arguments: tuple[str, ...] = ()  # for coqc, beside those of the project
    care: Care = field(default_factory=Care)
    known: Mapping[str, Known] = field(default_factory=dict)  # of the files, where it is asked for

    @property
    def settings(self) -> Settings:
        """The flags that hold where its sources begin, as far as coqc's arguments say."""
        return Settings.of_arguments((*self.project.arguments, *self.extra_arguments))

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
