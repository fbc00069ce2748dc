"""A check that is over, in one line: what is remembered of it for those that come after."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PastRun:
    """What became of the files that a command was asked for."""

    date: datetime  # when it began
    command: str  # check or vio2vo
    seconds: float  # wall
    workers: int
    files: int
    proofs: int
    known: int  # of these, from the ledger; the others were run
    wrong: int  # of these
    exit_code: int

    @property
    def ran(self) -> int:
        """The proofs that were run."""
        return self.proofs - self.known
