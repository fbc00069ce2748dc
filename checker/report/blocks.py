"""The blocks and lines that are shown of events. Pure: only checker.report.terminal writes."""

import shlex

from checker.document.proof_using import is_wrong_clause
from checker.report.events import (
    AdmittedProof,
    Event,
    Explained,
    FileDone,
    LoadedTogether,
    NotTried,
    ProofDone,
    is_failure,
    number,
)
from checker.report.results import FileResult, Message, ProofResult, Verdict

_MENDS = "(proof-checker using --repair writes the right clause where a `Proof using` is wrong)"


def not_tried(event: NotTried) -> str:
    """The line that the user is told.

    >>> not_tried(NotTried("A.v", ("B.v", "C.v")))
    '2 files not tried, because A.v is wrong'
    """
    reason = "could not be compiled" if event.is_lost else "is wrong"
    if len(event.files) == 1:
        return f"{event.files[0]}: not tried, because it needs {event.cause}, which {reason}"
    return f"{len(event.files)} files not tried, because {event.cause} {reason}"


def explanation(event: Explained) -> str:
    """What is shown of why a file is run.

    >>> print(explanation(Explained("A.v", "its text changed", 2, 5, {"new": ["one", "two"]})))
    A.v is run (2 of 5 proofs): its text changed
      new: one, two
    """
    lines = [f"{event.file} is run ({event.run} of {number(event.proofs, 'proof')}): {event.why}"]
    return "\n".join([*lines, *(f"  {why}: {', '.join(p)}" for why, p in event.causes.items())])


def complaint(event: Event) -> str | None:
    """What is shown of an event that tells of something bad; None of others.

    Of a proof that was not run it is not told: the error before it is.
    """
    match event:
        case ProofDone(result) if result.messages or is_failure(event):
            return error_block(result)
        case FileDone(result) if result.messages:
            return error_block(result)
        case AdmittedProof(proof, position):
            return f"{position}\nError: {proof} is admitted (--no-admitted)"
        case NotTried():
            return not_tried(event)
        case LoadedTogether(verdict=verdict, words=words) if not verdict.is_ok:
            return f"Error: {words}"
        case _:
            return None


def error_block(result: ProofResult | FileResult) -> str:
    """What is shown of a bad verdict: coqc's position line and words, the proof, the command."""
    if isinstance(result, ProofResult) and result.verdict is Verdict.SKIPPED:
        why = "".join(f": {message.text}" for message in result.messages)
        return f"{result.file}: the proof of {result.proof} was not run{why}"
    lines = [line for message in result.messages for line in _message_lines(message)]
    if not result.messages:
        lines = [f"{result.file}: Error: {result.verdict.value}"]
    if isinstance(result, ProofResult):
        lines.append(f"  in the proof of {result.proof} ({result.verdict.value})")
    if result.command:
        lines.append(f"  to see it again: {shlex.join(result.command)}")
    return "\n".join(lines)


def warning_block(message: Message) -> str:
    """What is shown of a warning: coqc's position line and words."""
    return "\n".join(_message_lines(message, "Warning"))


def _message_lines(message: Message, kind: str = "Error") -> list[str]:
    head = [str(message.position)] if message.position else []
    separator = "\n" if "\n" in message.text else " "
    notes = [message.note, _MENDS if is_wrong_clause(message.text) else ""]
    note = [f"  {words}" for words in notes if words]
    return [*head, f"{kind}:{separator}{message.text}", *note]
