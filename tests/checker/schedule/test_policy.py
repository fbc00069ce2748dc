"""What a free worker takes next, and which proofs are left to copies."""

from dataclasses import replace
from math import inf

import pytest

from checker.schedule.policy import MOST_COPIES, MOST_EACH, Situation, begins_file, rank, worth

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
    assert worth(IDLE, is_awaited=False) == 0.05
    assert worth(busy, is_awaited=True) == 0.05
    assert worth(busy, is_awaited=False) == inf
    assert worth(replace(IDLE, copies=1), is_awaited=False) == inf


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
    assert worth(now, is_awaited=True) == inf


def test_while_few_copies_wait_proofs_half_as_long_are_handed_over() -> None:
    assert worth(replace(IDLE, copies=3), is_awaited=True) == 0.05
    assert worth(replace(IDLE, copies=4), is_awaited=True) == 0.1


def test_no_more_files_are_begun_than_keep_the_workers_busy() -> None:
    assert begins_file(replace(IDLE, jobs=1))
    assert not begins_file(replace(IDLE, jobs=2))
