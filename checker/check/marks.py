"""F.vok beside F.v says that F is good; make and coqc know it by its time."""

from types import TracebackType
from typing import Self

from checker.interfaces.freshness import VOK, VOS, product
from checker.report.events import Event, FileDone, Note, ProofDone
from checker.run.run import Run
from makegen.base.files import time_of


class VokMarks:
    """A sink: good files with a .vos get their .vok, others lose it.

    Without a .vos nobody looks at a .vok, and a check is to leave nothing among the sources. A
    source that changes meanwhile is not marked. Files of which nothing was told when the check
    has ended lose theirs too, unless it was given up.
    """

    def __init__(self, run: Run, active: bool) -> None:
        """Not `active`: it marks nothing."""
        self._run = run
        self._before = {file: time_of(self._run.path(file)) for file in run.files} if active else {}
        self._unmarked = dict(self._before)

    def tell(self, event: Event) -> None:
        """Mark the file of which this is told, if it is good."""
        match event:
            case FileDone(result, left_out=n) if n and result.verdict.is_ok:
                self._unmarked.pop(result.file, None)  # nothing is known of the rest of it
            case FileDone(result) if result.verdict.is_ok and result.file in self._unmarked:
                is_same = time_of(self._run.path(result.file)) == self._unmarked.pop(result.file)
                self._set_mark(result.file, is_good=is_same)
            case FileDone(result) | ProofDone(result) if not result.verdict.is_ok:
                if result.file in self._unmarked:
                    self._set_mark(result.file, is_good=False)
            case _:
                pass

    def _set_mark(self, file: str, *, is_good: bool) -> None:
        """A verdict stands also where this fails."""
        mark = self._run.path(product(file, VOK))
        try:
            if is_good and self._run.path(product(file, VOS)).exists():
                mark.touch()
                if time_of(self._run.path(file)) != self._before[file]:
                    mark.unlink()  # it was edited just now; who edits it later makes it newer
            elif not is_good:
                mark.unlink(missing_ok=True)
        except OSError as error:
            words = f"no .vok can be written or removed ({error.strerror}); the verdicts stand"
            self._run.tell(Note(f"proof-checker: warning: {words}"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            for file in self._unmarked:
                self._set_mark(file, is_good=False)
