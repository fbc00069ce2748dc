"""What waits for a worker: jobs, which need a process of their own, and copies, which are one."""

import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.worker import Worker
from checker.schedule import policy
from checker.schedule.policy import Rank


@dataclass(eq=False)
class Queue:
    """Jobs and paused copies, each in the order in which they get a worker."""

    # How far a step is from where somebody waits for verdicts: the nearest come first. None: the
    # longest do.
    distance: Callable[[int], float] | None = None
    jobs: list[Job] = field(default_factory=list)
    copies: list[Worker] = field(default_factory=list)

    def add(self, job: Job) -> None:
        """Put a job at its place."""
        bisect.insort(self.jobs, job, key=self._rank)

    def add_copy(self, copy: Worker) -> None:
        """Put a copy at its place."""
        bisect.insort(self.copies, copy, key=self._rank_of_copy)

    def sort(self) -> None:
        """Anew: distances have changed."""
        self.jobs.sort(key=self._rank)
        self.copies.sort(key=self._rank_of_copy)

    def _rank(self, job: Job) -> Rank:
        if self.distance is None:
            return rank(job)
        far = 0.0 if job.is_pass else self.distance(job.real)
        return policy.rank(-far, plain=job.plain and not job.makes, alone=job.alone)

    def _rank_of_copy(self, copy: Worker) -> Rank:
        if self.distance is None:
            return rank_of_copy(copy)
        return policy.rank(-self.distance(copy.job.real))

    def next_job(self, at_work: Iterable[Worker], promised: int) -> Job | None:
        """The first job that may run beside these workers, and so many that have not begun."""
        workers = [worker for worker in at_work if not worker.waits]
        if any(worker.job.alone for worker in workers):
            return None
        for job in self.jobs:
            if job.alone and (workers or promised):
                continue
            if job.plain and any(w.job.file is job.file and not w.past.replaced for w in workers):
                continue  # a worker that runs the file as coqc does is on its way there
            return job
        return None

    def take(self, job: Job | None) -> Job | Worker | None:
        """The job, or the copy that comes before it."""
        copy = self.copies[0] if self.copies else None
        if job and (copy is None or self._rank(job) <= self._rank_of_copy(copy)):
            self.jobs.remove(job)
            return job
        return self.copies.pop(0) if copy else None

    def take_copies(self, file: FileRun, which: Callable[[Worker], bool]) -> list[Worker]:
        """These copies of a file, which do not wait any more."""
        found = [copy for copy in self.copies if copy.job.file is file and which(copy)]
        self.copies = [copy for copy in self.copies if copy not in found]
        return found

    @property
    def seconds(self) -> float:
        """CPU, that is expected of all that waits."""
        jobs = sum(job.file.seconds_between(job.real, job.stop) for job in self.jobs)
        return jobs + sum(map(_seconds_of_copy, self.copies))

    def __bool__(self) -> bool:
        return bool(self.jobs or self.copies)


def rank(job: Job) -> Rank:
    """When a job is begun."""
    steps = range(job.stop)
    seconds = sum(
        job.file.run_cost(index) if index >= job.real else job.file.pass_cost(index)
        for index in steps
    )
    plain = job.plain and not job.makes
    return policy.rank(seconds + job.file.path_after, plain=plain, alone=job.alone)


def rank_of_copy(copy: Worker) -> Rank:
    """When a copy that waits goes to work."""
    file, steps = copy.job.file, range(copy.job.real, copy.job.stop)
    is_awaited = any(file.variables.assumption(index) is not None for index in steps)  # by its pass
    seconds = _seconds_of_copy(copy)
    return policy.rank(seconds + (file.path_after if is_awaited else 0.0))


def seconds_left(at_work: Iterable[Worker]) -> float:
    """CPU, that is expected of what these workers have left to do."""
    left = ((worker.job, worker.past.cursor) for worker in at_work)
    return sum(job.file.seconds_between(at, job.stop) for job, at in left)


def outlook(queue: Queue, at_work: Sequence[Worker], to_come: float, workers: int) -> float:
    """Seconds, wall, until all is done: what is left to do, and the longest path of it."""
    left = to_come + queue.seconds + seconds_left(at_work)
    parts = [(worker.job, worker.past.cursor) for worker in at_work]
    parts += [(job, job.real) for job in queue.jobs]
    paths = (job.file.seconds_between(at, job.stop) + job.file.path_after for job, at in parts)
    return max(left / workers, max(paths, default=0.0))


def _seconds_of_copy(copy: Worker) -> float:
    return sum(map(copy.job.file.run_cost, range(copy.job.real, copy.job.stop)))
