"""The work manager's rules, without sockets: who gets tokens, when, and how many."""

import re
from dataclasses import dataclass

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from checker.workers.manager.protocol import MAX_LINE
from checker.workers.manager.sessions import MAX_WAITING, Effect, HangUp, Send, Sessions

PID = 4711


class Talk:
    """Sessions, and what each client has heard and not yet been asked about."""

    def __init__(self, limit: int) -> None:
        self.sessions = Sessions(limit, PID)
        self.heard: dict[int, str] = {}
        self.hung_up: set[int] = set()

    def connect(self, client: int, text: str = "") -> str:
        self.heard[client] = ""
        self.sessions.connect(client)
        return self.say(client, text)

    def say(self, client: int, text: str | bytes) -> str:
        """What the client hears when it sends this."""
        data = text.encode() if isinstance(text, str) else text
        self._carry_out(self.sessions.receive(client, data))
        return self.hear(client)

    def leave(self, client: int) -> None:
        self._carry_out(self.sessions.disconnect(client))

    def hear(self, client: int) -> str:
        heard, self.heard[client] = self.heard[client], ""
        return heard

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(client, data):
                    assert client not in self.hung_up, "sent to a client that we hung up on"
                    self.heard[client] += data.decode()
                case HangUp(client):
                    self.hung_up.add(client)


def test_get_is_answered_with_what_there_is() -> None:
    talk = Talk(limit=3)
    assert talk.connect(1, "HELLO LOW\nGET 2\n") == "TOKENS 2\n"
    assert talk.connect(2, "HELLO LOW\nGET 2\n") == "TOKENS 1\n"


def test_get_waits_for_the_first_token() -> None:
    talk = Talk(limit=1)
    talk.connect(1, "HELLO LOW\nGET 1\n")
    assert talk.connect(2, "HELLO LOW\nGET 5\n") == ""
    assert talk.say(1, "GIVEBACK 1\n") == ""
    assert talk.hear(2) == "TOKENS 1\n"


def test_tryget_does_not_wait() -> None:
    talk = Talk(limit=1)
    assert talk.connect(1, "HELLO LOW\nTRYGET 2\n") == "TOKENS 1\n"
    assert talk.connect(2, "HELLO HIGH\nTRYGET 1\n") == "NOLUCK\n"
    talk.say(1, "GIVEBACK 1\n")
    assert talk.hear(2) == ""
    assert talk.say(2, "TRYGET 1\n") == "TOKENS 1\n"


def test_high_priority_goes_before_low_and_each_in_order_of_arrival() -> None:
    talk = Talk(limit=1)
    talk.connect(0, "HELLO LOW\nGET 1\n")
    for client, priority in enumerate(["LOW", "HIGH", "LOW", "HIGH"], start=1):
        talk.connect(client, f"HELLO {priority}\nGET 1\n")
    served = []
    holder = 0
    for _ in range(4):
        talk.say(holder, "GIVEBACK 1\n")
        [holder] = [client for client in range(1, 5) if talk.hear(client)]
        served.append(holder)
    assert served == [2, 4, 1, 3]


def test_several_tokens_back_serve_several_who_wait() -> None:
    talk = Talk(limit=2)
    talk.connect(1, "HELLO LOW\nGET 2\n")
    talk.connect(2, "HELLO LOW\nGET 1\n")
    talk.connect(3, "HELLO LOW\nGET 1\n")
    talk.say(1, "GIVEBACK 2\n")
    assert [talk.hear(2), talk.hear(3)] == ["TOKENS 1\n", "TOKENS 1\n"]


def test_a_client_that_dies_gives_its_tokens_back_and_waits_no_more() -> None:
    talk = Talk(limit=1)
    talk.connect(1, "HELLO LOW\nGET 1\n")
    talk.connect(2, "HELLO LOW\nGET 1\n")
    talk.connect(3, "HELLO LOW\nGET 1\n")
    talk.leave(2)
    talk.leave(1)
    assert [talk.hear(2), talk.hear(3)] == ["", "TOKENS 1\n"]


def test_nobody_gives_back_more_than_it_holds() -> None:
    talk = Talk(limit=2)
    talk.connect(1, "HELLO LOW\nGET 1\n")
    talk.connect(2, "HELLO LOW\nGET 1\nGIVEBACK 99\n")
    assert talk.sessions.pool.out == 1


def test_ping_tells_how_things_stand_and_ends_the_session() -> None:
    talk = Talk(limit=4)
    talk.connect(1, "HELLO LOW\nGET 3\n")
    assert talk.connect(2, "HELLO LOW\nPING\nPING\n") == "PONG 3 4 4711\n"
    assert talk.hung_up == {2}


def test_what_is_not_of_the_protocol_ends_the_session_and_frees_its_tokens() -> None:
    for wrong in ("GET x\n", "\n", "HELLO LOW\n", "A" * (MAX_LINE + 1), b"\xff\n"):
        talk = Talk(limit=1)
        talk.connect(1, "HELLO LOW\nGET 1\n")
        talk.connect(2, "HELLO LOW\nGET 1\n")
        talk.say(1, wrong)
        assert talk.hung_up == {1}
        assert talk.hear(2) == "TOKENS 1\n"


