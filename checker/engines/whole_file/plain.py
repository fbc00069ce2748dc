"""A plain coqc on a changed copy of a source, and what it means that coqc failed, or did not."""

import dataclasses
from collections.abc import Sequence
from operator import attrgetter
from os.path import normpath
from pathlib import PurePosixPath

from checker.report.messages import (
    NO_PROOF_THERE,
    is_machine_failure,
    read_error,
    read_warnings,
)
from checker.report.results import Message, Verdict
from checker.run.run import Run
from makegen.base.process import Outcome
from makegen.base.process import run as run_process
from makegen.base.temporary import temporary_folder
from makegen.project.loadpath import logical_name

TELLING = "-test-mode"


def telling(text: bytes) -> tuple[str, ...]:
    """What has coqc say how the commands after `Fail` fail, where the text may have one."""
    return (TELLING,) if b"Fail" in text else ()


def accepts(outcome: Outcome) -> bool:
    """Whether coqc has succeeded, and not because an interface made something fail, as asked."""
    return outcome.status == 0 and not _is_misled(outcome)


def _is_misled(outcome: Outcome) -> bool:
    return TELLING in outcome.words and NO_PROOF_THERE in outcome.output


async def run_copy(run: Run, file: str, text: bytes, mode: Sequence[str] = ()) -> Outcome:
    """Run coqc on this text as if it stood in the file; its messages name the file.

    It runs in a private folder, under the file's own logical name, and leaves nothing behind.
    """
    with temporary_folder() as folder:
        copy = folder / PurePosixPath(file).name
        copy.write_bytes(text)
        logical = logical_name(run.project.root, run.project.load_paths, file) or ""
        parent = logical.rpartition(".")[0]
        outcome = await run_process(run.coqc(*mode, "-Q", str(folder), parent, str(copy)))
    return dataclasses.replace(outcome, output=outcome.output.replace(str(copy), f"./{file}"))


def warnings_in(file: str, output: str) -> tuple[Message, ...]:
    """What coqc, which printed this, warns of in the file, each once, in order."""
    of_file = (
        message
        for message in dict.fromkeys(read_warnings(output))
        if message.position and normpath(message.position.file) == normpath(file)
    )
    return tuple(sorted(of_file, key=attrgetter("position.line", "position.start")))


def judge(outcome: Outcome) -> tuple[Verdict, Message]:
    """What a coqc that did not accept a text says: WRONG with its error, or LOST."""
    if _is_misled(outcome):
        return Verdict.LOST, Message(None, NO_PROOF_THERE)
    message = read_error(outcome.output)
    if message is None:
        return Verdict.LOST, Message(None, outcome.output.strip() or "coqc gave no answer")
    lost = outcome.was_killed or is_machine_failure(message)
    return Verdict.LOST if lost else Verdict.WRONG, message
