"""Verdicts that rest on interfaces made with hints: told once every hint is confirmed.

An interface that was made with section variables from an earlier run (checker.interfaces.hints) may say
something else than the source. What is found out against it is held back until the proofs that the
hints are for have told which variables they use.
"""

from collections import defaultdict
from collections.abc import Mapping

from checker.engines.run import Run
from checker.interfaces import hints
from checker.interfaces.hints import Opened
from checker.report.events import Event, FileDone, ProofDone
from checker.report.results import FileResult


class Provisional:
    """Holds back what is told of files, as long as an interface that they load is open."""

    def __init__(
        self, run: Run, opened: Mapping[str, Opened], needs: Mapping[str, frozenset[str]]
    ) -> None:
        """`needs`: for each file of the run, the sources whose interfaces it loads."""
        self._run = run
        self._open = dict(opened)
        self._waits = {file: needs[file] & opened.keys() for file in run.files}
        self._held: dict[str, list[Event]] = defaultdict(list)
        self._uses: dict[str, dict[str, bytes]] = defaultdict(dict)  # by file and full name
        self.refuted: set[str] = set()

    def tell(self, event: Event) -> None:
        """Pass an event on, now or later; never where an interface that it rests on is wrong."""
        match event:
            case ProofDone(result) | FileDone(result) if self._waits.get(result.file):
                self._held[result.file].append(event)
                return
            case _:
                self._run.tell(event)
        match event:
            case ProofDone(result) if result.verdict.is_ok and result.uses:
                self._uses[result.file][result.proof] = result.uses
            case FileDone(result) if result.file in self._open:
                self._decide(result)
            case _:
                pass

    def _decide(self, result: FileResult) -> None:
        """All is told of a file: are the hints right that its interface was made with?"""
        file = result.file
        opened, uses = self._open.pop(file), self._uses[file]
        is_complete = opened.hints is not None and opened.hints.keys() <= uses.keys()
        is_right = opened.hints is not None and hints.are_right(opened.hints, uses)
        if not is_right or (result.verdict.is_ok and not is_complete):
            self.refuted.add(file)
            return
        if is_complete:  # else the file is wrong, and nobody knows yet
            hints.confirm(self._run, file, opened)
        self._release(file)

    def _release(self, interface: str) -> None:
        """What waited for this interface, and for no other, is told."""
        ready = []
        for file, waits in self._waits.items():
            if interface in waits:
                self._waits[file] = waits - {interface}
                ready += [] if self._waits[file] else [file]
        for file in ready:
            for event in self._held.pop(file, []):
                self.tell(event)
