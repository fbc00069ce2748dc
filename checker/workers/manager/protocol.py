"""The lines that coqworkmgr and its clients exchange.

Source: stm/coqworkmgrApi.ml of Coq 8.6 to 8.20 and Rocq 9. A session begins with HELLO; GET and
TRYGET are answered with TOKENS m, 1 <= m <= n (GET when there is one, TRYGET at once, else with
NOLUCK); GIVEBACK is not answered; PING is answered with PONG, and then the server hangs up.
"""

import re
from dataclasses import dataclass
from enum import Enum

MAX_LINE = 256  # bytes; Coq's own lines are below 30
_NUMBER = re.compile(rb"0|[1-9][0-9]{0,8}")


class ProtocolError(Exception):
    """What the other side sent is not of the protocol; str() says what it was."""


class Priority(Enum):
    """Who goes first when both wait: an interactive session (high) before a batch (low)."""

    HIGH = "HIGH"
    LOW = "LOW"


@dataclass(frozen=True)
class Hello:
    """Opens a session."""

    priority: Priority


@dataclass(frozen=True)
class Get:
    """Asks for up to `count` tokens, and waits for the first."""

    count: int


@dataclass(frozen=True)
class TryGet:
    """Asks for up to `count` tokens, now or not at all."""

    count: int


@dataclass(frozen=True)
class GiveBack:
    """Gives `count` tokens back."""

    count: int


@dataclass(frozen=True)
class Ping:
    """Asks how things stand."""


@dataclass(frozen=True)
class Tokens:
    """Grants `count` tokens."""

    count: int


@dataclass(frozen=True)
class NoLuck:
    """Refuses a TRYGET."""


@dataclass(frozen=True)
class Pong:
    """How things stand: `out` tokens of `limit` are out, and the server's process id."""

    out: int
    limit: int
    pid: int


Request = Hello | Get | TryGet | GiveBack | Ping
Response = Tokens | NoLuck | Pong


def parse_request(line: bytes) -> Request:
    r"""The request that a line makes, without its newline.

    >>> parse_request(b"GET 2\r")
    Get(count=2)
    """
    match _words(line):
        case [b"HELLO", b"HIGH"]:
            return Hello(Priority.HIGH)
        case [b"HELLO", b"LOW"]:
            return Hello(Priority.LOW)
        case [b"GET", count]:
            return Get(_positive(count))
        case [b"TRYGET", count]:
            return TryGet(_positive(count))
        case [b"GIVEBACK", count]:
            return GiveBack(_positive(count))
        case [b"PING"]:
            return Ping()
    raise ProtocolError(f"not a request: {line[:40]!r}")


def parse_response(line: bytes) -> Response:
    """The response that a line gives, without its newline."""
    match _words(line):
        case [b"TOKENS", count]:
            return Tokens(_positive(count))
        case [b"NOLUCK"]:
            return NoLuck()
        case [b"PONG", out, limit, pid]:
            return Pong(_natural(out), _positive(limit), _positive(pid))
    raise ProtocolError(f"not a response: {line[:40]!r}")


def encode(message: Request | Response) -> bytes:
    """The line of a message, byte for byte as Coq prints it.

    >>> encode(Pong(1, 4, 4711))
    b'PONG 1 4 4711\\n'
    """
    match message:
        case Hello(priority):
            text = f"HELLO {priority.value}"
        case Get(count):
            text = f"GET {count}"
        case TryGet(count):
            text = f"TRYGET {count}"
        case GiveBack(count):
            text = f"GIVEBACK {count}"
        case Ping():
            text = "PING"
        case Tokens(count):
            text = f"TOKENS {count}"
        case NoLuck():
            text = "NOLUCK"
        case Pong(out, limit, pid):
            text = f"PONG {out} {limit} {pid}"
    return text.encode() + b"\n"


class Lines:
    """Bytes as they arrive -> whole lines."""

    def __init__(self) -> None:
        self._half = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes. Raises ProtocolError for one that is too long."""
        *lines, self._half = (self._half + data).split(b"\n")
        if any(len(line) > MAX_LINE for line in (*lines, self._half)):
            raise ProtocolError(f"a line of more than {MAX_LINE} bytes")
        return lines


def _words(line: bytes) -> list[bytes]:
    """As Coq splits: one blank between words, a carriage return at the end ignored."""
    return line.removesuffix(b"\r").split(b" ")


def _natural(word: bytes) -> int:
    if not _NUMBER.fullmatch(word):
        raise ProtocolError(f"not a number: {word[:40]!r}")
    return int(word)


def _positive(word: bytes) -> int:
    if not (number := _natural(word)):
        raise ProtocolError("0, where a positive number is needed")
    return number
