"""When a file is run at the earliest, its slack, and what would be otherwise."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.schedule.comparison import halved, simulated, with_known_variables
from checker.schedule.passes import (
    Assumes,
    File,
    Machine,
    Step,
    critical_path,
    lower_bound,
    places,
)

MACHINE = Machine(workers=64, threshold=0.1, fork=0.001, stand_in=0.001)


def file(name: str, *needs: str, text: float = 1.0, proof: float = 0.0) -> File:
    """Some text, and a proof that can be put off."""
    steps = (Step(text / 2), Step(text / 2), Step(proof, f"{name}_proof", may_be_put_off=True))
    return File(name, needs, steps)


@st.composite
def some_files(draw: st.DrawFn) -> list[File]:
    """Each needs some of those before it."""
    files: list[File] = []
    for n in range(draw(st.integers(1, 9))):
        needs = draw(st.sets(st.integers(0, n - 1))) if n else set()
        times = draw(st.tuples(st.floats(0.1, 9), st.floats(0, 9)))
        files.append(file(f"F{n}", *(f"F{m}" for m in needs), text=times[0], proof=times[1]))
    return files


def test_others_wait_for_the_text_of_a_file_and_not_for_its_proofs() -> None:
    files = [file("A", proof=3.0), file("B", "A", text=5.0), file("C", "A")]
    placed = places(files, MACHINE)
    assert placed["B"].begins == placed["A"].stands == pytest.approx(1.001)
    assert placed["A"].ends == pytest.approx(4.0)
    assert placed["B"].ends == pytest.approx(6.001)
    assert placed["B"].slack == 0.0
    assert placed["C"].slack == pytest.approx(4.0)
    assert critical_path(files, placed) == ("A", "B")


@given(some_files())
def test_the_critical_path_has_no_slack_and_is_what_no_schedule_beats(files: list[File]) -> None:
    placed = places(files, MACHINE)
    path = critical_path(files, placed)
    needs = {one.name: one.needs for one in files}
    assert needs[path[0]] == ()
    assert all(before in needs[after] for before, after in pairwise(path))
    assert all(placed[name].slack == pytest.approx(0.0) for name in path)
    assert placed[path[-1]].ends <= lower_bound(files, MACHINE)
    assert all(place.slack >= 0 for place in placed.values())


@given(some_files(), st.data())
def test_a_file_that_takes_longer_by_its_slack_delays_nothing(
    files: list[File], data: st.DataObject
) -> None:
    placed = places(files, MACHINE)
    name = data.draw(st.sampled_from([one.name for one in files]))
    last = max(place.ends for place in placed.values())
    longer = [
        File(f.name, f.needs, f.steps, f.start + placed[name].slack if f.name == name else f.start)
        for f in files
    ]
    assert max(place.ends for place in places(longer, MACHINE).values()) == pytest.approx(last)


def test_a_file_in_two_halves_is_run_in_half_the_time_by_two_workers() -> None:
    files = [file("A", text=4.0), file("B", "A")]
    assert simulated(files, MACHINE, 2).makespan == pytest.approx(5.0, abs=0.01)
    assert simulated(halved(files, "A"), MACHINE, 2).makespan == pytest.approx(3.0, abs=0.01)


def test_a_proof_whose_variables_are_declared_holds_its_file_up_no_longer() -> None:
    proof = Step(3.0, "p", may_be_put_off=True, assumes=Assumes.RECORD)
    files = [File("A", (), (Step(1.0), proof)), file("B", "A", text=2.0)]
    assert simulated(files, MACHINE, 2).makespan == pytest.approx(6.0, abs=0.01)
    declared = with_known_variables(files, {("A", "p")})
    assert simulated(declared, MACHINE, 2).makespan == pytest.approx(4.0, abs=0.01)
