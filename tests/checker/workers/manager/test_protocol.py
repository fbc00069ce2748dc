"""The lines of coqworkmgr's protocol."""

import pytest

from checker.workers.manager.protocol import (
    MAX_LINE,
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
    parse_response,
)

# As Coq prints them (print_request, print_response of stm/coqworkmgrApi.ml).
REQUESTS: list[tuple[bytes, Request]] = [
    (b"HELLO LOW\n", Hello(Priority.LOW)),
    (b"HELLO HIGH\n", Hello(Priority.HIGH)),
    (b"GET 1\n", Get(1)),
    (b"TRYGET 20\n", TryGet(20)),
    (b"GIVEBACK 3\n", GiveBack(3)),
    (b"PING\n", Ping()),
]
RESPONSES: list[tuple[bytes, Response]] = [
    (b"TOKENS 2\n", Tokens(2)),
    (b"NOLUCK\n", NoLuck()),
    (b"PONG 0 4 4711\n", Pong(0, 4, 4711)),
]


@pytest.mark.parametrize(("line", "request_"), REQUESTS)
def test_a_request_is_written_and_read_as_coq_does(line: bytes, request_: Request) -> None:
    assert encode(request_) == line
    assert parse_request(line.removesuffix(b"\n")) == request_


@pytest.mark.parametrize(("line", "response"), RESPONSES)
def test_a_response_is_written_and_read_as_coq_does(line: bytes, response: Response) -> None:
    assert encode(response) == line
    assert parse_response(line.removesuffix(b"\n")) == response


def test_telnet_works() -> None:
    assert parse_request(b"PING\r") == Ping()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\r",
        b"HELLO",
        b"HELLO MIDDLE",
        b"hello low",
        b"GET",
        b"GET 0",
        b"GET -1",
        b"GET +1",
        b"GET 1.5",
        b"GET  1",
        b" GET 1",
        b"GET 1 ",
        b"GET 1 2",
        b"GET 1\0",
        b"GET 9999999999999999999999",
        "GET ١".encode(),
        b"\xff\xfe",
        b"TOKENS 1",
    ],
)
def test_what_is_no_request_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_request(line)


@pytest.mark.parametrize("line", [b"", b"TOKENS 0", b"TOKENS", b"PONG 1 2", b"PONG 0 0 1", b"PING"])
def test_what_is_no_response_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_response(line)


def test_lines_are_put_together_from_any_pieces() -> None:
    lines = Lines()
    assert [lines.feed(piece) for piece in (b"GE", b"T 1\nPI", b"", b"NG\n\nX")] == [
        [],
        [b"GET 1"],
        [],
        [b"PING", b""],
    ]


def test_a_line_that_never_ends_is_refused_before_it_is_kept() -> None:
    lines = Lines()
    assert lines.feed(b"A" * MAX_LINE) == []
    with pytest.raises(ProtocolError, match="more than 256 bytes"):
        lines.feed(b"A")


def test_a_huge_whole_line_is_refused() -> None:
    with pytest.raises(ProtocolError, match="more than 256 bytes"):
        Lines().feed(b"A" * 100_000 + b"\n")
