"""Every wrong proof of a file that coqc rejects.

coqc stops at the first error. When that is in a proof, the proof is given up in a private copy of
the file, and coqc runs again, until it finds nothing more or an error outside proofs, after which
nothing means anything. Proofs that coqc has passed are given up as well, so that they are not run
again. Each message is that of a coqc, at the place in the user's file.
"""

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass

from checker.document.admitted import can_give_up, give_up, is_harmless
from checker.document.document import Document, Proof
from checker.document.documents import settings_of
from checker.document.reader import read_document
from checker.engines.whole_file.plain import (
    TELLING,
    accepts,
    judge,
    run_copy,
    warnings_in,
)
from checker.report.results import FileResult, Message, Position, ProofResult, Verdict
from checker.run.run import Run
from makegen.base.process import Outcome


@dataclass(frozen=True)
class Findings:
    """What is known of a file that coqc rejected."""

    wrong: tuple[ProofResult, ...]  # or lost
    file: FileResult  # with a message where the error is in no proof
    proofs: int  # how many there are in the file

    @property
    def is_good(self) -> bool:
        """Whether nothing was found."""
        return self.file.verdict.is_ok


async def examine(run: Run, file: str, outcome: Outcome, *mode: str) -> Findings:
    """All that is wrong with the file; `outcome` is that of the coqc that rejected it.

    `mode` is what that coqc was given beside the file, such as -vok.
    """
    document = read_document(run.path(file).read_bytes(), settings_of(run))
    return await _Examination(run, file, mode, document).go_on_from(outcome)


class _Examination:
    """The search for the wrong proofs of one file."""

    def __init__(self, run: Run, file: str, mode: Sequence[str], document: Document) -> None:
        self._run = run
        self._file = file
        self._mode = mode
        self._document = document
        self._command = run.coqc(*(word for word in mode if word != TELLING), file).words
        self._wrong: dict[Proof, ProofResult] = {}
        self._seconds = 0.0
        self._printed: list[str] = []

    async def go_on_from(self, outcome: Outcome) -> Findings:
        """What is found from this outcome on."""
        while not accepts(outcome):
            self._seconds += outcome.cpu_seconds
            self._printed.append(outcome.output)
            verdict, message = judge(outcome)
            message = self._with_doubts(message)
            proof = self._proof_at(message.position)
            if proof is None or proof in self._wrong or not can_give_up(proof):
                return self._end(verdict, message)
            self._wrong[proof] = ProofResult(
                self._file,
                proof.full_name,
                verdict,
                outcome.cpu_seconds,
                (message,),
                self._show_again(),
            )
            outcome = await self._run_without_wrong()
        self._printed.append(outcome.output)
        return self._end(Verdict.LOST, None)

    def _end(self, verdict: Verdict, message: Message | None) -> Findings:
        """The findings; `message` is that of an error in no proof, after which nothing was read."""
        if any(result.verdict is Verdict.WRONG for result in self._wrong.values()):
            verdict = Verdict.WRONG
        messages = (message,) if message else ()
        command = self._show_again() if message else ()
        warnings = warnings_in(self._file, "\n".join(self._printed))
        result = FileResult(self._file, verdict, self._seconds, messages, command, warnings)
        return Findings(tuple(self._wrong.values()), result, len(self._document.proofs))

    def _show_again(self) -> tuple[str, ...]:
        """The command that shows the next error; coqc shows the first one."""
        return self._run.check_again(self._file) if self._wrong else self._command

    def _with_doubts(self, message: Message) -> Message:
        """The message, with a note where a proof given up above may have caused it."""
        doubtful = [proof.full_name for proof in self._wrong if not is_harmless(proof)]
        if not doubtful or message.note:
            return message
        note = f"(perhaps only because the proof of {', '.join(doubtful)} is wrong)"
        return dataclasses.replace(message, note=note)

    async def _run_without_wrong(self) -> Outcome:
        """Run coqc on a copy without the wrong proofs, nor good ones before the last of them."""
        last = max(proof.last.end for proof in self._wrong)
        passed = [
            proof
            for proof in self._document.proofs
            if proof.last.end <= last and not proof.depth and is_harmless(proof)
        ]
        text = give_up(self._document, {*self._wrong, *passed})
        return await run_copy(self._run, self._file, text, self._mode)

    def _proof_at(self, position: Position | None) -> Proof | None:
        """The innermost proof at the position; None where it is in none, or in a statement."""
        if position is None or os.path.normpath(position.file) != os.path.normpath(self._file):
            return None
        offset = self._offset(position)
        around = [p for p in self._document.proofs if p.statement.end <= offset < p.last.end]
        return max(around, key=lambda proof: proof.depth, default=None)

    def _offset(self, position: Position) -> int:
        return self._document.lines().offset(position.line, position.start)
