"""A simulated run on several hosts: every proof once, what others load once to each host."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.schedule.cluster import Course, Travel, simulate
from checker.schedule.hosts import BYTES_PER_SECOND
from checker.schedule.passes import Assumes, File, Machine, Step, lower_bound
from checker.schedule.timeline import Piece
from makegen.base import graph

CLOSE = 1e-6
MB = 1_000_000
SECONDS = st.floats(0.001, 9)
STEPS = st.one_of(
    st.builds(Step, seconds=st.floats(0.001, 0.5)),
    st.builds(
        Step,
        seconds=SECONDS,
        proof=st.just("p"),
        may_be_put_off=st.booleans(),
        assumes=st.sampled_from([Assumes.NOTHING] * 9 + [Assumes.RECORD, Assumes.GUESS]),
    ),
    st.builds(Step, seconds=SECONDS, proof=st.just("p"), may_be_put_off=st.just(True)),
)
MACHINES = st.builds(
    Machine,
    workers=st.integers(1, 4),
    threshold=st.floats(0.1, 2),
    fork=st.floats(0, 0.05),
    stand_in=st.floats(0, 0.001),
)
HOSTS = st.integers(1, 5)
SIZES = st.integers(0, 9 * MB)


@st.composite
def some_files(draw: st.DrawFn) -> list[File]:
    """A few files; each may load those before it, and every proof has a name of its own."""
    files: list[File] = []
    for number in range(draw(st.integers(0, 6))):
        names = [file.name for file in files]
        needs = draw(st.lists(st.sampled_from(names), unique=True, max_size=2)) if names else []
        steps = [
            replace(step, proof=f"{number}.{index}") if step.proof else step
            for index, step in enumerate(draw(st.lists(STEPS, max_size=20)))
        ]
        files.append(File(f"F{number}.v", tuple(needs), tuple(steps), draw(SECONDS)))
    return draw(st.permutations(files))


@st.composite
def travels(draw: st.DrawFn) -> Travel:
    """Whatever it costs."""
    sources, sizes = ({f"F{number}.v": draw(SIZES) for number in range(6)} for _ in "ab")
    return Travel(draw(st.floats(0, 0.5)), sources, sizes)


def pieces_of(course: Course) -> list[Piece]:
    return [piece for host in course.hosts for pieces in host.workers for piece in pieces]


def loads(files: Sequence[File]) -> dict[str, set[str]]:
    """What each file loads, directly or not."""
    needs = {file.name: file.needs for file in files}
    return {name: {n for n in needs if name in graph.dependents(needs, [n])} for name in needs}


def chain(files: Sequence[File]) -> float:
    """The longest one of whole files."""
    needs = {file.name: file.needs for file in files}
    seconds = {file.name: file.seconds for file in files}
    return max(graph.remaining(needs, seconds).values(), default=0.0)


def work(files: Sequence[File]) -> float:
    return sum(file.seconds for file in files)


def long_file(proofs: int, seconds: float, assumes: Assumes = Assumes.NOTHING) -> File:
    """A second of text, then long proofs that can be put off."""
    names = [str(number) for number in range(proofs)]
    put_off = [Step(seconds, name, may_be_put_off=True, assumes=assumes) for name in names]
    return File("A.v", (), (Step(1.0), *put_off))


@given(some_files(), MACHINES, HOSTS, travels())
def test_every_proof_is_run_once_on_whichever_host(
    files: list[File], machine: Machine, hosts: int, travel: Travel
) -> None:
    course = simulate(files, machine, hosts, travel)
    orders = {order.work.file.name: order.work.file for order in course.orders}
    ran = Counter(
        orders[piece.file].steps[index] for piece in pieces_of(course) for index in piece.steps
    )
    for step in (step for file in files for step in file.steps if step.proof):
        assert ran[step] == 1 or (ran[step] > 1 and not step.may_be_put_off)
    for pieces in (pieces for host in course.hosts for pieces in host.workers):
        assert all(one.end <= other.start for one, other in pairwise(pieces))


@given(some_files(), MACHINES, HOSTS, travels())
def test_a_file_begins_once_all_that_it_loads_has_been_sent(
    files: list[File], machine: Machine, hosts: int, travel: Travel
) -> None:
    pieces = pieces_of(simulate(files, machine, hosts, travel))
    for file in files:
        begins = min(piece.start for piece in pieces if piece.file == file.name)
        for needed in file.needs:
            stands = max(p.end for p in pieces if p.is_pass and p.file == needed)
            back = travel.sizes[needed] / BYTES_PER_SECOND
            assert begins >= stands + back + travel.latency - CLOSE


@given(some_files(), MACHINES, HOSTS, travels())
def test_what_others_load_comes_back_once_and_goes_once_to_each_host_that_needs_it(
    files: list[File], machine: Machine, hosts: int, travel: Travel
) -> None:
    course = simulate(files, machine, hosts, travel)
    assert course.received == sum(travel.sizes[file.name] for file in files)
    needed, loaded = loads(files), 0
    made_there = 0
    for host in course.hosts:
        ran = {piece.file for pieces in host.workers for piece in pieces}
        orders = [order for order in course.orders if order.work.file.name in ran]
        there = set[str]().union(*(needed[order.source] for order in orders))
        loaded += sum(travel.sizes[name] for name in there)
        made_there += sum(travel.sizes[name] for name in there & ran)
        loaded += sum(travel.sources[name] for name in {order.source for order in orders})
    assert loaded - made_there <= course.sent <= loaded


@given(some_files(), MACHINES, HOSTS, travels())
def test_no_run_beats_the_bound_and_the_same_input_gives_the_same_run(
    files: list[File], machine: Machine, hosts: int, travel: Travel
) -> None:
    course = simulate(files, machine, hosts, travel)
    every_core = replace(machine, workers=machine.workers * hosts)
    assert course.makespan >= lower_bound(files, every_core) - CLOSE
    assert course.makespan >= max(host.makespan for host in course.hosts) - CLOSE
    assert course == simulate(files, machine, hosts, travel)


@given(some_files(), MACHINES, HOSTS)
def test_hosts_that_cost_nothing_end_as_soon_as_list_scheduling_on_one_must(
    files: list[File], machine: Machine, hosts: int
) -> None:
    """While something waits, the cores of its host are busy (Graham)."""
    course = simulate(files, machine, hosts)
    longest = max((file.seconds for file in files), default=0.0)
    forks = sum(host.forks for host in course.hosts)
    steps = sum(len(file.steps) for file in files)
    going_past = forks * machine.fork + steps * machine.stand_in
    begun_again = course.moved * (longest + going_past)
    most = course.cpu / machine.workers + chain(files) + going_past + begun_again
    assert course.makespan <= most + CLOSE


@given(some_files(), MACHINES, travels())
def test_on_one_host_nothing_is_moved_and_what_is_made_there_is_not_sent(
    files: list[File], machine: Machine, travel: Travel
) -> None:
    course = simulate(files, machine, 1, travel)
    assert course.moved == 0
    assert course.sent == sum(travel.sources[file.name] for file in files)
    assert len(course.orders) == len(files)


def test_files_that_do_not_need_each_other_are_run_on_several_hosts() -> None:
    files = [File(f"F{number}.v", (), (Step(10.0),)) for number in range(8)]
    machine = Machine(workers=2)
    assert simulate(files, machine, 1).makespan == pytest.approx(40.0)
    assert simulate(files, machine, 2).makespan == pytest.approx(20.0)
    assert simulate(files, machine, 4).makespan == pytest.approx(10.0)
    more = simulate(files, machine, 1000)
    assert more.makespan == pytest.approx(10.0)
    assert more.at_work == 8  # each has cores left for the proofs of its file


def test_an_idle_host_takes_proofs_over_and_runs_the_text_before_them_again() -> None:
    machine = Machine(workers=2, threshold=0.1)
    files = [long_file(proofs=8, seconds=10.0)]
    alone, both = simulate(files, machine, 1), simulate(files, machine, 2)
    assert alone.makespan == pytest.approx(41.0, abs=2)
    assert both.makespan == pytest.approx(31.0, abs=1)  # three of the six that wait
    assert both.moved > 0
    assert both.cpu == pytest.approx(work(files) + both.moved * 1.0)


def test_proofs_of_files_that_take_section_variables_for_granted_stay_where_they_are() -> None:
    machine = Machine(workers=2, threshold=0.1)
    for assumes in (Assumes.RECORD, Assumes.GUESS):
        files = [long_file(proofs=8, seconds=10.0, assumes=assumes)]
        course = simulate(files, machine, 2)
        assert course.moved == 0
        assert course.at_work == 1


def test_each_order_in_a_chain_costs_its_latency_and_the_way_of_what_it_loads() -> None:
    files = [File("A.v", (), (Step(1.0),)), File("B.v", ("A.v",), (Step(1.0),))]
    sizes = {"A.v": 50 * MB, "B.v": 25 * MB}
    course = simulate(files, Machine(workers=1), 1, Travel(latency=0.25, sizes=sizes))
    assert course.makespan == pytest.approx(2.0 + 2 * 0.25 + 75 * MB / BYTES_PER_SECOND)
