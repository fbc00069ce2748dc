"""All that an engine needs to know of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from checker.knowledge.known import Known
from checker.knowledge.store import Ledger
from checker.report.events import Note, Tell
from checker.workers.tokens import Tokens
from makegen.base.process import Request
from makegen.coq.workspace import Workspace

# How a coqc divides its own work: beside -async-... these, each with a value.
_OF_WORKERS = ("-worker-id", "-main-channel", "-control-channel")
_WITHOUT_VALUE = (
    "-async-queries-always-delegate",
    "-async-proofs-always-delegate",
    "-async-proofs-never-reopen-branch",
)
# What a check needs as it is where nothing is said: .glob files, words without colours.
_OF_FILES_AND_TERMINALS = {"-no-glob": 0, "-noglob": 0, "-dump-glob": 1, "-color": 1}  # values


def fit_for_checks(
    arguments: Sequence[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arguments for coqc without those that say in which process it does what; these.

    A check divides the work itself. A coqc that does so too cannot be forked, and what its workers
    find is lost where the check is of one file against interfaces. Others go without a word.

    >>> fit_for_checks(["-color", "on", "-w", "none", "-async-proofs", "on"])
    (('-w', 'none'), ('-async-proofs', 'on'))
    """
    kept, left_out = [], []
    words = iter(arguments)
    for word in words:
        if word in _OF_FILES_AND_TERMINALS:
            for _ in range(_OF_FILES_AND_TERMINALS[word]):
                next(words, None)
            continue
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
    threshold: float = 0.1  # seconds: quicker proofs are not worth a process of their own


class Targets(Protocol):
    """What is to be checked by passes, file by file, as what each of them loads comes to be."""

    needs: Mapping[str, Sequence[str]]  # the files, and those of them that each one loads directly
    workspace: Workspace  # where coqc loads stand-ins in the place of what make compiles
    besides: Mapping[str, str]  # what it finds there besides: files of the project, by their places

    def look_up(self, file: str) -> Known | None:
        """What is known of a file, once all that it loads stands; None: nothing is to be run."""

    def begins_early(self, file: str) -> bool:
        """Whether its head is to be executed before all that it loads stands."""

    def output(self, file: str, *, anew: bool) -> Path:
        """Where the stand-in of the file is; `anew`: a pass is about to write it."""

    def command(self, file: str) -> tuple[str, ...]:
        """What a user runs to see the errors of the file."""

    def stands(self, file: str, *, whole: bool, host: str = "") -> None:
        """The stand-in of the file was written; `whole`: no proof was put off in it.

        `host`: the machine that made it, if that was another one.
        """

    def stood_still(self, file: str) -> bool:
        """Whether what the file loads of what make compiled is what it was when the check began."""


@dataclass(frozen=True, kw_only=True)
class Run(Workspace):
    """A workspace at work: what to check, who works, and whom to tell."""

    files: tuple[str, ...]  # the sources asked for, relative to the project's root
    workers: int
    ledger: Ledger
    tokens: Tokens
    tell: Tell
    care: Care = field(default_factory=Care)
    made: dict[Path, object] = field(default_factory=dict)  # compiled files as it has left them
    loads: Workspace | None = None  # where what coqc loads is found, if not here
    # The only proofs asked for, by file and full name; empty: all.
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    targets: Targets | None = None  # for an engine that makes passes

    def coqc(self, *words: str) -> Request:
        """A coqc as in the workspace; the user is told when it does nothing for long."""
        request = self.loads.coqc(*words) if self.loads else super().coqc(*words)
        return replace(request, tell=lambda text: self.tell(Note(text)))

    def check_again(self, file: str) -> tuple[str, ...]:
        """The command that shows, in the project's folder, all that is wrong with a file.

        A plain coqc stops at the first error, and may run for ever.
        """
        origin = self.project.origin or "_Project"
        limit = self.care.proof_timeout
        words = () if limit is None else ("--proof-timeout", f"{limit:g}")
        more = (f"--arg={word}" for word in self.extra_arguments)
        return ("proof-checker", "check", "-f", origin, *words, *more, file)
