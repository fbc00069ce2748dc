"""How long `make -jJ` takes, with a Makefile of coq_makefile: one coqc a file, from start to end.

Pure: no files, no clocks, no processes. All times are in seconds.
"""

import heapq
from collections.abc import Mapping

from makegen.base.graph import Needs


def makespan(needs: Needs, seconds: Mapping[str, float], workers: int) -> float:
    """As GNU make goes: along the files, each after those that it needs, and round again.

    It waits for a free worker where it stands, and begins the next file that can be begun from
    there. (By the longest remaining path instead: makegen.base.graph.makespan.)
    """
    waiting = _walk(needs)
    running: list[tuple[float, str]] = []
    done: set[str] = set()
    now, place = 0.0, 0
    while waiting or running:
        found = next(
            (
                at % len(waiting)
                for at in range(place, place + len(waiting))
                if done.issuperset(needs[waiting[at % len(waiting)]])
            ),
            None,
        )
        if found is None or len(running) == workers:
            now, ended = heapq.heappop(running)
            done.add(ended)
        else:
            heapq.heappush(running, (now + seconds[waiting[found]], waiting.pop(found)))
            place = found
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
