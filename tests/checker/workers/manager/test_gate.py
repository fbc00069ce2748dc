"""No further worker while the machine is too busy, but one always."""

import asyncio

import psutil
import pytest

from checker.workers.manager.gate import Gate, load_average, memory_in_use, parse_memory
from makegen.base.errors import UserError


class Machine:
    """What a gate reads, set by the test."""

    def __init__(self) -> None:
        self.load = 0.0
        self.memory = 0

    def gate(self, load: float | None = None, memory: int | None = None) -> Gate:
        return Gate(load, memory, lambda: self.load, lambda: self.memory, interval=0.01)


def passes(gate: Gate) -> bool:
    """Whether one more worker may start now."""

    async def take() -> bool:
        try:
            async with asyncio.timeout(0.1):
                await gate.take()
        except TimeoutError:
            return False
        return True

    return asyncio.run(take())


def test_one_worker_may_always_run() -> None:
    machine = Machine()
    gate = machine.gate(load=1, memory=100)
    machine.load, machine.memory = 50, 200
    assert [passes(gate), passes(gate)] == [True, False]
    gate.give()
    assert passes(gate)


def test_no_further_worker_starts_while_memory_is_past_the_limit() -> None:
    machine = Machine()
    gate = machine.gate(memory=100)
    machine.memory = 99
    assert [passes(gate), passes(gate)] == [True, True]
    machine.memory = 100
    assert not passes(gate)
    machine.memory = 99
    assert passes(gate)


def test_no_further_worker_starts_while_the_load_is_past_the_limit() -> None:
    machine = Machine()
    gate = machine.gate(load=4)
    machine.load = 2.5
    assert [passes(gate), passes(gate)] == [True, True]
    machine.load = 4
    assert not passes(gate)


def test_workers_that_just_started_count_before_the_load_shows_them() -> None:
    gate = Machine().gate(load=2)
    assert [passes(gate) for _ in range(4)] == [True, True, True, False]  # 2, a little less


def test_who_waits_goes_on_when_it_is_calm_again() -> None:
    machine = Machine()
    gate = machine.gate(memory=100)

    async def scenario() -> None:
        machine.memory = 200
        await gate.take()
        waiting = asyncio.ensure_future(gate.take())
        await asyncio.wait([waiting], timeout=0.1)
        assert not waiting.done()
        machine.memory = 0
        await asyncio.wait_for(waiting, 5)

    asyncio.run(scenario())


def test_the_machine_is_asked_by_default() -> None:
    assert 0 < memory_in_use() < psutil.virtual_memory().total
    assert load_average() >= 0
    full = Gate(None, memory=1)
    calm = Gate(None, memory=1 << 60)
    assert [passes(full), passes(full)] == [True, False]
    assert [passes(calm), passes(calm)] == [True, True]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1),
        ("2K", 2048),
        ("512M", 512 << 20),
        ("6G", 6 << 30),
        ("6g", 6 << 30),
        ("6GB", 6 << 30),
        ("6GiB", 6 << 30),
        ("1.5G", 3 << 29),
        ("2T", 2 << 40),
        ("100%", psutil.virtual_memory().total),
        ("12.5%", psutil.virtual_memory().total // 8),
    ],
)
def test_sizes_of_memory(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "0", "-1G", "G", "6X", "0%", "101%", "6 G", "1e9", "80%%"])
def test_what_is_no_size_of_memory_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="not a size; write 80%, 6G or 512M"):
        parse_memory(text)
