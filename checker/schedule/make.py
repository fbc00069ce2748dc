"""How long `make -jJ` takes, with a Makefile of coq_makefile: one coqc a file, from start to end.

Pure: no files, no clocks, no processes. All times are in seconds.
"""

import heapq
from bisect import bisect_left, insort
from collections.abc import Mapping

from makegen.base.graph import Needs


def makespan(needs: Needs, seconds: Mapping[str, float], workers: int) -> float:
    """As GNU make goes: along the files, each after those that it needs, and round again.

    At a file that can be made it waits for a free worker, and goes on from there; where there is
    none it waits for a file to be made, and begins anew. (By the longest remaining path instead:
    makegen.base.graph.makespan.)
    """
    files = _walk(needs)
    place = {file: index for index, file in enumerate(files)}
    missing = {file: set(needs[file]) for file in files}
    needed_by: dict[str, list[str]] = {file: [] for file in files}
    for file in files:
        for needed in missing[file]:
            needed_by[needed].append(file)
    ready = [place[file] for file in files if not missing[file]]  # in order
    running: list[tuple[float, str]] = []  # a heap
    now, at, stands = 0.0, 0, False  # whether it stands at a file that can be made
    while ready or running or stands:
        if ready and not stands:
            at, stands = ready.pop(bisect_left(ready, at) % len(ready)), True
        if stands and len(running) < workers:
            heapq.heappush(running, (now + seconds[files[at]], files[at]))
            stands = False
            continue
        if not stands:
            at = 0
        now, ended = heapq.heappop(running)
        for file in needed_by[ended]:
            missing[file].remove(ended)
            if not missing[file]:
                insort(ready, place[file])
    return now


def _walk(needs: Needs) -> list[str]:
    """The files in the order in which make comes by, each after what it needs."""
    walked: dict[str, None] = {}
    for goal in needs:
        ahead = [(goal, iter(needs[goal]))]
        while ahead:
            other = next((other for other in ahead[-1][1] if other not in walked), None)
            if other is None:
                walked[ahead.pop()[0]] = None
            else:
                ahead.append((other, iter(needs[other])))
    return list(walked)
