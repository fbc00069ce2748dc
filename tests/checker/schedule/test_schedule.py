"""Schedules: every task once, never under the lower bound, close to it, better than greedy."""

from hypothesis import given
from hypothesis import strategies as st

from checker.schedule.schedule import Batch, Schedule, Task, lower_bound, plan

seconds = st.floats(0.001, 30, allow_nan=False)


@st.composite
def some_batches(draw: st.DrawFn) -> list[Batch]:
    """A few files with a few tasks each."""
    files = draw(st.lists(st.tuples(seconds, st.lists(seconds, max_size=12)), max_size=8))
    return [batch(f"F{i}.v", load, *times) for i, (load, times) in enumerate(files)]


def batch(file: str, load: float, *times: float) -> Batch:
    return Batch(file, load, tuple(Task(file, n, time) for n, time in enumerate(times)))


def tasks_in(schedule: Schedule) -> list[Task]:
    tasks = [t for visits in schedule.workers for visit in visits for t in visit.tasks]
    return sorted(tasks, key=lambda t: (t.file, t.number))


@given(some_batches(), st.integers(1, 9))
def test_every_task_is_scheduled_once_and_no_schedule_beats_the_lower_bound(
    batches: list[Batch], workers: int
) -> None:
    schedule = plan(batches, workers)
    assert len(schedule.workers) == workers
    assert tasks_in(schedule) == [task for b in batches for task in b.tasks]
    assert schedule.makespan >= lower_bound(batches, workers) * (1 - 1e-6)


@given(some_batches(), st.integers(1, 9))
def test_a_schedule_is_never_longer_than_one_worker_alone(
    batches: list[Batch], workers: int
) -> None:
    alone = sum(b.load + b.seconds for b in batches if b.tasks)
    assert plan(batches, workers).makespan <= alone + 1e-6


def test_a_file_whose_tasks_fit_but_for_rounding_is_placed_whole() -> None:
    batches = [
        batch("F0.v", 1.0, 1.5),
        batch("F1.v", 1.0, 1.0, 1.0, 18.0, 26.0, 26.0, 26.5, 26.375),
        batch(
            "F2.v",
            2.625,
            *(1.0, 1.0, 1.0, 1.0, 13.4375, 25.8125),
            *(27.49563436489406, 29.772081929022256, 25.858108047052394),
        ),
    ]
    assert tasks_in(plan(batches, 2)) == [task for b in batches for task in b.tasks]


@given(some_batches(), st.integers(1, 9))
def test_the_same_input_gives_the_same_schedule(batches: list[Batch], workers: int) -> None:
    assert plan(batches, workers) == plan(batches, workers)


def test_a_visit_counts_the_load_of_its_file_once() -> None:
    schedule = plan([batch("F.v", 0.5, 1.0, 2.0)], 1)
    assert schedule.makespan == 3.5


def test_a_long_file_is_split_where_that_shortens_the_makespan() -> None:
    schedule = plan([batch("F.v", 0.1, *[1.0] * 10)], 2)
    assert schedule.makespan == 5.1


def test_a_file_is_not_split_where_that_shortens_nothing() -> None:
    schedule = plan([batch("F.v", 5.0, 1.0, 1.0), batch("G.v", 5.0, 1.0, 1.0)], 2)
    assert [len(visits) for visits in schedule.workers] == [1, 1]


def test_the_longest_proof_of_a_file_bounds_the_makespan() -> None:
    batches = [batch("F.v", 0.25, 9.0, *[0.1] * 20)]
    assert lower_bound(batches, 64) == 9.25
    assert plan(batches, 64).makespan == 9.25


def test_the_lower_bound_counts_every_load_that_a_split_needs() -> None:
    """Ten seconds of work on ten workers in little over a second loads the file ten times."""
    bound = lower_bound([batch("F.v", 1.0, *[0.1] * 100)], 10)
    assert 1.99 < bound <= 2.0


def test_mixed_files_are_scheduled_within_two_per_cent_of_the_bound() -> None:
    batches = [
        batch(f"F{i}.v", 0.2, *[0.05 * (1 + (i * j) % 17) for j in range(5 * i)])
        for i in range(1, 30)
    ]
    for workers in (2, 4, 8, 16):
        assert plan(batches, workers).makespan <= 1.02 * lower_bound(batches, workers)


def test_no_task_no_time() -> None:
    assert plan([batch("F.v", 3.0)], 4).makespan == 0.0
    assert lower_bound([], 4) == 0.0
