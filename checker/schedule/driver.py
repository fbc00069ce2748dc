"""What the snapshot engine's driver does on one machine: a discrete simulation, with its policy.

Guesses of section variables are taken to be right. Pure: no files, no clocks, no processes. All
times are in seconds.
"""

import heapq
from collections.abc import Callable
from functools import partial
from itertools import count, islice

from checker.schedule.clock import Clock
from checker.schedule.ongoing import Part, Pass, Work, Works
from checker.schedule.passes import MOST_STEPS, Assumes, Machine, handed_over
from checker.schedule.policy import Rank, Situation, begins_file, is_urgent, rank, worth
from checker.schedule.timeline import Piece, Timeline

NOTHING = 1e-9  # seconds

RESUMED: Rank = (-1, 0.0)  # a pass that has rested goes on as soon as it can


class Driver:
    """The driver's loop, of one machine."""

    def __init__(self, clock: Clock, machine: Machine, works: Works, workers: int) -> None:
        """`workers`: as many as it could have a use for."""
        self._clock = clock
        self._machine = machine
        self._works = works
        self._free = list(range(workers))  # a heap
        self._done: list[list[Piece]] = [[] for _ in self._free]
        self._waiting: list[tuple[Rank, int, Pass | Part]] = []  # a heap
        self._numbers = count()
        self._heads: dict[str, float] = {}  # of files: when they are executed
        self._left = 0.0  # work
        self._jobs = self._copies = self._forks = 0
        self.seconds_waiting = 0.0  # of jobs and copies

    @property
    def timeline(self) -> Timeline:
        """What was done until now."""
        return Timeline(tuple(map(tuple, self._done)), self._forks)

    def expect(self, seconds: float) -> None:
        """There is more to do, as far as it can begin."""
        self._left += seconds
        self._begin_files()
        self._start_workers()

    def give_away(
        self, seconds: float, may_have: Callable[[Work], bool]
    ) -> tuple[Work, tuple[int, ...]] | None:
        """Proofs of a file that wait, of about so many seconds, which are not run here any more.

        Of files that take nothing for granted of a section, so that others get past all the rest.
        """
        given: Pass | None = None
        steps: tuple[int, ...] = ()
        for entry in sorted(self._waiting):
            part = entry[2]
            if seconds <= 0 or not isinstance(part, Part) or part.run is not (given or part.run):
                continue
            if part.run.file.can_be_parted and may_have(part.run.work):
                given, steps, taken = part.run, steps + part.steps, part.seconds_of(part.steps)
                seconds -= taken
                self._waiting.remove(entry)
                self._left -= taken
                self._leaves_queue(part)
                self._close(part.run)
        heapq.heapify(self._waiting)
        return (given.work, steps) if given else None

    @property
    def _situation(self) -> Situation:
        machine = self._machine
        counts = (self._jobs, self._copies)
        return Situation(machine.workers, machine.threshold, *counts, self.seconds_waiting)

    def _later(self, seconds: float, happens: Callable[[], None]) -> None:
        def happen() -> None:
            happens()
            self._start_workers()

        self._clock.later(seconds, happen)

    def _wait(self, place: Rank, work: Pass | Part) -> None:
        heapq.heappush(self._waiting, (place, next(self._numbers), work))

    def _start_workers(self) -> None:
        while self._free and self._waiting:
            _, _, work = heapq.heappop(self._waiting)
            worker = heapq.heappop(self._free)
            if isinstance(work, Part):
                self._begin_part(work, worker)
            elif work.worker >= 0:
                self._resume(work, worker)
            else:
                self._begin_pass(work, worker)
        self._begin_heads()

    def _begin_heads(self) -> None:
        while self._free and len(self._heads) < self._machine.workers:
            if (file := self._works.take_next()) is None:
                return
            worker, now = heapq.heappop(self._free), self._clock.now
            self._heads[file.name] = end = now + file.start + file.head
            piece = Piece(file.name, True, (), now, end, is_head=True)
            self._later(end - now, partial(self._leave, worker, piece))

    def _begin_files(self) -> None:
        while self._works.has_ready and begins_file(self._situation):
            run = Pass(self._works.take())
            self._jobs += 1
            self.seconds_waiting += run.file.expected
            self._wait(rank(run.file.expected + run.work.after), run)

    def _leave(self, worker: int, piece: Piece) -> None:
        self._done[worker].append(piece)
        self._left -= piece.end - piece.start - self._machine.own * len(piece.steps)
        heapq.heappush(self._free, worker)

    def _close(self, run: Pass) -> None:
        """A piece of the file has ended."""
        run.open -= 1
        if not run.open:
            self._works.ended(run.work)

    # ---- passes ----

    def _begin_pass(self, run: Pass, worker: int) -> None:
        self._jobs -= 1
        self.seconds_waiting -= run.file.expected
        self._begin_files()
        run.worker, run.since = worker, self._clock.now
        executed = self._heads.pop(run.file.name, None)
        run.ahead = 0.0 if executed is None else run.file.head
        start = run.file.start if executed is None else max(0.0, executed - self._clock.now)
        self._later(start, partial(self._go_on, run))

    def _go_on(self, run: Pass) -> None:
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
            seconds += step.seconds if run.cursor else max(0.0, step.seconds - run.ahead)
            seconds += self._machine.own
            run.ran.append(run.cursor)
            run.cursor += 1
        if seconds:
            self._later(seconds, partial(self._go_on, run))
        elif run.must_wait:
            self._end_pass(run)
        else:
            self._later(run.file.end, partial(self._end_pass, run))

    def _end_pass(self, run: Pass) -> None:
        piece = Piece(run.file.name, True, tuple(run.ran), run.since, self._clock.now)
        self._leave(run.worker, piece)
        run.is_resting = run.must_wait
        if not run.is_resting:
            self._works.stands(run.work)
            self._close(run)
            self._begin_files()

    def _resume(self, run: Pass, worker: int) -> None:
        run.worker, run.since, run.ran = worker, self._clock.now, []
        self._go_on(run)

    # ---- copies ----

    def _hands_over(self, run: Pass) -> int:
        """The step before which a copy stops; 0: there is none to be."""
        ahead = islice(run.file.steps, run.cursor, None)
        path = run.file.expected_from(run.cursor) + run.work.after
        urgent = run.work.is_awaited and is_urgent(path, self._left, self._machine.workers)
        after = min(run.cursor + MOST_STEPS, len(run.file.steps))
        soon = run.file.expected_from(run.cursor) - run.file.expected_from(after)
        if soon < worth(self._situation, is_urgent=urgent) - NOTHING:  # found out more quickly
            return 0
        steps = handed_over(ahead, self._situation, is_urgent=urgent)
        return run.cursor + steps if steps else 0

    def _fork(self, run: Pass, stop: int) -> None:
        """Before the first guess that is open the pass is copied as well, to go back to."""
        part = Part(run, tuple(range(run.cursor, stop)))
        forks = 2 if part.assumes is Assumes.GUESS and not run.guesses else 1
        self._forks += forks
        self._later(forks * self._machine.fork, partial(self._put_off, part))

    def _put_off(self, part: Part) -> None:
        run = part.run
        run.note(part.assumes, 1)
        run.open += 1
        self._copies += 1
        self.seconds_waiting += part.expected
        path = part.expected + (run.work.after if part.assumes else 0.0)
        self._wait(rank(path), part)
        twice = [index for index in part.steps if not run.file.steps[index].may_be_put_off]
        run.ran += twice
        run.cursor = part.steps[-1] + 1
        past = part.seconds_of(twice, self._machine.own)
        past += self._machine.stand_in * (len(part.steps) - len(twice))
        self._later(past, partial(self._go_on, run))

    def _begin_part(self, part: Part, worker: int) -> None:
        self._leaves_queue(part)
        seconds = part.seconds_of(part.steps, self._machine.own)
        end = self._clock.now + seconds
        piece = Piece(part.run.file.name, False, part.steps, self._clock.now, end)
        confirmed = part.seconds_of(part.steps_to_confirm, self._machine.own)
        self._later(confirmed, partial(self._confirm, part))
        self._later(seconds, partial(self._end_part, part, piece, worker))

    def _leaves_queue(self, part: Part) -> None:
        self._copies -= 1
        self.seconds_waiting -= part.expected

    def _confirm(self, part: Part) -> None:
        """What was taken for granted of its proofs is so."""
        run = part.run
        run.note(part.assumes, -1)
        if run.is_resting and not run.must_wait:
            run.is_resting = False
            self._wait(RESUMED, run)

    def _end_part(self, part: Part, piece: Piece, worker: int) -> None:
        self._leave(worker, piece)
        self._close(part.run)
