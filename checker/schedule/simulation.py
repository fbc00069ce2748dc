"""What a run of passes will be like: who does what when, and how long it takes.

A discrete simulation of the snapshot engine's driver, with the same policy. Guesses of section
variables are taken to be right. Pure: no files, no clocks, no processes. All times are in seconds.
"""

from collections.abc import Sequence

from checker.schedule.clock import Clock
from checker.schedule.driver import Driver
from checker.schedule.ongoing import Work
from checker.schedule.passes import File, Machine
from checker.schedule.timeline import Timeline
from makegen.base import graph


def simulate(files: Sequence[File], machine: Machine) -> Timeline:
    """A run over all files, each of which may load others of them, in no circle."""
    clock, pieces = Clock(), sum(1 + len(file.steps) for file in files)
    driver = Driver(clock, machine, _All(files), min(machine.workers, max(1, pieces)))
    driver.expect(sum(file.seconds for file in files))
    clock.run()
    return driver.timeline


class _All:
    """All files of a run, each once those that it needs stand."""

    def __init__(self, files: Sequence[File]) -> None:
        self._files = {file.name: file for file in files}
        needs = {file.name: file.needs for file in files}
        self._paths = graph.remaining(needs, {file.name: file.expected for file in files})
        self._ready = graph.Ready(needs, self._paths)

    @property
    def has_ready(self) -> bool:
        return self._ready.has_ready

    def take(self) -> Work:
        name = self._ready.take()
        file = self._files[name]
        return Work(file, self._paths[name] - file.expected)

    def take_next(self) -> File | None:
        name = self._ready.take_next()
        return None if name is None else self._files[name]

    def stands(self, work: Work) -> None:
        self._ready.end(work.file.name)

    def ended(self, work: Work) -> None:
        """Nobody waits for that."""
