"""What the end of a process means. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto
from os.path import normpath

from checker.document.document import Document
from checker.engines.snapshot.coqc.process import Ending
from checker.engines.snapshot.steps.questions import Question, unasked
from checker.engines.snapshot.steps.script import Script
from checker.report.messages import is_machine_failure, read_error
from checker.report.results import Message

OPEN_AT_END = "a section or module is still open at the end of the file"
TO_BE_CLOSED = "to be closed."  # so end the words of coqc for it
SHIM_FAILED = 97  # EXIT_SHIM in shim.c


class Cause(Enum):
    """Why a process ended before its time."""

    MACHINE = auto()  # killed, out of memory or stack, no word
    TIMEOUT = auto()
    TACTICS = auto()  # coqc rejects something in the tactics of a proof
    TEXT = auto()  # coqc rejects something else
    END = auto()  # coqc rejects the end of the file, where something is still open


@dataclass(frozen=True)
class Judgement:
    """Why a process ended, at which step, and coqc's words."""

    cause: Cause
    index: int
    message: Message | None = None


def judge(
    script: Script, first: int, last: int, ending: Ending, questions: Iterable[Question] = ()
) -> Judgement:
    """The process was executing the steps [first, last), with these questions put in."""
    message = unasked(script, questions, _error(ending))
    if message is None or not _is_rejection(ending, message):
        return Judgement(Cause.MACHINE, first, message or Message(None, _how_it_ended(ending)))
    index = first
    if message.position and normpath(message.position.file) == normpath(script.file):
        found = script.step_at(script.offset(message.position))
        index = max(first, min(last - 1, found))
    cause = Cause.TEXT if script.steps[index].proof is None else Cause.TACTICS
    return Judgement(cause, index, message)


def judge_end(script: Script, ending: Ending) -> Judgement:
    """The process was at the end of the file."""
    message = _error(ending)
    is_rejection = message is not None and _is_rejection(ending, message)
    cause = Cause.END if is_rejection else Cause.MACHINE
    return Judgement(cause, len(script.steps) - 1, message or Message(None, _how_it_ended(ending)))


def _error(ending: Ending) -> Message | None:
    return read_error(ending.errors.decode(errors="replace"))


def _is_rejection(ending: Ending, message: Message) -> bool:
    """Whether this is coqc's verdict on the source."""
    by_coqc = ending.code is None or (ending.code > 0 and ending.code != SHIM_FAILED)
    return by_coqc and not is_machine_failure(message)


def is_sentinel_refused(
    script: Script, last: int, ending: Ending, questions: Iterable[Question] = ()
) -> bool:
    """Whether coqc refused the sentinel, said after step `last - 1`, and right there."""
    message = unasked(script, questions, _error(ending))
    return (
        ending.code in (1, None)
        and message is not None
        and message.position is not None
        and script.offset(message.position) == script.steps[last - 1].end
    )


def left_open(script: Script, document: Document, ending: Ending) -> Judgement | None:
    """What is wrong when coqc, told to end something at the end of the file, answered so.

    In the words that it has when it is to write the file, as far as we can tell what is open.
    """
    found = judge_end(script, ending)
    if found.cause is not Cause.END or found.message is None:
        return found
    if "nothing to end" in found.message.text:
        return None
    scopes = document.left_open()
    if not scopes or not found.message.text.endswith(f" {scopes[0].name}."):
        return replace(found, message=Message(None, found.message.text, OPEN_AT_END))
    *names, last = (f"{scope.kind.value} {scope.name}" for scope in scopes)
    words = f"{', '.join(names)} and {last} need" if names else f"{last} needs"
    return replace(found, message=Message(None, f"The {words} {TO_BE_CLOSED}"))


def _how_it_ended(ending: Ending) -> str:
    words = ending.errors.decode(errors="replace").strip().splitlines()
    said = f"; its last words: {words[-1]}" if words else ""
    if ending.code is None:
        return f"coqc ended{said}"
    if ending.code < 0:
        return f"coqc was killed by signal {-ending.code}{said}"
    return f"coqc ended with exit code {ending.code}{said}"
