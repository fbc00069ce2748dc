"""Interfaces that `make quick` made with hints: a check confirms the hints, or undoes them."""

from collections import defaultdict

from checker.interfaces import hints
from checker.report.events import Event, FileDone, ProofDone
from checker.report.results import FileResult
from checker.run.run import Run


class HintedInterfaces:
    """A sink that compares the hints with what proofs use; the check itself loads none of them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._open = hints.opened(run)
        self._uses: dict[str, dict[str, bytes]] = defaultdict(dict)  # by file and full name

    def is_open(self, file: str) -> bool:
        """Whether each proof of the file is to be told of, since hints rest on it."""
        return file in self._open

    def tell(self, event: Event) -> None:
        """Take note of what a proof uses; at the end of a file its hints are right or wrong."""
        match event:
            case ProofDone(result) if result.verdict.is_ok and result.uses:
                self._uses[result.file][result.proof] = result.uses
            case FileDone(result, left_out=0) if result.file in self._open:
                self._decide(result)
            case _:
                pass

    def _decide(self, result: FileResult) -> None:
        file = result.file
        hinted, uses = self._open.pop(file), self._uses[file]
        is_known = hints.is_of_text(self._run, file, hinted)
        is_complete = is_known and hinted.hints.keys() <= uses.keys()
        is_right = is_known and hints.are_right(hinted.hints, uses)
        if not is_right or (result.verdict.is_ok and not is_complete):
            hints.undo(self._run, [file])
        elif is_complete:  # else the file is wrong, and nobody knows yet
            hints.confirm(self._run, file, hinted)
