"""J-way schedules of proof tasks, and how far from the best they can be.

The problem: tasks (proofs) belong to files; a worker that takes tasks of a file first loads the
file, which costs time; find the visits (a worker, a file, some of its tasks) whose makespan is
least. That is multiprocessor scheduling with splittable batches and setup times, NP-hard already
without loading. We aim at a makespan between the lower bound and that of a greedy schedule by
bisection: given an aim, files that fit are placed whole, longest first, and files that do not
fit are split so that each part fills a worker up (the dual approximation of Hochbaum and Shmoys,
1987). A local search then moves tasks away from the worker that ends last.

Pure: no files, no clocks, no processes. All times are in seconds.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

BISECTIONS = 24
POLISH_ROUNDS = 400


@dataclass(frozen=True)
class Task:
    """One piece of work that cannot be split: a proof."""

    file: str
    number: int  # what the engine calls it; unique in its file
    seconds: float


@dataclass(frozen=True)
class Batch:
    """All tasks of a file, and what a worker pays to load that file."""

    file: str
    load: float
    tasks: tuple[Task, ...]

    @property
    def seconds(self) -> float:
        """The work in it, without loading."""
        return sum(task.seconds for task in self.tasks)


@dataclass(frozen=True)
class Visit:
    """A worker's stay with a file: load it, then do some of its tasks."""

    file: str
    load: float
    tasks: tuple[Task, ...]

    @property
    def seconds(self) -> float:
        """From the start of loading to the end of the last task."""
        return self.load + sum(task.seconds for task in self.tasks)


@dataclass(frozen=True)
class Schedule:
    """For each worker its visits, longest first."""

    workers: tuple[tuple[Visit, ...], ...]

    @property
    def makespan(self) -> float:
        """When the last worker ends."""
        return max((sum(v.seconds for v in visits) for visits in self.workers), default=0.0)


def lower_bound(batches: Sequence[Batch], workers: int) -> float:
    """A makespan that no schedule for `workers` workers can beat.

    The least T at which (1) every task fits after loading its file, (2) of the workers+1 longest
    tasks the two shortest fit together on one worker, and (3) all work fits, where a file with
    work P and loading time s is loaded at least P / (T - s) times.
    """
    batches = [batch for batch in batches if batch.tasks]
    least = max((b.load + max(t.seconds for t in b.tasks) for b in batches), default=0.0)
    longest = heapq.nlargest(workers + 1, (t.seconds for b in batches for t in b.tasks))
    if len(longest) > workers:
        cheapest_load = min(b.load for b in batches)
        least = max(least, longest[-1] + longest[-2] + cheapest_load)
    high = max(least, sum(b.load + b.seconds for b in batches))
    return _bisect(least, high, lambda aim: _work_fits(batches, workers, aim))


def plan(batches: Sequence[Batch], workers: int) -> Schedule:
    """A schedule whose makespan is close to the lower bound; the same input gives the same one."""
    batches = [batch for batch in batches if batch.tasks]
    if workers < 1:
        raise ValueError("a schedule needs at least one worker")
    best = _whole_files(batches, workers)

    def try_aim(aim: float) -> bool:
        nonlocal best
        filled = _fill(batches, workers, aim)
        if filled is None:
            return False
        best = min(best, filled, key=_makespan)
        return True

    bound = lower_bound(batches, workers)
    _bisect(bound, _makespan(best), try_aim)
    _polish(best)
    return Schedule(tuple(_visits(worker) for worker in best))


def _bisect(low: float, high: float, works: Callable[[float], bool]) -> float:
    """The greatest value tried, from `low` up, below which nothing works (`high` is known to)."""
    if works(low):
        return low
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if works(middle):
            high = middle
        else:
            low = middle
    return low


@dataclass
class _Worker:
    """A worker under construction: the tasks it has of each file."""

    seconds: float = 0.0
    loads: dict[str, float] = field(default_factory=dict)
    tasks: dict[str, list[Task]] = field(default_factory=dict)

    def price(self, file: str, load: float) -> float:
        """What loading the file would add."""
        return 0.0 if file in self.loads else load

    def add(self, load: float, tasks: Sequence[Task]) -> None:
        file = tasks[0].file
        self.seconds += self.price(file, load) + sum(task.seconds for task in tasks)
        self.loads[file] = load
        self.tasks.setdefault(file, []).extend(tasks)

    def remove(self, task: Task) -> float:
        """Take the task away, and the loading of its file if it was the last; the load."""
        load = self.loads[task.file]
        self.tasks[task.file].remove(task)
        self.seconds -= task.seconds
        if not self.tasks[task.file]:
            del self.tasks[task.file], self.loads[task.file]
            self.seconds -= load
        return load


