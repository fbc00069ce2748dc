"""proof-checker using: which proofs want a `Proof using`, and writing it."""

import argparse
import dataclasses
import difflib
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from checker.annotate.annotate import Choice, Found, find_annotations
from checker.annotate.annotated import Finding, Sort
from checker.check.session import drive
from checker.cli import options
from checker.run.run import Run
from makegen.base.errors import ExitCode, MachineError
from makegen.base.files import write_outputs


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "using",
        help="suggest, or write, Proof using annotations",
        description="Says which proofs should begin with `Proof using ...` or `Proof.`, so that "
        "they can be checked in parallel and skipped by coqc -vos. Coq computes the variables.",
    )
    options.add_project(parser)
    options.add_workers(parser)
    options.add_limits(parser)
    options.add_words(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--apply", action="store_true", help="write them into the files")
    how.add_argument("--diff", action="store_true", help="print them as a patch (patch -p1)")
    parser.add_argument(
        "--repair",
        action="store_true",
        help="write the right clause where one is there and wrong; alone, only that",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Suggest or write annotations; the exit code: 1 when coqc rejects something as it stands."""
    settings = options.settings_of(arguments)
    writes = arguments.apply or (arguments.repair and not arguments.diff)
    choice = Choice(arguments.apply or arguments.diff, arguments.repair, verify=writes)
    found: list[Found] = []

    async def engine(run: Run) -> None:
        found.append(await find_annotations(run, choice))

    code = drive(dataclasses.replace(settings, summary=False, keeps_ledger=False), engine)
    if code or not found:
        return code
    if arguments.diff:
        for words in patch(found[0]):
            sys.stdout.buffer.write(words)
        sys.stdout.flush()
        for line in complaints(found[0]):
            print(line, file=sys.stderr)
    else:
        if writes:
            write(settings.project.root, found[0])
        print("\n".join(report(found[0], choice, writes)))
    is_wrong = any(finding.sort is Sort.WRONG for finding in found[0].findings)
    is_mended = arguments.repair and writes
    return int(ExitCode.WRONG if found[0].rejected or (is_wrong and not is_mended) else ExitCode.OK)


def complaints(found: Found) -> Iterator[str]:
    """What coqc rejects as it stands: what goes beside a patch."""
    for finding in found.findings:
        if finding.sort is Sort.WRONG:
            yield _line(finding)
    yield from _rejections(found)


def _line(finding: Finding) -> str:
    return f"{finding.file}:{finding.line}: {finding.name}: {in_words(finding)}"


def _rejections(found: Found) -> Iterator[str]:
    for file, message in found.rejected.items():
        where = f"{message.position}\n" if message.position else f"{file}: "
        yield f"{where}Error: {message.text}"
    for file in found.not_reached:
        yield f"{file}: not looked at, because coqc rejects a file that it requires"


def report(found: Found, choice: Choice, writes: bool) -> Iterator[str]:
    """A line for each finding, for each file that coqc rejects, and the count."""
    yield from map(_line, found.findings)
    yield from _rejections(found)
    counts = Counter(finding.sort for finding in found.findings)
    missing, wrong = counts[Sort.WANTED], counts[Sort.WRONG]
    noun = "annotation" if missing == 1 else "annotations"
    words = [f"{missing} {noun} {'written' if writes and choice.add else 'missing'}"]
    if wrong:
        words.append(f"{wrong} {'repaired' if writes and choice.repair else 'wrong'}")
    for sort in (Sort.LEFT_ALONE, Sort.TAKEN_BACK):
        if counts[sort]:
            words.append(f"{counts[sort]} {sort.value}")
    if found.rejected:
        words.append(f"files that coqc rejects: {len(found.rejected)}")
    yield ", ".join(words)


def in_words(finding: Finding) -> str:
    """What the finding says, for the user."""
    match finding.sort:
        case Sort.WANTED:
            return finding.command
        case Sort.WRONG:
            return f"its clause is wrong; right is {finding.command}"
        case Sort.LEFT_ALONE:
            return f"left alone: {finding.note}"
        case Sort.TAKEN_BACK:
            return f"{finding.command} taken back: {finding.note}"


def patch(found: Found) -> Iterator[bytes]:
    """The changes as a unified diff."""
    for file, new in found.new_texts.items():
        old = found.old_texts[file]
        names = (f"a/{file}".encode(), f"b/{file}".encode())
        for line in difflib.diff_bytes(difflib.unified_diff, _lines(old), _lines(new), *names):
            yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _lines(text: bytes) -> list[bytes]:
    """The lines with their ends; only a line feed ends one, as for patch."""
    return re.findall(rb"[^\n]*\n|[^\n]+", text)


def write(root: Path, found: Found) -> None:
    """Write the new texts, each file whole or not at all.

    Raises MachineError when a file has changed since it was read, or cannot be written.
    """
    for file, text in found.new_texts.items():
        path = root / file
        try:
            if path.read_bytes() != found.old_texts[file]:
                raise MachineError(f"{file} has changed meanwhile and is left as it is; run again")
        except OSError as error:
            raise MachineError(f"{file}: cannot be read ({error.strerror})") from error
        write_outputs({path: text}, is_durable=True)
