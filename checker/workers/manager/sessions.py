"""All sessions of the work manager: bytes come in, bytes go out, without any I/O.

    the server     ->  connect(client), receive(client, bytes), disconnect(client)
    the sessions   ->  effects: Send(client, bytes), HangUp(client)

Whatever a client sends, and in whatever pieces, concerns that client alone: what is not of the
protocol ends its session, and its tokens go to those who wait.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from checker.workers.manager.pool import Grant, Pool
from checker.workers.manager.protocol import (
    Get,
    GiveBack,
    Hello,
    Lines,
    NoLuck,
    Ping,
    Pong,
    Priority,
    ProtocolError,
    Request,
    Response,
    Tokens,
    TryGet,
    encode,
    parse_request,
)

MAX_WAITING = 1000  # requests of one client; coqidetop has one for each of its workers


@dataclass(frozen=True)
class Send:
    """Send `data` to `client`."""

    client: int
    data: bytes


@dataclass(frozen=True)
class HangUp:
    """End the connection of `client`, after what was sent to it."""

    client: int


Effect = Send | HangUp


@dataclass
class _Session:
    lines: Lines = field(default_factory=Lines)
    priority: Priority | None = None  # None before HELLO


class Sessions:
    """The work manager's state; `pid` is what PONG tells."""

    def __init__(self, limit: int, pid: int) -> None:
        self.pool = Pool(limit)
        self._pid = pid
        self._sessions: dict[int, _Session] = {}  # client -> session, oldest first

    def __len__(self) -> int:
        return len(self._sessions)

    def connect(self, client: int) -> None:
        """A client has connected; the number must be a new one."""
        self._sessions[client] = _Session()

    def receive(self, client: int, data: bytes) -> list[Effect]:
        """A client has sent `data`."""
        if not (session := self._sessions.get(client)):
            return []  # we hung up on it before this came
        effects: list[Effect] = []
        try:
            for line in session.lines.feed(data):
                effects += self._answer(client, session, parse_request(line))
                if client not in self._sessions:
                    break
        except ProtocolError:
            effects += self._hang_up(client)
        return effects

    def disconnect(self, client: int) -> list[Effect]:
        """A client is gone."""
        if not self._sessions.pop(client, None):
            return []
        return list(_grants(self.pool.leave(client)))

    def idlest(self) -> int | None:
        """The oldest client that neither holds a token nor waits for one; silent ones first."""
        idle = [
            (session.priority is not None, client)
            for client, session in self._sessions.items()
            if not self.pool.held(client) and not self.pool.waiting(client)
        ]
        return min(idle)[1] if idle else None

    def _answer(self, client: int, session: _Session, request: Request) -> Iterator[Effect]:
        if session.priority is None:
            if not isinstance(request, Hello):
                raise ProtocolError("a session begins with HELLO")
            session.priority = request.priority
            return
        match request:
            case Hello():
                raise ProtocolError("a second HELLO")
            case Get(count):
                if self.pool.waiting(client) >= MAX_WAITING:
                    raise ProtocolError(f"more than {MAX_WAITING} requests wait")
                yield from _grants(self.pool.get(client, count, session.priority))
            case TryGet(count):
                tokens = self.pool.try_get(client, count)
                yield _send(client, Tokens(tokens) if tokens else NoLuck())
            case GiveBack(count):
                yield from _grants(self.pool.give_back(client, count))
            case Ping():
                yield _send(client, Pong(self.pool.out, self.pool.limit, self._pid))
                yield from self._hang_up(client)

    def _hang_up(self, client: int) -> list[Effect]:
        return [HangUp(client), *self.disconnect(client)]


def _send(client: int, response: Response) -> Send:
    return Send(client, encode(response))


def _grants(granted: list[Grant]) -> Iterator[Effect]:
    return (_send(grant.client, Tokens(grant.tokens)) for grant in granted)
