"""The normal form forgets comments and blanks, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.document.normal_form import normal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", b""),
        (b" \n\t ", b""),
        (b"Check  1 .", b"Check 1 ."),
        (b"Check(*a*)1.", b"Check 1."),
        (b"Check (* a (* b *) c *) 1.", b"Check 1."),
        (b'Check (* "*)" *) 1.', b"Check 1."),
        (b'Check "a (* b *)  c".', b'Check "a (* b *)  c".'),
        (b'Check "a ""  b".', b'Check "a ""  b".'),
        (b"Check (*).", b"Check"),
        (b"Check *) 1.", b"Check *) 1."),
        (b"(* a *) Check 1. (* b *)", b"Check 1."),
        (b"f (  x  *  y )", b"f ( x * y )"),
        (b"elpi {{ a  (* b }}", b"elpi {{ a  (* b }}"),
    ],
)
def test_blanks_and_comments_become_one_blank(text: bytes, expected: bytes) -> None:
    assert normal(text) == expected


@given(st.binary())
def test_any_bytes_are_accepted_and_the_normal_form_is_its_own(text: bytes) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.text("ab(*) \n.").map(str.encode))
def test_blanks_that_separate_stay(text: bytes) -> None:
    """No two tokens grow together: what is no blank outside comments keeps its neighbours apart."""
    assert normal(text + b" (* *) x") == normal(text + b" x")


def test_it_takes_linear_time() -> None:
    """A megabyte of opening marks would take for ever otherwise."""
    assert normal(b"(*" * 500_000) == b""
