"""Who holds how many tokens, and who waits: the rules of the work manager, without any I/O."""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from itertools import count

from checker.workers.manager.protocol import Priority


@dataclass(frozen=True)
class Grant:
    """`tokens` tokens go to `client`, who waited for them."""

    client: int
    tokens: int


class Pool:
    """At most `limit` tokens out; who waits is served by priority, then in order of arrival."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.out = 0  # tokens held by all clients
        self._held: Counter[int] = Counter()  # client -> tokens
        # What each priority waits for, oldest first; the keys are the order of arrival.
        self._waiting: dict[Priority, OrderedDict[int, Grant]] = {
            priority: OrderedDict() for priority in (Priority.HIGH, Priority.LOW)
        }
        self._arrival = count()
        self._arrivals: dict[int, list[tuple[Priority, int]]] = {}  # client -> where it waits

    def held(self, client: int) -> int:
        """How many tokens a client holds."""
        return self._held[client]

    def waiting(self, client: int) -> int:
        """How many requests of a client wait."""
        return len(self._arrivals.get(client, ()))

    def get(self, client: int, tokens: int, priority: Priority) -> list[Grant]:
        """Ask for up to `tokens`; the grant may come later, out of another call."""
        arrival = next(self._arrival)
        self._waiting[priority][arrival] = Grant(client, tokens)
        self._arrivals.setdefault(client, []).append((priority, arrival))
        return self._serve()

    def try_get(self, client: int, tokens: int) -> int:
        """Take up to `tokens` now; how many there were."""
        return self._take(client, tokens)

    def give_back(self, client: int, tokens: int) -> list[Grant]:
        """Put back `tokens`, or what the client holds if that is less; who gets them."""
        tokens = min(tokens, self._held[client])
        self._held[client] -= tokens
        self.out -= tokens
        return self._serve()

    def leave(self, client: int) -> list[Grant]:
        """Forget a client: it waits no more and holds nothing; who gets what it held."""
        for priority, arrival in self._arrivals.pop(client, ()):
            del self._waiting[priority][arrival]
        granted = self.give_back(client, self._held[client])
        del self._held[client]
        return granted

    def _serve(self) -> list[Grant]:
        granted = []
        for priority, waiting in self._waiting.items():
            while waiting and self.out < self.limit:
                arrival, asked = waiting.popitem(last=False)
                self._arrivals[asked.client].remove((priority, arrival))
                granted.append(Grant(asked.client, self._take(asked.client, asked.tokens)))
        return granted

    def _take(self, client: int, tokens: int) -> int:
        tokens = min(tokens, self.limit - self.out)
        self._held[client] += tokens
        self.out += tokens
        return tokens
