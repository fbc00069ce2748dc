"""How far a check on a cluster goes: simulated, for 1 to 1,000 hosts of 16 cores.

    python -m tests.benchmarks.cluster_plan --keep FOLDER [--coq 8.16] [--together 1,16] PACKAGE...

For each of Debian's packages a check with two workers learns times, section variables and the sizes
of what files load of each other; it is kept in FOLDER for the next time. Then a check from scratch
is simulated (checker/schedule/cluster.py), with the network that the placing of files counts on
(checker/schedule/hosts.py). `--together N`: also of a project that has all of these libraries N
times, which do not need each other.
"""

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from checker.check.engines import SNAPSHOT
from checker.check.forecast import forecast
from checker.interfaces.stand_ins import StandIns
from checker.knowledge.store import Ledger
from checker.schedule.cluster import Course, Travel, simulate
from checker.schedule.comparison import ratio
from checker.schedule.hosts import BYTES_PER_SECOND
from checker.schedule.passes import File, Machine, lower_bound, places
from tests.benchmarks.first_check import SIDE_FOLDER, run
from tests.field.libraries import package, write_project
from tests.helpers import Coq, every_coq, run_of

HOSTS = (1, 2, 4, 8, 16, 64, 256, 1000)
CORES = 16
LATENCY = 0.02  # seconds
COLUMNS = (
    *("hosts", "at work", "makespan", "over the bound", "over one host"),
    *("moved", "sent", "back", "CPU"),
)
DONE = "checked"  # beside a project whose check has come to its end: the seconds


@dataclass(frozen=True)
class Library:
    """What is simulated."""

    name: str
    files: Sequence[File]
    machine: Machine
    travel: Travel

    @property
    def work(self) -> float:
        """CPU seconds."""
        return sum(file.seconds for file in self.files)

    @property
    def parted(self) -> float:
        """The share of the time of proofs that can be put off, of those that can be moved, too."""
        seconds = {True: 0.0, False: 0.0}
        for file in self.files:
            put_off = (step.seconds for step in file.steps if step.may_be_put_off)
            seconds[file.can_be_parted] += sum(put_off)
        return ratio(seconds[True], sum(seconds.values()))

    @property
    def chain(self) -> float:
        """How long it takes, however many hosts there are."""
        return max(place.ends for place in places(self.files, self.machine).values())

    @cached_property
    def runs(self) -> dict[int, Course]:
        """By the number of hosts."""
        return {n: simulate(self.files, self.machine, n, self.travel) for n in HOSTS}

    def bound(self, hosts: int) -> float:
        """No run on so many hosts is quicker."""
        return lower_bound(self.files, replace(self.machine, workers=hosts * CORES))


def recorded(coq: Coq, name: str, keep: Path) -> Library:
    """What a check of the package has learnt, now or before."""
    root = (keep / f"{name}-{coq.name}").absolute()
    library = package(coq, name)
    environ = {**coq.environ, **library.environ}
    if not (root / DONE).exists():
        write_project(library, root)
        wall, _ = run("proof-checker check -f _Project -j 2 --quiet", root, environ)
        (root / DONE).write_text(f"{wall}\n")
    assert SNAPSHOT.passes, "it makes passes"
    with Ledger(root) as ledger:
        found = replace(run_of(coq, root / "_Project", ledger), environ=environ, workers=CORES)
        plan = asyncio.run(forecast(found, SNAPSHOT.passes))
        stand_ins = StandIns(found, ledger, root / SIDE_FOLDER)
        sizes = {file.name: stand_ins.path(file.name).stat().st_size for file in plan.files}
    sources = {file: found.path(file).stat().st_size for file in found.project.v_files}
    return Library(name, plan.files, plan.machine, Travel(LATENCY, sources, sizes))


def together(libraries: Sequence[Library], times: int) -> Library:
    """One project that has all of them, so often."""
    files, sources, sizes = list[File](), dict[str, int](), dict[str, int]()
    for count in range(times):
        for library in libraries:
            top = f"{library.name}-{count}/"
            files += [
                replace(file, name=top + file.name, needs=tuple(top + n for n in file.needs))
                for file in library.files
            ]
            sources |= {top + name: size for name, size in library.travel.sources.items()}
            sizes |= {top + name: size for name, size in library.travel.sizes.items()}
    first = libraries[0]
    travel = replace(first.travel, sources=sources, sizes=sizes)
    name = "all" if times == 1 else f"all, {times} times"
    return Library(name, files, first.machine, travel)


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print("\n| " + " | ".join(head) + " |\n|---" + "|---:" * (len(head) - 1) + "|")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def print_runs(library: Library) -> None:
    """What there is to tell of one library."""
    print(f"\n{library.name}: {library.parted:.0%} of the time of proofs can be moved")
    alone = library.runs[1].makespan
    print_table(
        COLUMNS,
        (
            (
                f"{hosts:,}",
                f"{course.at_work}",
                f"{course.makespan:.1f} s",
                f"{course.makespan / library.bound(hosts):.2f}",
                f"{course.makespan / alone:.2f}",
                f"{course.moved}",
                f"{course.sent / 1e6:,.0f} MB",
                f"{course.received / 1e6:,.0f} MB",
                f"{course.cpu / library.work:.2f}",
            )
            for hosts, course in library.runs.items()
        ),
    )


def print_summary(libraries: Sequence[Library]) -> None:
    """Makespans, and what is moved, a row for each library."""
    numbers = [f"{hosts:,}" for hosts in HOSTS]
    known = ("library", "files", "work", "chain", "cores")
    print_table(
        (*known, *numbers),
        (
            (
                *(found.name, f"{len(found.files):,}", f"{found.work:,.0f} s"),
                *(f"{found.chain:.1f} s", f"{found.work / found.chain:.0f}"),
                *(f"{course.makespan:.1f}" for course in found.runs.values()),
            )
            for found in libraries
        ),
    )
    print_table(
        ("library", *numbers),
        (
            (
                found.name,
                *(
                    f"{(course.sent + course.received) / 1e6:,.0f}, {course.cpu / found.work:.2f}"
                    for course in found.runs.values()
                ),
            )
            for found in libraries
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--latency", type=float, default=LATENCY, help="seconds, of an order")
    parser.add_argument("--line", type=float, default=BYTES_PER_SECOND, help="bytes a second")
    parser.add_argument("--together", default="", help="N,N,...")
    parser.add_argument("packages", nargs="+")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    libraries = []
    for name in options.packages:
        found = recorded(coq, name, options.keep)
        travel = replace(found.travel, latency=options.latency, line=options.line)
        libraries.append(replace(found, travel=travel))
        print_runs(libraries[-1])
    for times in map(int, filter(None, options.together.split(","))):
        libraries.append(together(libraries[: len(options.packages)], times))
        print_runs(libraries[-1])
    print_summary(libraries)


if __name__ == "__main__":
    main()
