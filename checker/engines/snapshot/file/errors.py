"""What is wrong in a file, as far as a run has found out, and what is left out for it."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from checker.document.document import Document
from checker.document.sentences import split
from checker.engines.snapshot.coqc.judge import Cause, Judgement
from checker.engines.snapshot.steps.patches import Patch, recovery
from checker.engines.snapshot.steps.script import Script
from checker.report.results import Message, ProofResult, Verdict

AFTERMATH = "an error before it may have caused this one"
MOST_ERRORS = 50  # in one file outside of proofs; the rest is then given up
MISSING = re.compile(r"not found|unknown|undeclared|no such|not a defined", re.IGNORECASE)
_BLANK = re.compile(rb"[^\n]")


@dataclass(eq=False)
class Errors:
    """The errors of a script, and what is fed in the place of what is wrong."""

    script: Script
    document: Document
    outside: list[Message] = field(default_factory=list)  # of proofs
    rejected: dict[int, list[Message]] = field(default_factory=dict)  # steps with wrong tactics
    given_up: dict[int, bytes] = field(default_factory=dict)  # steps with what stands for them
    blanked: list[tuple[int, int]] = field(default_factory=list)  # wrong sentences, left out
    first_harmful: int = sys.maxsize  # the first step of an error that later sentences may suffer
    lost: Message | None = None  # the machine failed us on what is not a proof

    def add(self, found: Judgement) -> None:
        """coqc's own error; one in tactics is told when they are settled."""
        assert found.message, "an error has words"
        message = found.message
        if self.first_harmful <= found.index:
            message = replace(message, note=AFTERMATH)
        if found.cause is Cause.TACTICS:
            _add_new(self.rejected.setdefault(found.index, []), message)
        else:
            _add_new(self.outside, message)
            self.first_harmful = min(self.first_harmful, found.index)

    def has_wrong_proof_before(self, index: int, decided: Mapping[int, ProofResult]) -> bool:
        """Whether coqc stops at a proof before this step. `decided`: results by proof."""
        start = self.script.steps[index].start
        return min(self.rejected, default=index) < index or any(
            result.verdict is Verdict.WRONG and self.script.proofs[proof].start < start
            for proof, result in decided.items()
        )

    def recovery(self, found: Judgement, kinds: Sequence[str]) -> Patch | None:
        """How to go on in a proof with wrong tactics."""
        if found.message is None or found.message.position is None:
            return None
        offset = self.script.offset(found.message.position)
        step = self.script.steps[found.index]
        return recovery(self.document, self.script, step, offset, kinds)

    def leave_out(self, found: Judgement) -> bool:
        """From now on, the wrong sentence is left out; False when it is not known which."""
        if not found.message or not found.message.position or len(self.blanked) >= MOST_ERRORS:
            return False
        step = self.script.steps[found.index]
        offset = self.script.offset(found.message.position)
        for sentence in split(self.script.real(step)):
            if offset < step.start + sentence.end:
                start, end = step.start + sentence.start, step.start + sentence.end
                self.blanked.append((start, end))
                self._leave_out_proof_of(start, end)
                return True
        return False

    def _leave_out_proof_of(self, start: int, end: int) -> None:
        """Where the statement between these places is left out, no proof begins."""
        for index, step in enumerate(self.script.steps):
            if step.proof is not None and start <= self.script.proofs[step.proof].statement < end:
                self.erase(index)

    def erase(self, index: int) -> bool:
        """From now on, nothing is fed for these tactics; False when that is so already."""
        blank = _BLANK.sub(b" ", self.script.real(self.script.steps[index]))
        is_new = self.given_up.get(index) != blank
        self.given_up[index] = blank
        return is_new

    def give_up(self, index: int, laid: bytes) -> None:
        """From now on, these wrong tactics are not run, but this in their place."""
        self.given_up[index] = laid
        self.first_harmful = min(self.first_harmful, index)

    def text(self, index: int) -> bytes:
        """The source of a step without what is left out, all else at its place."""
        step = self.script.steps[index]
        text = self.script.real(step)
        for start, end in self.blanked:
            if step.start <= start < step.end:
                a, b = start - step.start, min(end, step.end) - step.start
                text = text[:a] + _BLANK.sub(b" ", text[a:b]) + text[b:]
        return text

    def has_wrong_statement(self, index: int) -> bool:
        """Whether the proof whose tactics are this step has a statement that is left out."""
        number = self.script.steps[index].proof
        assert number is not None, "a step with tactics"
        statement = self.script.proofs[number].statement
        return any(start <= statement < end for start, end in self.blanked)

    def is_outside_proofs(self) -> bool:
        """Whether a command is wrong, or was never executed: then the file cannot be loaded."""
        return bool(self.outside or self.lost or self.blanked)


def _add_new(messages: list[Message], message: Message) -> None:
    """Adds a message unless one at its place is there."""
    if all(message.position != other.position for other in messages):
        messages.append(message)
