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
    ran: int  # of these, in this run
    known: int  # of these, from the ledger
    wrong: int  # of these, or timed out
    exit_code: int
