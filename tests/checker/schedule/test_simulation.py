"""A simulated run: every step once, nothing before its time, never far behind make."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.schedule import make
from checker.schedule.passes import Assumes, File, Machine, Step, lower_bound
from checker.schedule.simulation import simulate
from checker.schedule.timeline import Piece, Timeline
from makegen.base import graph

CLOSE = 1e-6
SECONDS = st.floats(0.001, 30, allow_nan=False)
PROOFS = st.builds(
    Step,
    seconds=st.one_of(SECONDS, st.floats(0.001, 0.1)),
    proof=st.just("p"),
    may_be_put_off=st.booleans(),
    assumes=st.sampled_from(Assumes),
)
TEXT = st.builds(Step, seconds=st.floats(0.001, 0.1), is_barrier=st.booleans())
STEPS = st.one_of(PROOFS, TEXT)
MACHINES = st.builds(
    Machine,
    workers=st.integers(1, 9),
    threshold=st.floats(0.1, 5),
    fork=st.floats(0, 0.05),
    stand_in=st.floats(0, 0.001),
)


@st.composite
def some_files(draw: st.DrawFn) -> list[File]:
    """A few files; each may load those before it."""
    files: list[File] = []
    for number in range(draw(st.integers(0, 6))):
        names = [file.name for file in files]
        needs = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
        steps = draw(st.lists(STEPS, max_size=6))
        is_text = bool(steps) and steps[0].proof is None
        head = draw(st.floats(0, 1)) * steps[0].seconds if is_text else 0.0
        files.append(File(f"F{number}.v", tuple(needs), tuple(steps), draw(SECONDS), head))
    return draw(st.permutations(files))


@st.composite
def chains(draw: st.DrawFn) -> list[File]:
    """Files each of which loads the one before."""
    files = draw(some_files())
    before = ["", *(file.name for file in files)]
    return [replace(f, needs=(b,) if b else ()) for f, b in zip(files, before, strict=False)]


def pieces_of(timeline: Timeline) -> list[Piece]:
    return [piece for pieces in timeline.workers for piece in pieces]


def work(files: Sequence[File]) -> float:
    return sum(file.seconds for file in files)


def chain(files: Sequence[File]) -> float:
    """The longest one of whole files."""
    needs = {file.name: file.needs for file in files}
    seconds = {file.name: file.seconds for file in files}
    return max(graph.remaining(needs, seconds).values(), default=0.0)


def made(files: Sequence[File], workers: int) -> float:
    needs = {file.name: file.needs for file in files}
    return make.makespan(needs, {file.name: file.seconds for file in files}, workers)


def forking(files: Sequence[File], timeline: Timeline, machine: Machine) -> float:
    """What the copies cost in all."""
    steps = {file.name: file.steps for file in files}
    put_off = [
        steps[piece.file][index]
        for piece in pieces_of(timeline)
        for index in piece.steps
        if not piece.is_pass
    ]
    twice = sum(step.seconds for step in put_off if not step.may_be_put_off)
    return timeline.forks * machine.fork + len(put_off) * machine.stand_in + twice


@given(some_files(), MACHINES)
def test_every_step_is_run_once_and_no_worker_does_two_things_at_a_time(
    files: list[File], machine: Machine
) -> None:
    timeline = simulate(files, machine)
    assert len(timeline.workers) <= machine.workers
    stay = {(f.name, n) for f in files for n, s in enumerate(f.steps) if not s.may_be_put_off}
    ran = Counter(
        (piece.file, step)
        for piece in pieces_of(timeline)
        for step in piece.steps
        if piece.is_pass or (piece.file, step) not in stay  # between proofs of a copy: run twice
    )
    assert ran == Counter((file.name, step) for file in files for step in range(len(file.steps)))
    for pieces in timeline.workers:
        assert all(one.start <= one.end for one in pieces)
        assert all(one.end <= other.start for one, other in pairwise(pieces))


@given(some_files(), MACHINES)
def test_a_file_begins_once_all_that_it_loads_stands(files: list[File], machine: Machine) -> None:
    pieces = pieces_of(simulate(files, machine))
    mine = {file.name: [p for p in pieces if p.file == file.name] for file in files}
    begins = {name: min(p.start for p in found if not p.is_head) for name, found in mine.items()}
    stands = {
        file.name: max(p.end for p in pieces if p.is_pass and p.file == file.name) for file in files
    }
    for file in files:
        assert all(stands[needed] <= begins[file.name] for needed in file.needs)


@given(some_files(), MACHINES)
def test_what_a_pass_takes_for_granted_is_confirmed_before_it_ends(
    files: list[File], machine: Machine
) -> None:
    pieces = pieces_of(simulate(files, machine))
    for file in files:
        mine = [piece for piece in pieces if piece.file == file.name]
        for piece in mine:
            if piece.is_pass:
                continue
            at = piece.start
            ends = max(other.end for other in mine if other.is_pass)
            for step in (file.steps[index] for index in piece.steps):
                at += step.seconds
                if step.may_be_put_off and step.assumes is not Assumes.NOTHING:
                    assert at <= ends + CLOSE


def test_a_file_stands_before_a_copy_of_its_pass_has_run_what_nobody_waits_for() -> None:
    """The copy runs two proofs: what is taken for granted of the first, and a long one."""
    steps = (
        Step(0.01, "confirms", may_be_put_off=True, assumes=Assumes.RECORD),
        Step(5.0, "long", may_be_put_off=True),
    )
    files = [File("a", (), steps), File("b", ("a",), (Step(1.0),))]
    timeline = simulate(files, Machine(workers=2, threshold=0.1))
    assert timeline.forks == 1
    assert timeline.makespan == pytest.approx(5.01)


@given(some_files(), MACHINES)
def test_no_run_beats_the_bound_or_wastes_more_than_its_forks_cost(
    files: list[File], machine: Machine
) -> None:
    timeline = simulate(files, machine)
    forks = forking(files, timeline, machine)
    # A pass may begin while a head is on its way: its worker waits for that.
    heads = sum(piece.end - piece.start for piece in pieces_of(timeline) if piece.is_head)
    assert work(files) - CLOSE <= timeline.cpu <= work(files) + 2 * forks + heads + CLOSE
    assert timeline.makespan >= lower_bound(files, machine) - CLOSE
    assert timeline == simulate(files, machine)


@given(some_files(), MACHINES)
def test_a_run_ends_as_soon_as_list_scheduling_must(files: list[File], machine: Machine) -> None:
    """While a worker is idle the longest chain gets shorter (Graham): make is within that, too."""
    timeline = simulate(files, machine)
    most = work(files) / machine.workers + chain(files) + forking(files, timeline, machine)
    assert timeline.makespan <= most + CLOSE
    assert made(files, machine.workers) <= most + CLOSE


@given(chains(), MACHINES)
def test_in_a_chain_a_run_is_behind_make_by_no_more_than_its_forks_cost(
    files: list[File], machine: Machine
) -> None:
    timeline = simulate(files, machine)
    most = made(files, machine.workers) + forking(files, timeline, machine)
    assert timeline.makespan <= most + CLOSE


def test_each_step_costs_the_scheduling_process_something_too() -> None:
    files = [File(name, (), (Step(1.0), Step(1.0))) for name in "ab"]
    for workers, makespan in ((1, 4.4), (2, 2.2), (4, 2.2)):
        timeline = simulate(files, Machine(workers, own=0.1))
        assert timeline.makespan == pytest.approx(makespan)


def test_what_coqc_takes_to_write_comes_before_those_who_load_the_file() -> None:
    """Also where the head of the file was executed ahead: that writes nothing."""
    step = (Step(1.0),)
    chain = [File("a", (), step, end=0.5), File("b", ("a",), step, head=0.2, end=0.5)]
    for workers, makespan in ((1, 3.0), (2, 2.8)):
        timeline = simulate(chain, Machine(workers))
        assert timeline.makespan == pytest.approx(makespan)


@given(some_files(), MACHINES)
def test_one_worker_takes_as_long_as_all_files_together(
    files: list[File], machine: Machine
) -> None:
    alone = replace(machine, workers=1)
    timeline = simulate(files, alone)
    assert timeline.makespan == pytest.approx(work(files))
    assert lower_bound(files, alone) == pytest.approx(work(files))
    assert made(files, 1) == pytest.approx(work(files))


def test_a_long_proof_is_left_to_an_idle_worker_and_others_begin_meanwhile() -> None:
    base = File("A.v", (), (Step(1.0), Step(8.0, "slow", may_be_put_off=True), Step(1.0)))
    files = [base, File("B.v", ("A.v",), (Step(5.0),))]
    timeline = simulate(files, Machine(workers=2, threshold=0.1))
    assert timeline.makespan == 9.0
    assert timeline.forks == 1
    assert made(files, 2) == 15.0


def test_two_long_proofs_of_one_file_are_run_at_the_same_time() -> None:
    slow = [Step(4.0, name, may_be_put_off=True) for name in ("one", "two")]
    timeline = simulate([File("A.v", (), tuple(slow))], Machine(workers=2, threshold=0.1))
    assert timeline.makespan == 4.0


def test_short_proofs_go_to_a_copy_together_with_what_is_between_them() -> None:
    short = [Step(0.02, "short", may_be_put_off=True), Step(0.001)] * 10
    files = [File("A.v", (), tuple(short)), File("B.v", ("A.v",), (Step(0.5),))]
    timeline = simulate(files, Machine(workers=2, threshold=0.1))
    copies = [piece for piece in pieces_of(timeline) if not piece.is_pass]
    assert [len(piece.steps) for piece in copies] == [9, 9]  # five proofs
    assert timeline.forks == 2
    assert timeline.makespan == pytest.approx(0.51)


def test_make_goes_along_the_files_as_they_are_listed() -> None:
    needs = {"B": ("A",), "A": (), "C": (), "D": ()}
    seconds = {"A": 2.0, "B": 2.0, "C": 3.0, "D": 4.0}
    # A and C; at 2, standing behind C, make takes D before it comes by B again.
    assert make.makespan(needs, seconds, 2) == 6.0
    assert graph.makespan(needs, seconds, 2) == 6.0
    assert make.makespan(needs, seconds, 1) == 11.0


def test_a_proof_that_the_end_of_a_pass_waits_for_is_not_left_for_the_end() -> None:
    """Files that need its file could not begin."""
    recorded = Step(1.0, "recorded", may_be_put_off=True, assumes=Assumes.RECORD)
    base = File("A.v", (), (Step(0.1), recorded, Step(1.0)))
    others = [File(f"B{number}.v", (), (Step(1.5),)) for number in range(6)]
    files = [base, File("C.v", ("A.v",), (Step(4.0),)), *others]
    timeline = simulate(files, Machine(workers=2, threshold=0.1))
    assert timeline.makespan == pytest.approx(8.0, abs=1.0)  # 7.8 of work for each


def test_an_idle_worker_executes_the_heads_of_files_whose_turn_is_to_come() -> None:
    head = File("", (), (Step(3.0),), start=0.5, head=1.0)
    names = ("A.v", "B.v", "C.v")
    before: tuple[tuple[str, ...], ...] = ((), ("A.v",), ("B.v",))
    files = [replace(head, name=name, needs=b) for name, b in zip(names, before, strict=True)]
    timeline = simulate(files, Machine(workers=2))
    heads = {(piece.file, piece.start) for piece in pieces_of(timeline) if piece.is_head}
    assert heads == {("B.v", 0.0), ("C.v", 3.5)}
    assert timeline.makespan == 3.5 + 2.0 + 2.0 == lower_bound(files, Machine(workers=2))
    assert timeline.cpu == work(files)
    assert simulate(files, Machine(workers=1)).makespan == 3.5 * 3


def test_a_run_of_short_proofs_goes_past_one_that_has_to_stay_but_not_past_a_barrier() -> None:
    short, stays = Step(0.02, "short", may_be_put_off=True), Step(0.02, "Defined")
    for between, steps in ((stays, [6, 6]), (replace(stays, is_barrier=True), [])):
        passed = (short, short, between, short, short, short, replace(stays, is_barrier=True))
        files = [File("A.v", (), passed * 2), File("B.v", ("A.v",), (Step(0.5),))]
        pieces = pieces_of(simulate(files, Machine(workers=2, threshold=0.1)))
        assert [len(piece.steps) for piece in pieces if not piece.is_pass] == steps
