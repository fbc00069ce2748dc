"""J: at most so many workers of one run at once."""

import asyncio


class Limit:
    """A pool of `workers` tokens of our own.

    Those who wait are served in the order in which they asked.
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"at least one worker must be allowed, not {workers}")
        self._free = asyncio.BoundedSemaphore(workers)

    async def take(self) -> None:
        """Wait until fewer than `workers` tokens are out, and take one."""
        await self._free.acquire()

    def give(self) -> None:
        """Give one back; giving more than was taken is a ValueError."""
        self._free.release()
