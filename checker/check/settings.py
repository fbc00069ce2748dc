"""What the command line says of a run."""

from dataclasses import dataclass, field
from pathlib import Path

from checker.report.terminal import Progress
from checker.run.run import Care
from makegen.coq.toolchain import Toolchain
from makegen.project.project import Project


@dataclass(frozen=True)
class Outputs:
    """Which files a run leaves for people and programs, and where; None: it is not wanted."""

    trace: Path | None = None
    junit: Path | None = None
    json: Path | None = None
    sarif: Path | None = None
    report: Path | None = None
    annotates: bool = False  # as GitHub's workflows want it, on standard output

    @property
    def is_any(self) -> bool:
        """Whether the run has to be recorded for them."""
        return self != Outputs()


@dataclass(frozen=True)
class Settings:
    """What the command line says of a run."""

    project: Project
    toolchain: Toolchain
    files: tuple[str, ...]
    workers: int
    load: float | None = None  # a load average
    memory: int | None = None  # bytes in use on the machine
    extra_arguments: tuple[str, ...] = ()
    care: Care = field(default_factory=Care)
    quiet: bool = False  # only errors and the summary
    progress: Progress = Progress.AUTO
    summary: bool = True
    stops_at_first: bool = False  # what is not good
    outputs: Outputs = field(default_factory=Outputs)
    command: str = "check"  # or vio2vo: what the ledger remembers the run as
    trusts_others: bool = True  # verdicts in the ledger that other machines found
    keeps_ledger: bool = True  # else the run learns nothing for the next one, and leaves no file
