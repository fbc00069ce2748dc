"""The clock of a simulation."""

import heapq
from collections.abc import Callable
from itertools import count


class Clock:
    """Jumps from one event to the next."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []  # a heap
        self._numbers = count()

    def later(self, seconds: float, happens: Callable[[], None]) -> None:
        """Have something happen in so many seconds."""
        heapq.heappush(self._events, (self.now + seconds, next(self._numbers), happens))

    def run(self) -> None:
        """From the first event to the last."""
        while self._events:
            self.now, _, happens = heapq.heappop(self._events)
            happens()
