"""The drawing of the dependency graph: layers from left to right, and arrows that go right."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from checker.report.page.layout import BEND, draw, restricted

Needs = dict[str, tuple[str, ...]]


@st.composite
def some_needs(draw_from: st.DrawFn) -> Needs:
    """Files, each of which needs some of those before it."""
    count = draw_from(st.integers(0, 12))
    before = [
        st.lists(st.integers(0, n - 1), unique=True) if n else st.just([]) for n in range(count)
    ]
    return {f"F{n}": tuple(f"F{m}" for m in draw_from(some)) for n, some in enumerate(before)}


def reached(needs: Needs) -> dict[str, set[str]]:
    """All that each file needs."""
    found: dict[str, set[str]] = {}
    for name, needed in needs.items():
        found[name] = set(needed).union(*(found[other] for other in needed))
    return found


@given(some_needs())
def test_each_file_is_in_one_layer_and_arrows_go_from_layer_to_layer(needs: Needs) -> None:
    drawing = draw(needs)
    layer = {name: at for at, names in enumerate(drawing.layers) for name in names}
    assert sorted(name for name in layer if not name.startswith(BEND)) == sorted(needs)
    assert sum(map(len, drawing.layers)) == len(layer)
    for arrow in drawing.arrows:
        assert all(layer[right] == layer[left] + 1 for left, right in pairwise(arrow))


@given(some_needs())
def test_arrows_say_what_needs_what_and_nothing_twice(needs: Needs) -> None:
    drawn: Needs = dict.fromkeys(needs, ())
    for arrow in draw(needs).arrows:
        drawn[arrow[-1]] += (arrow[0],)
    assert reached(drawn) == reached(needs)
    for name, direct in drawn.items():
        below = reached(needs)
        assert not any(one in below[other] for one in direct for other in direct), name


@given(some_needs(), st.sets(st.integers(0, 11)))
def test_of_a_part_what_is_needed_through_others_is_needed(needs: Needs, kept: set[int]) -> None:
    wanted = {f"F{n}" for n in kept} & needs.keys()
    some = restricted(needs, wanted)
    assert some.keys() == wanted
    below = reached(needs)
    assert reached(some) == {name: below[name] & wanted for name in some}
