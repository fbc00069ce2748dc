"""Who did what when."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """What a worker does without a break: a pass, as far as it comes, or a proof in a copy.

    Of a pass also its head, executed before its file's turn came: no steps.
    """

    file: str
    is_pass: bool
    steps: tuple[int, ...]  # those that it runs
    start: float
    end: float
    is_head: bool = False


@dataclass(frozen=True)
class Timeline:
    """For each worker what it does, in order."""

    workers: tuple[tuple[Piece, ...], ...]
    forks: int

    @property
    def makespan(self) -> float:
        """When the last worker ends."""
        return max((pieces[-1].end for pieces in self.workers if pieces), default=0.0)

    @property
    def cpu(self) -> float:
        """What all of them work together."""
        return sum(piece.end - piece.start for pieces in self.workers for piece in pieces)
