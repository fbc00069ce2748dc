"""Which host takes up what."""

from checker.schedule.hosts import LEAST_MOVED, Load, best, to_move

IDLE = Load(cores=2, files=0, work=0.0)
HALF = Load(cores=2, files=1, work=5.0)
FULL = Load(cores=2, files=2, work=9.0)
BUSY = Load(cores=2, files=1, work=20.0, waiting=12.0)


def test_a_file_goes_where_it_can_begin() -> None:
    assert best({"full": FULL, "half": HALF}, {"full": 0.0, "half": 1e6}) == "half"


def test_among_idle_hosts_it_goes_where_least_is_to_be_sent() -> None:
    assert best({"far": IDLE, "near": IDLE}, {"far": 5e8, "near": 1e3}) == "near"


def test_a_host_whose_proofs_wait_for_a_core_gets_it_last() -> None:
    assert best({"busy": BUSY, "half": HALF}, {"busy": 0.0, "half": 5e8}) == "half"


def test_it_waits_where_no_host_has_a_core() -> None:
    assert best({"full": FULL}, {"full": 0.0}) is None


def test_proofs_that_wait_move_to_an_idle_host_each_its_share() -> None:
    found = to_move({"busy": BUSY, "idle": IDLE})
    assert found is not None
    giver, taker, seconds = found
    assert (giver, taker) == ("busy", "idle")
    assert 0 < seconds <= BUSY.waiting / 2


def test_nothing_moves_that_is_not_worth_running_statements_again() -> None:
    little = Load(cores=2, files=2, work=1.0, waiting=LEAST_MOVED / 4)
    assert to_move({"busy": little, "idle": IDLE}) is None


def test_nothing_moves_where_nobody_is_idle() -> None:
    assert to_move({"busy": BUSY, "full": FULL}) is None
