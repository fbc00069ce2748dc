"""Files are made in dependency order, the longest remaining path first."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegen.base import graph as order
from makegen.base.errors import UserError
from makegen.coq.dependencies import Dependencies, closure

DIAMOND = {"top": ["left", "right"], "right": ["base"], "left": ["base"], "base": []}


@st.composite
def projects(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, float]]:
    """Files that need earlier ones, listed in any order, with times."""
    count = draw(st.integers(1, 9))
    names = [f"f{number}" for number in range(count)]
    needs = {
        name: draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else []
        for place, name in enumerate(names)
    }
    listed = draw(st.permutations(names))
    times = st.floats(0.01, 10)
    return {name: needs[name] for name in listed}, {name: draw(times) for name in names}


def test_each_file_comes_after_those_it_needs_and_equals_keep_their_order() -> None:
    assert order.sort(DIAMOND) == ["base", "right", "left", "top"]


def test_a_circle_is_named() -> None:
    with pytest.raises(ValueError, match=r"^(a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c)$"):
        order.sort({"a": ["b"], "b": ["c"], "c": ["a"], "d": []})


def test_a_chain_may_be_long() -> None:
    files = [f"f{number}" for number in range(20_000)]
    needs = {file: [needed] for needed, file in pairwise(files)}
    needs = {**dict(reversed(needs.items())), files[0]: []}
    seconds = dict.fromkeys(files, 1.0)
    assert order.sort(needs) == files
    assert order.dependents(needs, [files[0]]) == set(files[1:])
    assert order.makespan(needs, seconds, 2) == 20_000
    dependencies = Dependencies({file: tuple(needed) for file, needed in needs.items()}, {})
    assert closure(dependencies, (files[-1],)) == tuple(needs)
    with pytest.raises(UserError, match="need each other"):
        order.check({**needs, files[0]: [files[-1]]})


def test_many_files_may_be_wrong() -> None:
    """It would take minutes, if the time grew with the square of their number."""
    bases = [f"base{number}" for number in range(10_000)]
    needs: dict[str, list[str]] = {base: [] for base in bases}
    needs |= {f"above {base}": [base] for base in bases}
    ready = order.Ready(needs, dict.fromkeys(needs, 1.0))
    dependencies = Dependencies({file: tuple(needed) for file, needed in needs.items()}, {})
    while ready.has_ready:
        file = ready.take()
        assert closure(dependencies, (f"above {file}",)) == (file, f"above {file}")
        ready.end(file, good=False)
    assert ready.is_done
    assert ready.skipped == {f"above {base}": base for base in bases}


def test_the_remaining_path_is_the_longest_one_to_the_end() -> None:
    seconds = {"top": 1.0, "left": 5.0, "right": 2.0, "base": 1.0}
    assert order.remaining(DIAMOND, seconds) == {"top": 1, "left": 6, "right": 3, "base": 7}


def test_dependents_are_found_however_far() -> None:
    assert order.dependents(DIAMOND, ["right"]) == {"top"}
    assert order.dependents(DIAMOND, ["base"]) == {"left", "right", "top"}
    assert order.dependents(DIAMOND, ["top"]) == set()


def test_the_file_with_most_after_it_is_taken_first() -> None:
    ready = order.Ready(DIAMOND, {"top": 1, "left": 6, "right": 3, "base": 7})
    assert ready.take() == "base"
    assert not ready.has_ready
    ready.end("base")
    assert [ready.take(), ready.take()] == ["left", "right"]
    ready.end("right")
    assert not ready.has_ready
    ready.end("left")
    assert ready.take() == "top"
    assert not ready.is_done
    ready.end("top")
    assert ready.is_done


def test_what_needs_a_wrong_file_is_skipped_and_the_rest_goes_on() -> None:
    ready = order.Ready({**DIAMOND, "other": []}, dict.fromkeys([*DIAMOND, "other"], 1.0))
    ready.end(ready.take())
    assert {ready.take() for _ in range(2)} == {"left", "right"}
    ready.end("right", good=False)
    ready.end("left")
    assert ready.skipped == {"top": "right"}
    assert ready.take() == "other"
    ready.end("other")
    assert ready.is_done


def test_two_wrong_files_skip_a_common_dependent_once() -> None:
    ready = order.Ready(DIAMOND, dict.fromkeys(DIAMOND, 1.0))
    ready.end(ready.take())
    ready.end("left", good=False)
    ready.end("right", good=False)
    assert ready.skipped == {"top": "left"}
    assert ready.is_done


@given(projects(), st.integers(1, 4))
def test_the_makespan_is_within_grahams_bound(
    project: tuple[dict[str, list[str]], dict[str, float]], workers: int
) -> None:
    needs, seconds = project
    bound = max(*order.remaining(needs, seconds).values(), sum(seconds.values()) / workers)
    found = order.makespan(needs, seconds, workers)
    assert bound - 1e-9 <= found <= (2 - 1 / workers) * bound + 1e-9


@given(projects())
def test_every_file_is_sorted_once(
    project: tuple[dict[str, list[str]], dict[str, float]],
) -> None:
    needs, _ = project
    found = order.sort(needs)
    assert sorted(found) == sorted(needs)
    for place, file in enumerate(found):
        assert set(needs[file]) <= set(found[:place])


def test_next_come_files_that_wait_only_for_files_that_were_taken() -> None:
    needs: dict[str, list[str]] = {"a": [], "b": ["a"], "c": ["a", "b"], "d": ["a"]}
    ready = order.Ready(needs, {"a": 9, "b": 3, "c": 1, "d": 2})
    assert ready.take_next() is None
    assert ready.take() == "a"
    assert [ready.take_next(), ready.take_next(), ready.take_next()] == ["b", "d", None]
    ready.end("a")
    assert ready.take() == "b"
    assert ready.take_next() == "c"
    ready.end("b", good=False)
    assert ready.skipped == {"c": "b"}


def test_a_file_that_can_be_taken_or_never_will_be_does_not_come_next() -> None:
    ready = order.Ready({"a": [], "b": ["a"], "c": ["a"]}, {"a": 1, "b": 1, "c": 1})
    ready.take()
    ready.end("a")
    assert ready.take_next() is None
    ready = order.Ready({"a": [], "b": ["a"]}, {"a": 1, "b": 1})
    ready.take()
    ready.end("a", good=False)
    assert ready.take_next() is None
