"""proof-checker ledger: what is known of a project's proofs; shown, cleaned, moved."""

import argparse
import dataclasses
import json
import re
import sys
from pathlib import Path, PurePosixPath
from typing import Any

from rich.table import Table
from rich.text import Text

from checker.check.session import drive
from checker.cli import options
from checker.cli.outputs import refuse_outside
from checker.document.documents import read_documents
from checker.knowledge.collecting import OF_TEXTS, Collected, Limits
from checker.knowledge.collecting import collect as collect_old
from checker.knowledge.entries import read_entry
from checker.knowledge.history import RUNS
from checker.knowledge.inputs import DIGESTS
from checker.knowledge.recorder import Recorder
from checker.knowledge.records import LOADED, PROOFS, SOURCES, read_text
from checker.knowledge.store import Entry, Ledger, is_there
from checker.report.events import number
from checker.report.progress import OurConsole
from checker.run.run import Run
from makegen.base.errors import ExitCode, MachineError, UserError
from makegen.base.files import write_outputs
from makegen.base.temporary import temporary_folder
from makegen.base.visible import visible
from makegen.coq.dependencies import read_dependencies

SLOWEST = 20  # proofs that `show` lists
# The topics whose records mean the same on another machine.
MOVED = (LOADED.name, SOURCES.name, PROOFS.name)
FORMAT = "proof-checker ledger 1"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "ledger",
        help="what is known of every proof",
        description=(
            "show: the slowest proofs and what each file costs. gc: forget what the sources as "
            "they are now have no use for, once it is old or the ledger is large. export, import: "
            "move what is known to another machine."
        ),
    )
    parser.add_argument(
        "action", nargs="?", default="show", choices=("show", "gc", "export", "import")
    )
    parser.add_argument("target", nargs="?", metavar="FILE", help="for export and import")
    options.add_project_file(parser)
    parser.add_argument("--json", action="store_true", help="show: print it as JSON")
    parser.add_argument(
        "--older-than",
        type=_days,
        default=30,
        metavar="TIME",
        help="gc: forget what was not used for so long: 30d (the default), 8w; 0 is all of it",
    )
    parser.add_argument(
        "--max-size",
        type=_bytes,
        default="100M",
        metavar="SIZE",
        help="gc: while the ledger is larger, forget what was not used for longest (default: 100M)",
    )
    options.add_words(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; the exit code."""
    if arguments.action in ("export", "import") and not arguments.target:
        raise UserError(f"ledger {arguments.action}: no file given; name one")
    _refuse_useless(arguments)
    if arguments.action == "gc":
        return _collect(arguments)
    if arguments.action == "export":
        refuse_outside("ledger export", Path(arguments.target), arguments.project)
    with Ledger(_folder(arguments), _refuse if arguments.action == "import" else _warn) as ledger:
        if arguments.action == "export":
            _export(ledger, Path(arguments.target))
        elif arguments.action == "import":
            _import(ledger, Path(arguments.target))
        elif arguments.json:
            json.dump(as_json(ledger), sys.stdout, indent=2)
            print()
        else:
            _show(ledger)
    return ExitCode.OK


def _refuse_useless(arguments: argparse.Namespace) -> None:
    """What the action would pass over was meant for another one."""
    if arguments.target and arguments.action in ("show", "gc"):
        raise UserError(f"ledger {arguments.action} takes no file, such as {arguments.target}")
    if arguments.json and arguments.action != "show":
        raise UserError(f"ledger {arguments.action} takes no --json; that is for show")


def _refuse(text: str) -> None:
    raise MachineError(text)


def _warn(text: str) -> None:
    print(f"proof-checker: warning: {text}", file=sys.stderr)


def _folder(arguments: argparse.Namespace) -> Path | None:
    """Where the ledger is; None where there is none, for what only reads it."""
    root = options.project_of(arguments).root
    return root if arguments.action == "import" or is_there(root) else None


def as_json(ledger: Ledger) -> dict[str, Any]:
    """Seconds (CPU) by file and proof, slowest first; memory (bytes, at most); and totals."""
    files: dict[str, dict[str, Any]] = {}
    for file, records in PROOFS.all(ledger).items():
        proofs = sorted(records.seconds.items(), key=lambda item: -item[1])
        memory = records.memory
        files[file] = {
            "seconds": sum(s for _, s in proofs),
            "proofs": dict(proofs),
            "memory": {name: memory[name] for name, _ in proofs if memory.get(name)},
        }
    ordered = dict(sorted(files.items(), key=lambda item: -item[1]["seconds"]))
    return {
        "verdicts": len(ledger.entries()),
        "proofs": sum(len(file["proofs"]) for file in ordered.values()),
        "seconds": sum(file["seconds"] for file in ordered.values()),
        "files": ordered,
    }


def _show(ledger: Ledger) -> None:
    facts = as_json(ledger)
    slowest = sorted(
        (
            (seconds, name, file)
            for file, found in facts["files"].items()
            for name, seconds in found["proofs"].items()
        ),
        reverse=True,
    )
    proofs = Table("seconds", "memory", "proof", "file", title="The slowest proofs")
    for seconds, name, file in slowest[:SLOWEST]:
        memory = facts["files"][file]["memory"].get(name)
        proofs.add_row(f"{seconds:.2f}", _megabytes(memory), _text(name), _text(file))
    files = Table("seconds", "memory", "proofs", "file", title="What each file costs")
    for file, found in facts["files"].items():
        largest = _megabytes(max(found["memory"].values(), default=None))
        count = str(len(found["proofs"]))
        files.add_row(f"{found['seconds']:.2f}", largest, count, _text(file))
    console = OurConsole(sys.stdout)
    console.print(proofs, files)
    total = f"{number(facts['proofs'], 'proof')} in {number(len(facts['files']), 'file')}"
    kept = number(facts["verdicts"], "verdict")
    console.print(f"{total}: {facts['seconds']:.1f} s of CPU; {kept} kept")


def _text(name: str) -> Text:
    """A name, which may look like markup where somebody else wrote the ledger."""
    return Text(visible(name))


def _megabytes(memory: int | None) -> str:
    return "" if memory is None else f"{memory / 2**20:.0f} MB"


def exported(ledger: Ledger) -> str:
    """What is known, as lines of JSON; no path of this machine is needed to use it."""
    lines = [json.dumps(FORMAT)]
    for topic in MOVED:
        lines += [json.dumps([topic, k, v]) for k, v in sorted(ledger.memories(topic).items())]
    entries = sorted(ledger.entries().values(), key=lambda entry: entry.key)
    lines += [json.dumps(_fields(entry)) for entry in entries]
    return "".join(f"{line}\n" for line in lines)


def _fields(entry: Entry) -> dict[str, Any]:
    """As earlier releases read them, too."""
    return {name: value for name, value in dataclasses.asdict(entry).items() if name != "host"}


def _export(ledger: Ledger, target: Path) -> None:
    """Write what is known, and say so where that is no part of it."""
    write_outputs({target: exported(ledger)}, is_durable=True)
    said = f"{number(len(ledger.entries()), 'verdict')} exported to {target}"
    print(said, file=sys.stdout if target.is_file() else sys.stderr)


def _import(ledger: Ledger, source: Path) -> None:
    """Add what the file says to what is known.

    Raises UserError when it is no such file; then nothing was added.
    """
    try:
        first, *lines = source.read_text(encoding="utf-8").splitlines() or [""]
    except OSError as error:
        raise UserError(f"{source}: {error.strerror}; name a file of `ledger export`") from error
    except UnicodeDecodeError:
        first, lines = "", []
    if first != json.dumps(FORMAT):
        mend = "name one that `proof-checker ledger export` of this release has written"
        raise UserError(f"{source}: this is no export of a ledger; {mend}")
    facts: dict[str, list[tuple[str, Any]]] = {topic: [] for topic in MOVED}
    entries: list[Entry] = []
    for at, line in enumerate(lines, start=2):
        try:
            _take(json.loads(line), facts, entries)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            what = "this line is broken, and nothing was imported"
            raise UserError(f"{source}:{at}: {what}; export it again") from error
    known = ledger.entries().keys()
    new = {e.key: dataclasses.replace(e, host=str(source)) for e in entries if e.key not in known}
    for topic, found in facts.items():
        ledger.remember(topic, found)
    ledger.keep(new.values())
    total = len(ledger.entries())
    said = f"{number(len(entries), 'verdict')} imported from {source}"
    print(f"{said}, {len(new)} new; {total} are kept")


def _take(value: Any, facts: dict[str, list[tuple[str, Any]]], entries: list[Entry]) -> None:
    """What a line of an export says; raises where it says nothing."""
    match value:
        case [str(topic), str(key), fact]:
            facts[topic].append((read_text(key), fact))
        case dict(fields):
            entries.append(read_entry(fields))
        case _:
            raise ValueError(value)


def _days(text: str) -> int:
    """A number of days, as argparse wants its types."""
    found = re.fullmatch(r"(\d{1,6})([dw]?)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days; write 30d or 8w")
    return int(found[1]) * (7 if found[2] == "w" else 1)


def _bytes(text: str) -> int:
    found = re.fullmatch(r"(\d{1,12})([KMG]?)B?", text, re.IGNORECASE)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write 100M or 1G")
    return int(found[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[found[2].upper()]


def _collected(found: Collected) -> str:
    """The line that the user is told.

    >>> _collected(Collected(dropped=3, kept=7, others=2))
    '3 verdicts dropped, 7 kept, 2 of them for sources that are no more, or on another branch'
    """
    said = f"{number(found.dropped, 'verdict')} dropped, {found.kept} kept"
    others = f", {found.others} of them for sources that are no more, or on another branch"
    return said + others * bool(found.others)


def _collect(arguments: argparse.Namespace) -> int:
    """Drop what no source has a use for, if it is old."""
    arguments.files = []  # all of them
    settings = dataclasses.replace(
        options.settings_of(arguments),
        quiet=True,
        summary=False,
        keeps_ledger=_folder(arguments) is not None,
    )

    async def collect(run: Run) -> None:
        documents = read_documents(run, await read_dependencies(run), run.files)
        with temporary_folder() as folder:
            memory = Recorder(run, run.ledger, folder)
            for file, document in documents.items():
                memory.known(file, document)
            verdicts, facts = memory.in_use()
        digests = run.ledger.memories(DIGESTS.name)
        facts[DIGESTS.name] = {file for file in digests if run.path(file).exists()}
        facts[RUNS.name] = set(run.ledger.memories(RUNS.name))
        stems = {str(PurePosixPath(file).with_suffix("")) for file in run.files}
        for topic in run.ledger.topics():
            known = set(run.ledger.memories(topic))
            # All other topics tell of sources, or of what is made of them.
            of_sources = {k for k in known if str(PurePosixPath(k).with_suffix("")) in stems}
            if topic not in OF_TEXTS:
                run.ledger.forget(topic, known - facts.get(topic, of_sources))
        limits = Limits(arguments.older_than, arguments.max_size)
        print(_collected(collect_old(run.ledger, verdicts, facts, limits)))

    return drive(settings, collect)
