"""No further worker while the machine is too busy: its load average, its memory in use."""

import asyncio
import math
import re
import time
from collections import deque
from collections.abc import Callable

import psutil

from makegen.base.errors import UserError

PERIOD = 60.0  # seconds over which the system averages the load
INTERVAL = 0.5  # seconds between two looks

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def load_average() -> float:
    """The machine's load, averaged over PERIOD."""
    return psutil.getloadavg()[0]


def memory_in_use() -> int:
    """Bytes of the machine's memory that nothing else could have now."""
    memory = psutil.virtual_memory()
    return int(memory.total - memory.available)


class Gate:
    """Lets no worker pass while it is too busy, but one of ours may always run, as for make -l.

    `load` is a load average, `memory` a number of bytes in use; None is no limit.
    """

    def __init__(
        self,
        load: float | None,
        memory: int | None,
        load_now: Callable[[], float] = load_average,
        memory_now: Callable[[], int] = memory_in_use,
        interval: float = INTERVAL,
    ) -> None:
        self._load = load
        self._memory = memory
        self._load_now = load_now
        self._memory_now = memory_now
        self._interval = interval
        self._started: deque[float] = deque()  # when the workers that run now began, oldest first

    async def take(self) -> None:
        """Wait until it is not too busy, or no worker of ours runs."""
        while self._started and self._is_too_busy():
            await asyncio.sleep(self._interval)
        self._started.append(time.monotonic())

    def give(self) -> None:
        """A worker has ended; the oldest, as far as the load is concerned."""
        self._started.popleft()

    def _is_too_busy(self) -> bool:
        if self._memory is not None and self._memory_now() >= self._memory:
            return True
        return self._load is not None and self._load_now() + self._load_to_come() >= self._load

    def _load_to_come(self) -> float:
        """What our workers will still add to the average, which knows a worker of age t only by
        1 - exp(-t / 60 s): without this, all would start before the load shows the first.
        """
        now = time.monotonic()
        return sum(math.exp(-(now - started) / PERIOD) for started in self._started)


def parse_memory(text: str) -> int:
    """The value of --memory: `80%` of the machine's memory, or bytes such as `6G` or `512M`.

    Raises UserError when it is neither.

    >>> parse_memory("1.5K")
    1536
    """
    number, unit = r"(\d+(?:\.\d+)?)", r"([KMGT]?)(?:i?B)?"
    size = 0
    if match := re.fullmatch(f"{number}%", text):
        if float(match[1]) <= 100:
            size = int(psutil.virtual_memory().total * float(match[1]) / 100)
    elif match := re.fullmatch(number + unit, text, re.IGNORECASE):
        size = int(float(match[1]) * _UNITS[match[2].upper()])
    if size:
        return size
    raise UserError(f"--memory {text}: not a size; write 80%, 6G or 512M")
