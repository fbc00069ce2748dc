"""What was not good in the last check: kept for `check --last-failed`."""

from collections import defaultdict
from typing import Self

from checker.knowledge.records import Topic, read_words
from checker.report.events import CheckedAgain, Event, FileDone, ProofDone
from checker.run.run import Run

WHOLE = ""  # in the place of a proof's name: the file itself was not good

# By name of the source: the full names of its proofs that were not good, or WHOLE.
FAILED = Topic("failed", lambda kept: frozenset(read_words(kept)), sorted)


class LastFailed:
    """A sink: keeps what is not good at the end of a run, also of one that is given up.

    Of what a run does not come to, what the run before has found still stands.
    """

    def __init__(self, run: Run) -> None:
        self._ledger = run.ledger
        self._good = defaultdict[str, set[str]](set)  # proofs by file
        self._bad = defaultdict[str, set[str]](set)
        self._ended: dict[str, bool] = {}  # files: whether each proof was asked for

    def tell(self, event: Event) -> None:
        """Take note of a verdict."""
        match event:
            case ProofDone(result):
                found = self._good if result.verdict.is_ok else self._bad
                found[result.file].add(result.proof)
            case FileDone(result, left_out=left_out):
                self._ended[result.file] = not left_out
                is_of_proofs = bool(self._bad[result.file]) and not result.messages
                if not (result.verdict.is_ok or is_of_proofs):
                    self._bad[result.file].add(WHOLE)
            case CheckedAgain(file):
                self._good.pop(file, None)
                self._bad.pop(file, None)
            case _:
                pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        before = FAILED.all(self._ledger)
        files = self._good.keys() | self._bad.keys()
        failed = {file: self._failed(file, before.get(file, frozenset())) for file in files}
        if bad := [(file, names) for file, names in failed.items() if names]:
            FAILED.remember(self._ledger, bad)
        if mended := [file for file in before if not failed.get(file, before[file])]:
            FAILED.forget(self._ledger, mended)

    def _failed(self, file: str, before: frozenset[str]) -> frozenset[str]:
        still = frozenset[str]() if self._ended.get(file) else before - self._good[file]
        return still | self._bad[file]
