"""How a run stands: what workers are at, which of them are shown, how long it will take."""

from checker.report.events import (
    Event,
    FileDone,
    Outlook,
    ProofDone,
    Started,
    WorkerAt,
    WorkerBusy,
    WorkerIdle,
)
from checker.report.results import FileResult, ProofResult, Verdict
from checker.report.state import At, State, duration


def state_after(*events: tuple[float, Event]) -> State:
    """After events that were told at these times."""
    state = State()
    for now, event in events:
        state.tell(event, now)
    return state


def test_a_worker_is_at_a_file_and_at_a_proof_of_it() -> None:
    state = state_after((0.0, WorkerBusy(0, "A.v")), (2.0, WorkerAt(0, "lemma", 3.0)))
    assert state.workers(24) == [At("A.v", 2.0, "lemma", 3.0)]
    state.tell(WorkerAt(0, ""), 4.0)
    assert state.workers(24) == [At("A.v", 4.0)]
    state.tell(WorkerIdle(0), 5.0)
    state.tell(WorkerAt(0, "late"), 6.0)
    assert state.workers(24) == []


def test_a_proof_that_takes_far_longer_than_before_is_marked() -> None:
    at = At("A.v", 0.0, "lemma", recorded=10.0)
    assert not at.is_long(34.0)
    assert at.line(34.0, 80) == "  A.v lemma 34.0 s"
    assert at.is_long(36.0)
    assert at.line(36.0, 80) == "  A.v lemma 36.0 s, 10.0 s last time"
    assert not At("A.v", 0.0, "lemma").is_long(1e6)  # nobody knows how long it takes


def test_a_line_fits_and_keeps_its_seconds() -> None:
    at = At("theories/data/Monoid.v", 0.0, "a_very_long_name_of_a_lemma")
    assert at.line(3.0, 80) == "  theories/data/Monoid.v a_very_long_name_of_a_lemma 3.0 s"
    assert at.line(3.0, 48) == "  Monoid.v a_very_long_name_of_a_lemma 3.0 s"
    assert at.line(3.0, 30) == "  Monoid.v a_very_long_… 3.0 s"


def test_workers_take_at_most_half_of_the_terminal_and_the_longest_are_shown() -> None:
    state = state_after(*((float(n), WorkerBusy(n, f"{n}.v")) for n in range(20)))
    assert [at.file for at in state.workers(100)] == [f"{n}.v" for n in range(8)]
    assert [at.file for at in state.workers(8)] == ["0.v", "1.v", "2.v"]
    assert state.workers(3) == []
    state.tell(WorkerAt(1, "next"), 30.0)
    assert [at.file for at in state.workers(8)] == ["0.v", "2.v", "3.v"]


def test_the_time_left_is_the_schedules_and_later_at_the_pace_of_this_run() -> None:
    started = Started(proofs=9, files=1, workers=2, work=200.0, makespan=100.0)
    state = state_after((0.0, started), (1.0, Outlook(100.0)))
    assert state.seconds_left(1.0) == 100.0
    assert state.seconds_left(11.0) == 90.0
    state.tell(Outlook(50.0), 101.0)  # half of it took twice as long
    assert state.seconds_left(101.0) == 100.0
    assert 0.5 <= state.part_done(101.0) < 0.51


def test_without_a_schedule_the_time_left_is_that_of_the_work() -> None:
    started = Started(proofs=10, files=2, workers=2, work=8.0, makespan=4.0)
    done = ProofDone(ProofResult("A.v", "one", Verdict.CHECKED), 4.0)
    state = state_after((0.0, started), (0.0, WorkerBusy(0, "A.v")), (0.0, done))
    assert (state.counts, state.busy, state.seconds_left(9.0)) == ("1/10 proofs", "1 worker", 2.0)
    state.tell(FileDone(FileResult("A.v", Verdict.CHECKED), 12, 5.0), 1.0)
    assert (state.counts, state.seconds_left(9.0)) == ("10/10 proofs", 0.0)
    state.tell(started, 2.0)  # some files are run again
    assert (state.counts, state.seconds_left(9.0)) == ("0/10 proofs", 4.0)


def test_times_are_told_as_exactly_as_anybody_cares() -> None:
    assert [duration(s) for s in (0.4, 59.4, 60, 3599.6)] == [
        "0 s",
        "59 s",
        "1 min 0 s",
        "1 h 0 min",
    ]
