"""What a run of passes will be like: who does what when, and how long it takes.

A discrete simulation of the snapshot engine's driver, with the same policy. Guesses of section
variables are taken to be right. Pure: no files, no clocks, no processes. All times are in seconds.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice

from checker.schedule.passes import MOST_STEPS, Assumes, File, Machine, handed_over
from checker.schedule.policy import Rank, Situation, begins_file, is_urgent, rank, worth
from makegen.base import graph

NOTHING = 1e-9  # seconds

RESUMED: Rank = (-1, 0.0)  # a pass that has rested goes on as soon as it can


@dataclass(frozen=True)
class Piece:
    """What a worker does without a break: a pass, as far as it comes, or a proof in a copy."""

    file: str
    is_pass: bool
    steps: tuple[int, ...]  # those that it runs
    start: float
    end: float


@dataclass(frozen=True)
class Timeline:
    """For each worker what it does, in order."""

    workers: tuple[tuple[Piece, ...], ...]
    forks: int

    @property
    def makespan(self) -> float:
        """When the last worker ends."""
        return max((pieces[-1].end for pieces in self.workers if pieces), default=0.0)

    @property
    def cpu(self) -> float:
        """What all of them work together."""
        return sum(piece.end - piece.start for pieces in self.workers for piece in pieces)


def simulate(files: Sequence[File], machine: Machine) -> Timeline:
    """A run over all files, each of which may load others of them, in no circle."""
    return _Simulation(files, machine).run()


@dataclass(eq=False)
class _Pass:
    """A pass on its way."""

    file: File
    after: float  # the longest path of files that wait for it
    is_awaited: bool
    worker: int = -1
    since: float = 0.0  # it has had this worker
    ran: list[int] = field(default_factory=list)  # steps, since then
    cursor: int = 0
    guesses: int = 0  # that are open; so are
    records: int = 0
    is_resting: bool = False

    @property
    def must_wait(self) -> bool:
        """Whether copies are to confirm something before it goes on."""
        return self.cursor == len(self.file.steps) and self.guesses + self.records > 0

    def note(self, assumed: Assumes, more: int) -> None:
        """Something is taken for granted from now on, or (-1) no longer."""
        self.guesses += more * (assumed is Assumes.GUESS)
        self.records += more * (assumed is Assumes.RECORD)


@dataclass(frozen=True)
class _Part:
    """Steps of a pass that a copy runs."""

    run: _Pass
    steps: tuple[int, ...]

    @property
    def seconds(self) -> float:
        return sum(self.run.file.steps[index].seconds for index in self.steps)

    @property
    def assumes(self) -> Assumes:
        return max(self.run.file.steps[index].assumes for index in self.steps)


class _Simulation:
    """The driver's loop, with a clock that jumps from one event to the next."""

    def __init__(self, files: Sequence[File], machine: Machine) -> None:
        steps = sum(1 + len(file.steps) for file in files)
        self._machine = machine
        self._files = {file.name: file for file in files}
        self._loaded = {needed for file in files for needed in file.needs}
        needs = {file.name: file.needs for file in files}
        seconds = {file.name: file.seconds for file in files}
        paths = graph.remaining(needs, seconds)
        self._ready = graph.Ready(needs, paths)
        self._after = {name: paths[name] - seconds[name] for name in paths}
        self._free = list(range(min(machine.workers, max(1, steps))))  # a heap
        self._done: list[list[Piece]] = [[] for _ in self._free]
        self._waiting: list[tuple[Rank, int, Callable[[int], None]]] = []  # a heap
        self._events: list[tuple[float, int, Callable[[], None]]] = []  # a heap
        self._numbers = count()
        self._now = 0.0
        self._work = sum(seconds.values())  # that is left
        self._jobs = self._copies = self._forks = 0
        self._seconds_waiting = 0.0  # of jobs and copies

    def run(self) -> Timeline:
        """From the first event to the last."""
        self._begin_files()
        self._start_workers()
        while self._events:
            self._now, _, happens = heapq.heappop(self._events)
            happens()
            self._start_workers()
        return Timeline(tuple(tuple(pieces) for pieces in self._done), self._forks)

    @property
    def _situation(self) -> Situation:
        machine = self._machine
        counts = (self._jobs, self._copies)
        return Situation(machine.workers, machine.threshold, *counts, self._seconds_waiting)

    def _later(self, seconds: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._numbers), happens))

    def _wait(self, place: Rank, begin: Callable[[int], None]) -> None:
        heapq.heappush(self._waiting, (place, next(self._numbers), begin))

    def _start_workers(self) -> None:
        while self._free and self._waiting:
            _, _, begin = heapq.heappop(self._waiting)
            begin(heapq.heappop(self._free))

    def _begin_files(self) -> None:
        while self._ready.has_ready and begins_file(self._situation):
            name = self._ready.take()
            run = _Pass(self._files[name], self._after[name], name in self._loaded)
            self._jobs += 1
            self._seconds_waiting += run.file.seconds
            self._wait(rank(run.file.seconds + run.after), partial(self._begin_pass, run))

    def _leave(self, worker: int, piece: Piece) -> None:
        self._done[worker].append(piece)
        self._work -= piece.end - piece.start
        heapq.heappush(self._free, worker)

    # ---- passes ----

    def _begin_pass(self, run: _Pass, worker: int) -> None:
        self._jobs -= 1
        self._seconds_waiting -= run.file.seconds
        self._begin_files()
        run.worker, run.since = worker, self._now
        self._later(run.file.start, partial(self._go_on, run))

    def _go_on(self, run: _Pass) -> None:
        """From where it is to the next step at which something is to be decided."""
        steps, seconds = run.file.steps, 0.0
        while run.cursor < len(steps):
            step = steps[run.cursor]
            if step.may_be_put_off:
                if seconds:
                    break
                if stop := self._hands_over(run):
                    self._fork(run, stop)
                    return
            seconds += step.seconds
            run.ran.append(run.cursor)
            run.cursor += 1
        if seconds:
            self._later(seconds, partial(self._go_on, run))
        else:
            self._end_pass(run)

    def _end_pass(self, run: _Pass) -> None:
        piece = Piece(run.file.name, True, tuple(run.ran), run.since, self._now)
        self._leave(run.worker, piece)
        run.is_resting = run.must_wait
        if not run.is_resting:
            self._ready.end(run.file.name)
            self._begin_files()

    def _resume(self, run: _Pass, worker: int) -> None:
        run.worker, run.since, run.ran = worker, self._now, []
        self._go_on(run)

    # ---- copies ----

    def _hands_over(self, run: _Pass) -> int:
        """The step before which a copy stops; 0: there is none to be."""
        ahead = islice(run.file.steps, run.cursor, None)
        path = run.file.seconds_from(run.cursor) + run.after
        urgent = run.is_awaited and is_urgent(path, self._work, self._machine.workers)
        after = min(run.cursor + MOST_STEPS, len(run.file.steps))
        soon = run.file.seconds_from(run.cursor) - run.file.seconds_from(after)
        if soon < worth(self._situation, is_urgent=urgent) - NOTHING:  # found out more quickly
            return 0
        steps = handed_over(ahead, self._situation, is_urgent=urgent)
        return run.cursor + steps if steps else 0

    def _fork(self, run: _Pass, stop: int) -> None:
        """Before the first guess that is open the pass is copied as well, to go back to."""
        part = _Part(run, tuple(range(run.cursor, stop)))
        forks = 2 if part.assumes is Assumes.GUESS and not run.guesses else 1
        self._forks += forks
        self._later(forks * self._machine.fork, partial(self._put_off, part))

    def _put_off(self, part: _Part) -> None:
        run = part.run
        run.note(part.assumes, 1)
        self._copies += 1
        self._seconds_waiting += part.seconds
        path = part.seconds + (run.after if part.assumes else 0.0)
        self._wait(rank(path), partial(self._begin_part, part))
        text = [index for index in part.steps if run.file.steps[index].proof is None]
        run.ran += text
        run.cursor = part.steps[-1] + 1
        past = sum(run.file.steps[index].seconds for index in text)
        past += self._machine.stand_in * (len(part.steps) - len(text))
        self._later(past, partial(self._go_on, run))

    def _begin_part(self, part: _Part, worker: int) -> None:
        self._copies -= 1
        self._seconds_waiting -= part.seconds
        end = self._now + part.seconds
        piece = Piece(part.run.file.name, False, part.steps, self._now, end)
        self._later(part.seconds, partial(self._end_part, part, piece, worker))

    def _end_part(self, part: _Part, piece: Piece, worker: int) -> None:
        self._leave(worker, piece)
        run = part.run
        run.note(part.assumes, -1)
        if run.is_resting and not run.must_wait:
            run.is_resting = False
            self._wait(RESUMED, partial(self._resume, run))
