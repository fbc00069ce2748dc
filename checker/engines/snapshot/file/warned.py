"""What coqc warned of in a file, where the file has been edited since."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from checker.engines.snapshot.file.file_run import FileRun
from checker.report.results import Message


def carry_warnings(before: FileRun, after: FileRun) -> None:
    """What was warned of in an earlier state of the file counts where its text is the same.

    That is until a step is run again.
    """
    if not before.warnings:
        return
    for index, now in _same(before, after):
        if warnings := before.warnings.get(index):
            after.warnings[now] = tuple(_moved(before, index, after, now, w) for w in warnings)


def _same(before: FileRun, after: FileRun) -> Iterator[tuple[int, int]]:
    """The steps up to an edit, and those after it: each as it was, and as it is now."""
    old = [before.script.real(step) for step in before.script.steps]
    new = [after.script.real(step) for step in after.script.steps]
    most = min(len(old), len(new))
    first = next((n for n in range(most) if old[n] != new[n]), most)
    last = next((n for n in range(most - first) if old[-1 - n] != new[-1 - n]), most - first)
    heads = ((n, n) for n in range(first))
    return chain(heads, ((len(old) - n, len(new) - n) for n in range(last, 0, -1)))


def _moved(before: FileRun, index: int, after: FileRun, now: int, message: Message) -> Message:
    place = message.position
    assert place, "a warning has a place"
    far = after.script.steps[now].start - before.script.steps[index].start
    at = before.script.offset(place) + far
    return replace(message, position=after.script.position(at, at + place.end - place.start))
