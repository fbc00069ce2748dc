"""proof-checker ledger: what is known of a project's proofs; shown, cleaned, moved."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path, PurePosixPath
from typing import Any

from rich.table import Table

from checker.check.session import drive
from checker.cli import options
from checker.document.documents import read_documents
from checker.knowledge.entries import read_entry
from checker.knowledge.history import RUNS
from checker.knowledge.inputs import DIGESTS
from checker.knowledge.recorder import Recorder
from checker.knowledge.records import LOADED, PROOFS, SOURCES, read_text
from checker.knowledge.store import Ledger, is_there
from checker.report.events import number
from checker.report.progress import OurConsole
from checker.run.run import Run
from makegen.base.errors import ExitCode, MachineError, UserError
from makegen.base.files import write_outputs
from makegen.base.temporary import temporary_folder
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
            "show: the slowest proofs and what each file costs. gc: drop what the sources as they "
            "are now have no use for. export, import: move what is known to another machine."
        ),
    )
    parser.add_argument(
        "action", nargs="?", default="show", choices=("show", "gc", "export", "import")
    )
    parser.add_argument("target", nargs="?", metavar="FILE", help="for export and import")
    parser.add_argument("-f", dest="project", metavar="FILE", required=True, help="project file")
    parser.add_argument("--json", action="store_true", help="show: print it as JSON")
    options.add_run(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; the exit code."""
    if arguments.action in ("export", "import") and not arguments.target:
        raise UserError(f"ledger {arguments.action}: no file given; name one")
    if arguments.action == "gc":
        return _collect(arguments)
    with Ledger(_folder(arguments), _refuse if arguments.action == "import" else _warn) as ledger:
        if arguments.action == "export":
            write_outputs({Path(arguments.target): exported(ledger)}, is_durable=True)
        elif arguments.action == "import":
            _import(ledger, Path(arguments.target))
        elif arguments.json:
            json.dump(as_json(ledger), sys.stdout, indent=2)
            print()
        else:
            _show(ledger)
    return ExitCode.OK


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
        proofs.add_row(f"{seconds:.2f}", _megabytes(memory), name, file)
    files = Table("seconds", "memory", "proofs", "file", title="What each file costs")
    for file, found in facts["files"].items():
        largest = _megabytes(max(found["memory"].values(), default=None))
        files.add_row(f"{found['seconds']:.2f}", largest, str(len(found["proofs"])), file)
    console = OurConsole(highlight=False)
    console.print(proofs, files)
    total = f"{number(facts['proofs'], 'proof')} in {number(len(facts['files']), 'file')}"
    kept = number(facts["verdicts"], "verdict")
    console.print(f"{total}: {facts['seconds']:.1f} s of CPU; {kept} kept")


def _megabytes(memory: int | None) -> str:
    return "" if memory is None else f"{memory / 2**20:.0f} MB"


def exported(ledger: Ledger) -> str:
    """What is known, as lines of JSON; no path of this machine is needed to use it."""
    lines = [json.dumps(FORMAT)]
    for topic in MOVED:
        lines += [json.dumps([topic, k, v]) for k, v in sorted(ledger.memories(topic).items())]
    entries = sorted(ledger.entries().values(), key=lambda entry: entry.key)
    lines += [json.dumps(dataclasses.asdict(entry)) for entry in entries]
    return "".join(f"{line}\n" for line in lines)


def _import(ledger: Ledger, source: Path) -> None:
    """Add what the file says to what is known.

    Raises UserError when it is no such file; then nothing was added.
    """
    facts: dict[str, list[tuple[str, Any]]] = {topic: [] for topic in MOVED}
    entries = []
    try:
        first, *lines = source.read_text(encoding="utf-8").splitlines()
        if json.loads(first) != FORMAT:
            raise ValueError("its first line is not that of an export")
        for line in lines:
            match json.loads(line):
                case [str(topic), str(key), value]:
                    facts[topic].append((read_text(key), value))
                case dict(fields):
                    entries.append(read_entry(fields))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(f"{source}: cannot be imported ({error}); export it again") from error
    for topic, found in facts.items():
        ledger.remember(topic, found)
    ledger.keep(entries)


def _collect(arguments: argparse.Namespace) -> int:
    """Drop what no source has a use for."""
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
        dropped = set(run.ledger.entries()) - verdicts
        run.ledger.drop(dropped)
        digests = run.ledger.memories(DIGESTS.name)
        facts[DIGESTS.name] = {file for file in digests if run.path(file).exists()}
        facts[RUNS.name] = set(run.ledger.memories(RUNS.name))
        stems = {str(PurePosixPath(file).with_suffix("")) for file in run.files}
        for topic in run.ledger.topics():
            known = set(run.ledger.memories(topic))
            # All other topics tell of sources, or of what is made of them.
            of_sources = {k for k in known if str(PurePosixPath(k).with_suffix("")) in stems}
            run.ledger.forget(topic, known - facts.get(topic, of_sources))
        run.ledger.shrink()
        print(f"{number(len(dropped), 'verdict')} dropped, {len(run.ledger.entries())} kept")

    return drive(settings, collect)
