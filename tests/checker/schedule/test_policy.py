"""What a free worker takes next, and which proofs are left to copies."""

from dataclasses import replace

import pytest

from checker.schedule.policy import (
    MOST_COPIES,
    MOST_EACH,
    Situation,
    begins_file,
    is_handed_over,
    rank,
)

IDLE = Situation(workers=2, threshold=0.1)


def test_the_longest_path_comes_first_and_what_depends_on_others_last() -> None:
    in_order = [
        rank(9.0),
        rank(0.1),
        rank(99.0, plain=True),
        rank(99.0, alone=True),
        rank(99.0, plain=True, alone=True),
    ]
    mixed = in_order[::-1]
    assert sorted(mixed) == in_order


def test_a_proof_is_handed_over_where_a_worker_is_idle_or_others_wait_for_its_file() -> None:
    busy = replace(IDLE, jobs=1)
    assert is_handed_over(0.1, IDLE, is_awaited=False)
    assert is_handed_over(0.1, busy, is_awaited=True)
    assert not is_handed_over(9.0, busy, is_awaited=False)
    assert not is_handed_over(9.0, replace(IDLE, copies=1), is_awaited=False)


@pytest.mark.parametrize(
    ("seconds", "now"),
    [
        (0.04, IDLE),
        (9.0, replace(IDLE, workers=1)),
        (9.0, replace(IDLE, is_short=True)),
        (9.0, replace(IDLE, copies=2 * MOST_EACH)),
        (9.0, replace(IDLE, workers=99, copies=MOST_COPIES)),
    ],
)
def test_a_proof_stays_in_the_pass_where_a_copy_would_not_pay(
    seconds: float, now: Situation
) -> None:
    assert not is_handed_over(seconds, now, is_awaited=True)


def test_while_few_copies_wait_proofs_half_as_long_are_handed_over() -> None:
    enough = replace(IDLE, copies=4)
    assert is_handed_over(0.06, IDLE, is_awaited=True)
    assert not is_handed_over(0.06, enough, is_awaited=True)
    assert is_handed_over(0.11, enough, is_awaited=True)


def test_no_more_files_are_begun_than_keep_the_workers_busy() -> None:
    assert begins_file(replace(IDLE, jobs=1))
    assert not begins_file(replace(IDLE, jobs=2))
