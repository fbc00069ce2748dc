"""All that an engine needs to know of one run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checker.knowledge.known import Known
from checker.knowledge.store import Ledger
from checker.report.events import Tell
from checker.workers.tokens import Tokens
from makegen.coq.workspace import Workspace


@dataclass(frozen=True)
class Care:
    """How much a check does for proofs and commands that may be wrong, slow or quick."""

    proof_timeout: float | None = None  # seconds, wall, that a proof may take
    blocks: tuple[str, ...] = ()  # kinds of blocks to give up where a proof fails, and go on
    commands: bool = True  # after a wrong command, check the rest of the file
    memory: int | None = None  # bytes that may be in use on the machine; None: most of the free
    threshold: float = 0.03  # seconds: quicker proofs are not worth a place of their own


@dataclass(frozen=True, kw_only=True)
class Run(Workspace):
    """A workspace at work: what to check, who works, and whom to tell."""

    files: tuple[str, ...]  # the sources asked for, relative to the project's root
    workers: int
    ledger: Ledger
    tokens: Tokens
    tell: Tell
    care: Care = field(default_factory=Care)
    known: Mapping[str, Known] = field(default_factory=dict)  # of the files, where it is asked for