def _whole_files(batches: Sequence[Batch], workers: int) -> list[_Worker]:
    """Longest file first, each whole, to the worker that is free first."""
    built = [_Worker() for _ in range(workers)]
    free = [(0.0, index) for index in range(workers)]
    for batch in sorted(batches, key=lambda b: -(b.load + b.seconds)):
        _, index = heapq.heappop(free)
        built[index].add(batch.load, batch.tasks)
        heapq.heappush(free, (built[index].seconds, index))
    return built


def _fill(batches: Sequence[Batch], workers: int, aim: float) -> list[_Worker] | None:
    """Workers that all end by `aim`, or None when this heuristic finds no room.

    Whole files go to the fullest worker with room for them (best fit); of a file that fits
    nowhere, the emptiest worker takes as much as it can, and the rest is placed again.
    """
    built = [_Worker() for _ in range(workers)]
    queue = [(-(b.load + b.seconds), order, b) for order, b in enumerate(batches)]
    heapq.heapify(queue)
    order = len(queue)
    while queue:
        need, _, batch = heapq.heappop(queue)
        roomy = [w for w in built if w.seconds - need <= aim + 1e-9]
        if roomy:
            max(roomy, key=attrgetter("seconds")).add(batch.load, batch.tasks)
            continue
        emptiest = min(built, key=attrgetter("seconds"))
        taken, rest = _cut(batch.tasks, aim - emptiest.seconds - batch.load)
        if not taken:
            return None
        emptiest.add(batch.load, taken)
        if rest:  # tasks that fit one by one may together exceed the aim by a rounding
            order += 1
            left = Batch(batch.file, batch.load, rest)
            heapq.heappush(queue, (-(left.load + left.seconds), order, left))
    return built


def _cut(tasks: Sequence[Task], room: float) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """Tasks that fill the room, longest first, and the others; both in their old order."""
    taken: set[int] = set()
    for task in sorted(tasks, key=lambda t: -t.seconds):
        if task.seconds <= room + 1e-9:
            taken.add(task.number)
            room -= task.seconds
    return (
        tuple(t for t in tasks if t.number in taken),
        tuple(t for t in tasks if t.number not in taken),
    )


def _polish(workers: list[_Worker]) -> None:
    """Move tasks, one at a time, from the worker that ends last, while that helps."""
    for _ in range(POLISH_ROUNDS):
        last = max(workers, key=attrgetter("seconds"))
        if not any(_give_away(last, task, workers) for task in _movable(last)):
            return


def _movable(worker: _Worker) -> list[Task]:
    """The tasks of a worker, those first whose file it could then leave out."""
    return sorted(
        (task for tasks in worker.tasks.values() for task in tasks),
        key=lambda t: (len(worker.tasks[t.file]) > 1, -t.seconds),
    )


def _give_away(giver: _Worker, task: Task, workers: Sequence[_Worker]) -> bool:
    """Move the task to where it ends earliest, if that is before the giver's end now."""
    load = giver.loads[task.file]
    takers = (worker for worker in workers if worker is not giver)
    taker = min(takers, key=lambda w: w.seconds + w.price(task.file, load), default=None)
    if taker is None:
        return False
    ends = taker.seconds + taker.price(task.file, load) + task.seconds
    if ends >= giver.seconds - 1e-9:
        return False
    giver.remove(task)
    taker.add(load, [task])
    return True


def _visits(worker: _Worker) -> tuple[Visit, ...]:
    visits = (
        Visit(file, worker.loads[file], tuple(sorted(tasks, key=attrgetter("number"))))
        for file, tasks in worker.tasks.items()
    )
    return tuple(sorted(visits, key=lambda v: -v.seconds))


def _makespan(workers: Sequence[_Worker]) -> float:
    return max((worker.seconds for worker in workers), default=0.0)


def _work_fits(batches: Sequence[Batch], workers: int, aim: float) -> bool:
    work = 0.0
    for batch in batches:
        room = aim - batch.load
        if room <= 0:
            return False
        visits = max(1, -int(-(batch.seconds / room) // 1))
        work += batch.seconds + batch.load * visits
    return work <= workers * aim
