"""What coqc warned of in a file, where the file has been edited since."""

from collections.abc import Iterator
from dataclasses import replace

from checker.document.normal_form import normal
from checker.document.sentences import common_prefix
from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.history import Fed
from checker.report.results import Message


def carry_warnings(before: FileRun, after: FileRun) -> None:
    """What was warned of in an earlier state of the file counts, where its text is now.

    That is until a step is run again. An edited one is not, where nothing but blanks changed.
    """
    if not before.warnings:
        return
    for index, now in _same(before, after):
        if warnings := before.warnings.get(index):
            after.warnings[now] = tuple(_moved(before, index, after, now, w) for w in warnings)


def recall_warnings(fed: Fed, file: FileRun) -> None:
    """What was warned of when a process was fed what this file has there counts for it."""
    if fed.ran and fed.ran.warnings and fed.is_same(file):
        at = fed.index
        moved = (_moved(fed.file, at, file, at, warning) for warning in fed.ran.warnings)
        file.warnings[at] = tuple(moved)


def _same(before: FileRun, after: FileRun) -> Iterator[tuple[int, int]]:
    """Steps as they were, and as they are now: those before and after an edit, and those edited."""
    old, new = (list(map(file.script.real, file.script.steps)) for file in (before, after))
    most = min(len(old), len(new))
    first = next((n for n in range(most) if old[n] != new[n]), most)
    last = next((n for n in range(most - first) if old[-1 - n] != new[-1 - n]), most - first)
    edited = range(first, most - last if len(old) == len(new) else first)
    yield from ((n, n) for n in range(first))
    yield from ((n, n) for n in edited if normal(old[n]) == normal(new[n]))
    yield from ((len(old) - n, len(new) - n) for n in range(last, 0, -1))


def _moved(before: FileRun, index: int, after: FileRun, now: int, message: Message) -> Message:
    place, old, new = message.position, before.script.steps[index], after.script.steps[now]
    assert place, "a warning has a place"
    at = before.script.offset(place) - old.start
    was, text = before.script.real(old), after.script.real(new)
    if at >= common_prefix(was, text):
        at = max(0, at + len(text) - len(was))
    return replace(
        message,
        position=after.script.position(new.start + at, new.start + at + place.end - place.start),
    )
