"""What hosts find out, as the rest of a check hears of it.

The recorder keeps verdicts under what coqc has loaded, so of each file that a host's coqc has read
the content must be the one that is here. In the project's folder it is what was sent; elsewhere
digests are compared.
"""

import pickle
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from checker.cluster.connection import HostGoneError
from checker.cluster.hosts import Host
from checker.cluster.merging import merged
from checker.cluster.messages import Opened, Told
from checker.engines.snapshot.steps.read import script_of
from checker.knowledge.inputs import Contents
from checker.knowledge.known import Known
from checker.knowledge.records import PROOFS
from checker.report.events import (
    Event,
    FileDone,
    Note,
    ProofDone,
    Suspected,
    WorkerAt,
    WorkerBusy,
    WorkerIdle,
)
from checker.report.results import FileResult, Message, Verdict
from checker.report.work import Worked
from checker.run.run import Run

LOST = "no host has run all of its proofs"


class Findings:
    """The findings of all hosts."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._contents = Contents(run.ledger, run.project.root, run.environ)
        self._files: dict[int, str] = {}  # of orders
        self._known: dict[str, Known] = {}
        self._first: dict[str, Known] = {}  # what was known before any host had the file
        self._read: dict[str, list[str]] = defaultdict(list)  # by all coqc that have run a file
        self._parts: set[int] = set()  # orders of proofs that other hosts have left
        self._ends: dict[str, list[FileDone]] = defaultdict(list)
        self._whole: set[str] = set()  # files with an end of an order that was none of these
        self._held: dict[str, list[ProofDone]] = defaultdict(list)  # proofs that hosts did not run
        # Proofs that hosts have left to others, and those of which some have told: by file, where
        # their statements start.
        self._given: dict[str, set[int]] = defaultdict(set)
        self._lost: dict[str, tuple[Message, ...]] = {}  # what a host said last of a file
        self._told: dict[str, dict[int, Verdict]] = defaultdict(dict)

    def begin(self, number: int, file: str, known: Known, *, is_part: bool) -> None:
        """A host is about to run a file; if that is not the first time, others have read files.

        `is_part`: proofs alone that another host has left.
        """
        self._files[number] = file
        if is_part:
            self._parts.add(number)
            return
        before = self._known.get(file)
        self._known[file] = known
        self._first.setdefault(file, known)
        if before and before.opened != known.opened:
            self._list(file, self._read[file])

    def forget(self, file: str) -> None:
        """What was said at its end does not count, nor of proofs that were not run."""
        self._ends.pop(file, None)
        self._held.pop(file, None)
        self._whole.discard(file)

    def good(self, file: str) -> frozenset[int]:
        """Its proofs that hosts have found good: where their statements start."""
        return frozenset(at for at, verdict in self._told[file].items() if verdict.is_ok)

    def are_complete(self, file: str) -> bool:
        """Whether a host has come to the end of the file, and hosts have told of each proof.

        That is of each that was to be run, whoever was to run it.
        """
        if file not in self._whole:
            return False
        known = self._first[file]
        of_steps = {proof.statement for proof in script_of(file, known.document).proofs}
        wanted = {p.statement.start for p in known.document.proofs if known.is_wanted(p)}
        return (wanted & of_steps) | self._given[file] <= self._told[file].keys()

    def end(self, file: str) -> None:
        """All hosts have come to the end of a file."""
        good = self.good(file)
        for event in self._held.pop(file, []):
            if event.result.offset not in good:
                self._run.tell(event)
        ends = self._ends.pop(file, [])
        if not ends or not self.are_complete(file):
            messages = self._lost.get(file) or (Message(None, LOST),)
            ends.append(FileDone(FileResult(file, Verdict.LOST, messages=messages)))
        self._run.tell(merged(ends))

    def tell(self, host: Host, news: bytes, counts: Callable[[int], bool]) -> list[int]:
        """Pass on what a host tells; the orders that have come to their end.

        `counts`: whether the end of an order does; what was found before then always does.

        Raises HostGoneError where it cannot be believed.
        """
        told: Told = pickle.loads(news)  # as dask does with all that it carries
        host.take_note(told)
        for opened in told.opened:
            self._add_opened(opened)
        later = time.monotonic() - told.clock
        for event in told.events:
            if isinstance(event, FileDone):
                numbers = [n for n, one in host.orders.items() if one.file == event.result.file]
                if numbers and counts(numbers[0]):
                    self._end(host, event, is_part=numbers[0] in self._parts)
            else:
                self._pass_on(host, event, later)
        for number, ending in told.ended.items():
            if file := self._files.get(number):
                self._given[file] |= ending.given
                if ending.records:
                    PROOFS.remember(self._run.ledger, [(file, ending.records)])
        return list(told.ended)

    def _add_opened(self, opened: Opened) -> None:
        if (file := self._files.get(opened.number)) is None:
            return
        for name, digest in opened.digests.items():
            if (self._contents.digest(name) or "") != digest:
                raise HostGoneError(f"its {name} is another one than the one here")
        self._read[file] += opened.names
        self._list(file, opened.names)

    def _list(self, file: str, names: Iterable[str]) -> None:
        """Add to the list of opened files that the recorder reads."""
        known = self._known[file]
        assert known.opened, "the recorder wants it"
        with known.opened.open("a", errors="surrogateescape") as stream:
            stream.writelines(f"{name}\n" for name in names)

    def _end(self, host: Host, event: FileDone, *, is_part: bool) -> None:
        end = replace(event, result=replace(event.result, host=host.facts.name))
        file = end.result.file
        if end.result.verdict is Verdict.LOST:
            host.lost.add(file)
            self._lost[file] = end.result.messages
            return
        self._ends[file].append(end)
        if not is_part:
            self._whole.add(file)

    def _pass_on(self, host: Host, event: Event, later: float) -> None:
        match event:
            case Suspected(result):
                self._run.tell(replace(event, result=replace(result, host=host.facts.name)))
            case ProofDone(result):
                event = replace(event, result=replace(result, host=host.facts.name))
                told = self._told[result.file]
                is_good = result.offset in told and told[result.offset].is_ok
                if result.offset is not None and result.verdict is not Verdict.LOST and not is_good:
                    told[result.offset] = result.verdict
                if result.verdict in (Verdict.LOST, Verdict.SKIPPED):
                    self._held[result.file].append(event)  # another host may run it yet
                else:
                    self._run.tell(event)
            case WorkerBusy() | WorkerAt() | WorkerIdle():
                self._run.tell(replace(event, worker=host.first + event.worker))
            case Worked(begun=begun, ended=ended):
                worker = None if event.worker is None else host.first + event.worker
                self._run.tell(
                    replace(event, worker=worker, begun=begun + later, ended=ended + later)
                )
            case Note(text):
                self._run.tell(Note(f"{host.name}: {text}"))
            case _:
                pass