def test_a_session_begins_with_hello() -> None:
    talk = Talk(limit=1)
    assert talk.connect(1, "GET 1\n") == ""
    assert talk.hung_up == {1}


def test_a_client_that_asks_without_end_is_dropped() -> None:
    talk = Talk(limit=1)
    talk.connect(1, "HELLO LOW\nGET 1\n")
    talk.connect(2, "HELLO LOW\n" + "GET 1\n" * MAX_WAITING)
    assert talk.hung_up == set()
    talk.say(2, "GET 1\n")
    assert talk.hung_up == {2}


def test_room_is_made_by_the_oldest_silent_client_then_by_the_oldest_idle_one() -> None:
    talk = Talk(limit=1)
    talk.connect(1, "HELLO LOW\nGET 1\n")
    talk.connect(2, "HELLO LOW\nGET 1\n")
    assert talk.sessions.idlest() is None
    talk.connect(3, "HELLO LOW\n")
    talk.connect(4)
    talk.connect(5)
    order = []
    while (client := talk.sessions.idlest()) is not None:
        order.append(client)
        talk.leave(client)
    assert order == [4, 5, 3]


# --- Random sessions -------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A client does something."""

    client: int
    data: bytes  # b"": it dies


class Wire:
    """Keeps the accounts by what goes over the wire alone, and connects anew who was hung up on."""

    def __init__(self, limit: int, priorities: list[str]) -> None:
        self.talk = Talk(limit)
        self.limit = limit
        self.priorities = priorities
        self.held: dict[int, int] = {}  # client -> tokens
        self.half: dict[int, bytes] = {}  # client -> what it sent of a line
        self.client = dict.fromkeys(range(len(priorities)), -1)  # who is who now
        for who in self.client:
            self._connect(who)

    def step(self, step: Step) -> None:
        client = self.client[step.client]
        if step.data:
            *lines, self.half[client] = (self.half[client] + step.data).split(b"\n")
            for line in lines:
                if match := re.fullmatch(rb"GIVEBACK (\d+)", line):
                    self.held[client] -= min(self.held[client], int(match[1]))
            heard = self.talk.say(client, step.data)
        else:
            heard = ""
            self.talk.leave(client)
        self._count(client, heard)
        for other in self.held:
            self._count(other, self.talk.hear(other))
        if not step.data or client in self.talk.hung_up:
            self.held[client] = 0
            self._connect(step.client)

    def check(self) -> None:
        pool = self.talk.sessions.pool
        waiting = {who: pool.waiting(client) for who, client in self.client.items()}
        assert sum(self.held.values()) == pool.out <= self.limit
        assert pool.out == self.limit or not any(waiting.values()), "one waits, and one is free"

    def _connect(self, who: int) -> None:
        self.client[who] = client = len(self.held)
        self.held[client] = 0
        self.half[client] = b""
        assert self.talk.connect(client, f"HELLO {self.priorities[who]}\n") == ""

    def _count(self, client: int, heard: str) -> None:
        for line in heard.splitlines():
            if match := re.fullmatch(r"TOKENS ([1-9]\d*)", line):
                self.held[client] += int(match[1])
            else:
                assert re.fullmatch(r"NOLUCK|PONG \d+ \d+ 4711", line), line


ASKS = [b"GET 1\n", b"GET 2\r\n", b"GET 9\n", b"GET 1\nGET 1\n", b"TRYGET 1\n", b"TRYGET 3\n"]
GIVES = [b"GIVEBACK 1\n", b"GIVEBACK 2\n", b"GIVEBACK 7\n"]
WELL_FORMED = st.sampled_from([*ASKS, *GIVES, b"GE", b"T 1\n", b"PING\n"])
MALFORMED = st.sampled_from([b"\n", b"GET 0\n", b"HELLO LOW\n", b"GET\0\n", b"X" * 300])
DATA = st.one_of(WELL_FORMED, WELL_FORMED, WELL_FORMED, MALFORMED, st.just(b""))
STEPS = st.lists(st.builds(Step, st.integers(0, 3), DATA), max_size=25)
PRIORITIES = st.lists(st.sampled_from(["LOW", "HIGH"]), min_size=4, max_size=4)


# Each run has at least four sessions, and one more whenever a client dies or is hung up on.
@seed(20261122)
@settings(max_examples=2_500, deadline=None, database=None)
@given(limit=st.integers(1, 4), priorities=PRIORITIES, steps=STEPS)
def test_in_10000_random_sessions_no_more_tokens_are_out_than_n_and_all_come_back(
    limit: int, priorities: list[str], steps: list[Step]
) -> None:
    wire = Wire(limit, priorities)
    for step in steps:
        wire.step(step)
        wire.check()
    for who in range(len(priorities)):
        wire.step(Step(who, b""))
        wire.check()
    assert wire.talk.sessions.pool.out == 0
