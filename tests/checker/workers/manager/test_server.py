"""The work manager on a real socket: nobody waits for a client that misbehaves."""

import contextlib
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.helpers import every_coq
from tests.managers import OURS, Manager, Session, eventually, manager


@pytest.fixture
def ours() -> Iterator[Manager]:
    """A work manager of ours with two tokens."""
    with manager(every_coq()[0], 2) as running:
        yield running


def test_it_listens_on_the_loopback_interface_only(ours: Manager) -> None:
    process = psutil.Process(ours.process.pid)
    listening = [c.laddr for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert [(address.ip, address.port) for address in listening] == [("127.0.0.1", ours.port)]


CLIENT = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1])));"


def test_a_client_that_is_killed_gives_its_tokens_back(ours: Manager) -> None:
    code = CLIENT + "s.sendall(b'HELLO LOW\\nGET 2\\n'); sys.stdin.read()"
    with (
        subprocess.Popen([sys.executable, "-c", code, str(ours.port)], stdin=subprocess.PIPE) as it,
        Session(ours.port, "HELLO LOW") as waiting,
    ):
        assert eventually(lambda: ours.out() == 2)
        waiting.send("GET 1")
        assert waiting.is_silent()
        it.kill()
        assert waiting.line() == "TOKENS 1"


def test_half_a_line_makes_nobody_wait(ours: Manager) -> None:
    with Session(ours.port) as silent, Session(ours.port, "HELLO LOW") as halfway:
        silent.send_bytes(b"HELLO")
        halfway.send_bytes(b"GET 1")
        with Session(ours.port, "HELLO LOW", "GET 1") as other:
            assert other.line() == "TOKENS 1"
        halfway.send_bytes(b"\n")
        assert halfway.line() == "TOKENS 1"


@pytest.mark.parametrize(
    "wrong", [b"\n", b"GET x\n", b"X" * 10_000_000, b"\0" * 1000, b"\r\n\r\n", b"GET 99999999999\n"]
)
def test_a_malformed_or_huge_line_costs_its_sender_the_session(ours: Manager, wrong: bytes) -> None:
    with Session(ours.port, "HELLO LOW", "GET 2") as client:
        assert client.line() == "TOKENS 2"
        # It hangs up in the middle of a huge line.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            client.send_bytes(wrong)
        assert client.line() == ""
    with Session(ours.port, "HELLO LOW", "GET 2") as other:
        assert other.line() == "TOKENS 2"


def _flood(deaf: Session) -> None:
    """Ask without ever reading, until the other side no longer listens."""
    deaf.socket.settimeout(1)
    with contextlib.suppress(TimeoutError):
        for _ in range(100_000):
            deaf.socket.send(b"TRYGET 1\n" * 1000)
        raise AssertionError("a GB of requests was read, and no answer")


def test_a_client_that_never_reads_makes_nobody_wait_and_costs_no_memory(ours: Manager) -> None:
    process = psutil.Process(ours.process.pid)
    with Session(ours.port, "HELLO LOW", "GET 2") as deaf:
        before = process.memory_info().rss
        _flood(deaf)
        with Session(ours.port, "HELLO LOW", "TRYGET 1") as other:
            assert other.line() == "NOLUCK"
        assert process.memory_info().rss - before < 20_000_000
    assert eventually(lambda: ours.out() == 0)


def test_a_client_that_hung_up_while_its_answers_were_unread_is_forgotten(ours: Manager) -> None:
    deaf = Session(ours.port, "HELLO LOW", "GET 2")
    _flood(deaf)
    deaf.close()
    assert eventually(lambda: ours.out() == 0)


def test_thousands_of_connections_make_nobody_wait(ours: Manager) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    crowd = [Session(ours.port, "HELLO LOW") for _ in range(3000)]
    try:
        with Session(ours.port, "HELLO LOW", "GET 1") as other:
            assert other.line() == "TOKENS 1"
        for client in crowd:
            client.send("GET 1")
        assert [crowd[0].line(), crowd[1].line()] == ["TOKENS 1", "TOKENS 1"]
    finally:
        for client in crowd:
            client.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert eventually(lambda: ours.out() == 0)


def test_past_its_descriptors_it_drops_who_is_silent_and_keeps_who_works() -> None:
    with (
        manager(every_coq()[0], 1, ("prlimit", "--nofile=256", *OURS)) as few,
        Session(few.port, "HELLO LOW", "GET 1") as working,
    ):
        assert working.line() == "TOKENS 1"
        crowd = [Session(few.port) for _ in range(300)]
        with Session(few.port, "HELLO LOW", "GET 1") as waiting:
            assert waiting.is_silent()
            assert crowd[0].line() == ""
            working.send("GIVEBACK 1")
            assert waiting.line() == "TOKENS 1"
        for client in crowd:
            client.close()


class HeldCount:
    """How many tokens many threads hold now, and the most that they ever held."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0

    def add(self, tokens: int) -> None:
        with self._lock:
            self._now += tokens
            self.most = max(self.most, self._now)


def _random_session(port: int, chance: random.Random, everybody: HeldCount) -> None:
    """One life of a client: asks, gives back, sends nonsense, dies while it holds tokens."""
    with Session(port, f"HELLO {chance.choice(['LOW', 'HIGH'])}") as client:
        held = 0
        for _ in range(chance.randrange(8)):
            match chance.randrange(4):
                case 0 | 1:
                    # One that holds tokens does not wait for more: all could wait for each other.
                    client.send(f"{'TRYGET' if held else 'GET'} {chance.randint(1, 3)}")
                    answer = client.line()
                    tokens = 0 if answer == "NOLUCK" else int(answer.removeprefix("TOKENS "))
                    held += tokens
                    everybody.add(tokens)
                case 2:
                    back = chance.randint(1, 4)
                    everybody.add(-min(held, back))
                    held -= min(held, back)
                    client.send(f"GIVEBACK {back}")
                case _:
                    break
        everybody.add(-held)
        client.send_bytes(chance.choice([b"PING\n", b"nonsense\n", b"GIVEB", b""]))


def test_random_sessions_over_sockets_never_hold_more_than_n(ours: Manager) -> None:
    """Eight clients at once, 250 sessions each."""
    everybody = HeldCount()

    def client(number: int) -> None:
        chance = random.Random(number)
        for _ in range(250):
            _random_session(ours.port, chance, everybody)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(client, range(8)))
    assert everybody.most == 2
    assert eventually(lambda: ours.out() == 0)


def test_what_is_told_in_the_foreground_follows_the_tokens() -> None:
    with subprocess.Popen(
        [*OURS, "-d", "-j", "3"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        port = int(process.stdout.readline().rpartition(":")[2])
        with Session(port, "HELLO LOW", "GET 2") as client:
            assert client.line() == "TOKENS 2"
        process.send_signal(signal.SIGINT)
        told = process.stderr.read().splitlines()
    assert process.returncode == 0
    assert told[0] == "proof-workmgr: 1 clients, 0 of 3 tokens out"
    assert "proof-workmgr: 1 clients, 2 of 3 tokens out" in told


def test_it_goes_on_when_nobody_reads_what_it_tells() -> None:
    with subprocess.Popen(
        [*OURS, "-d"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        port = int(process.stdout.readline().rpartition(":")[2])
        process.stderr.close()
        for _ in range(3):
            with Session(port, "HELLO LOW", "GET 1") as client:
                assert client.line() == "TOKENS 1"
        process.terminate()
        assert process.wait(20) == 0
