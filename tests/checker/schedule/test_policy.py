"""What a free worker takes next, and which proofs are left to copies."""

from dataclasses import replace
from math import inf

import pytest

from checker.schedule.policy import (
    MOST_COPIES,
    MOST_EACH,
    Situation,
    begins_file,
    is_urgent,
    rank,
    worth,
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


def test_a_proof_is_handed_over_where_a_worker_is_idle_or_its_file_is_urgent() -> None:
    busy = replace(IDLE, jobs=1, waiting=9.0)
    assert worth(IDLE, is_urgent=False) == 0.05
    assert worth(busy, is_urgent=True) == 0.05


def test_a_proof_is_handed_over_where_it_takes_longer_than_all_that_waits() -> None:
    busy = replace(IDLE, copies=1, waiting=2.0)
    assert worth(busy, is_urgent=False) == 2.0  # the other worker is idle after that
    assert worth(replace(busy, workers=5), is_urgent=False) == 0.5
    assert worth(replace(busy, waiting=0.01), is_urgent=False) == 0.05


@pytest.mark.parametrize(
    "now",
    [
        replace(IDLE, workers=1),
        replace(IDLE, is_short=True),
        replace(IDLE, copies=2 * MOST_EACH),
        replace(IDLE, workers=99, copies=MOST_COPIES),
    ],
)
def test_no_proof_is_handed_over_where_a_copy_would_not_pay(now: Situation) -> None:
    assert worth(now, is_urgent=True) == inf


def test_a_path_is_urgent_where_all_workers_would_wait_for_its_end() -> None:
    assert is_urgent(10.0, work=10.0, workers=2)  # a chain
    assert is_urgent(5.0, work=10.0, workers=2)  # as long as all the rest
    assert not is_urgent(3.0, work=10.0, workers=2)
    assert is_urgent(3.0, work=10.0, workers=4)


def test_while_few_copies_wait_proofs_half_as_long_are_handed_over() -> None:
    assert worth(replace(IDLE, copies=3), is_urgent=True) == 0.05
    assert worth(replace(IDLE, copies=4), is_urgent=True) == 0.1


def test_no_more_files_are_begun_than_keep_the_workers_busy() -> None:
    assert begins_file(replace(IDLE, jobs=1))
    assert not begins_file(replace(IDLE, jobs=2))
