"""Those who wait for a token, in the order in which they asked."""

import asyncio
from collections import deque
from collections.abc import Callable


class Waiters:
    """A queue of tasks; one whose wait is cancelled passes on what it was served meanwhile."""

    def __init__(self, give: Callable[[], None]) -> None:
        self._give = give  # what a cancelled task calls when it had been served
        self._queue: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return sum(not waiter.done() for waiter in self._queue)

    async def wait(self) -> None:
        """Wait to be served."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():
                self._give()
            elif waiter in self._queue:
                self._queue.remove(waiter)
            raise

    def serve(self) -> bool:
        """Let the first one go on; False when nobody waits."""
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return True
        return False
