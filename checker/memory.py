"""What the ledger knows of the sources of a run, and what the run adds to it.

Before a run: which files need nothing at all, which proofs of the others need not be run. During
it: every verdict is kept as it comes. docs/ledger.md tells what a verdict is kept under, and why.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from checker.auxfile import read_aux
from checker.document import Document, Proof, Settings, read_document
from checker.fingerprint import (
    Fingerprints,
    Variables,
    fingerprints,
    loading_text,
    settled_key,
    surroundings,
    wrong_key,
)
from checker.ledger import Entry
from checker.loaded import Contents
from checker.report import Event, FileDone, ProofDone
from checker.results import FileResult, Message, Position, ProofResult, Verdict
from checker.run import Run
from checker.timing import recorded_seconds
from makegen.loadpath import logical_name

LOADED = "loaded"  # topic: for a text that says what to load, the files that coqc then read
PROOFS = "proofs"  # topic: for a source, its proofs by name: seconds, memory, section variables
SOURCES = "sources"  # topic: for the digest of a source, what its loading text is
# What coqc reads and does not depend on: hints, and answers of provers that it checks again.
_CACHES = (".aux", ".cache")


@dataclass(frozen=True)
class Known:
    """What earlier runs found out about a source; proofs by the byte offset of their statement."""

    document: Document
    good: frozenset[int] = frozenset()  # proofs that need not be run again
    text_is_good: bool = False  # nor what is between the proofs
    seconds: Mapping[int, float] = field(default_factory=dict)
    variables: Variables = field(default_factory=dict)


@dataclass
class _File:
    """A source of the run, and what is known of it so far."""

    name: str
    document: Document
    loading: str
    opened: Path  # the list that coqc's process keeps of the files that it reads
    proofs: dict[int, Proof] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)  # PROOFS
    around: str | None = None  # None: it is not known what coqc loads
    keys: Fingerprints | None = None
    results: dict[int, ProofResult] = field(default_factory=dict)  # of this run


class Memory:
    """The ledger as one run uses it."""

    def __init__(self, run: Run, folder: Path, *, recheck: bool = False) -> None:
        """`folder`: private, for lists of opened files. `recheck`: no verdict is believed."""
        self._run = run
        self._folder = folder
        self._recheck = recheck
        self._contents = Contents(run.ledger, run.project.root)
        self._files: dict[str, _File] = {}
        self._fixed = list(_fixed_parts(run))

    # ---- before the run ----

    def settled(self, file: str) -> int | None:
        """The number of proofs of a source that needs no run at all, else None."""
        text = self._run.path(file).read_bytes()
        source = self._run.ledger.recall(SOURCES, _digest(text))
        if source is None or self._recheck:
            return None
        around = self._around(source["loading"])
        if around is None:
            return None
        key = settled_key(around, text)
        return source["proofs"] if self._run.ledger.entries([key]) else None

    def known(self, file: str) -> Known:
        """What is known of a source that is to be run."""
        text = self._run.path(file).read_bytes()
        arguments = (*self._run.project.arguments, *self._run.extra_arguments)
        document = read_document(text, Settings.of_arguments(arguments))
        loading = loading_text(document)
        opened = self._folder / f"{len(self._files)}.opened"
        found = _File(file, document, loading, opened)
        found.proofs = {p.statement.start: p for p in document.proofs}
        found.records = self._run.ledger.recall(PROOFS, file) or {}
        found.around = self._around(loading)
        self._files[file] = found
        variables = self._variables(found)
        good: frozenset[int] = frozenset()
        text_is_good = False
        if found.around is not None:
            found.keys = fingerprints(document, found.around, variables)
            if not self._recheck:
                kept = self._run.ledger.entries([found.keys.text, *found.keys.proofs.values()])
                good = frozenset(at for at, key in found.keys.proofs.items() if key in kept)
                text_is_good = found.keys.text in kept
        return Known(document, good, text_is_good, self._seconds(found), variables)

    def opened_list(self, file: str) -> Path:
        """Where a coqc that runs the file is to list the files that it reads."""
        return self._files[file].opened

    def wrong(self, file: str) -> list[ProofResult]:
        """The proofs of a source that are known to be wrong, with coqc's words."""
        found = self._files[file]
        if found.keys is None or self._recheck:
            return []
        keys = {
            wrong_key(key, found.document, found.proofs[at]): at
            for at, key in found.keys.proofs.items()
        }
        kept = self._run.ledger.entries(keys)
        return [_wrong_result(found, keys[key], entry) for key, entry in kept.items()]

    # ---- during the run ----

    def tell(self, event: Event) -> None:
        """Keep what the event says, before anyone else hears of it."""
        match event:
            case ProofDone(result, _, False) if result.offset is not None:
                found = self._files[result.file]
                found.results[result.offset] = result
                self._learn_around(found)
                self._keep(found, [result])
            case FileDone(result, _, _, False) if result.file in self._files:
                self._close(self._files[result.file], result)
            case _:
                pass

    def _learn_around(self, found: _File) -> None:
        """Digest what coqc has read so far; early verdicts are kept again when that was not all."""
        names = self._names(found.opened)
        digests = self._contents.digests(names) if names else None
        around = None if digests is None else surroundings([*self._fixed, *digests])
        if around is not None and around != found.around:
            found.around = around
            found.keys = fingerprints(found.document, around, self._variables(found))
            self._keep(found, found.results.values())

    def _keep(self, found: _File, results: Iterable[ProofResult]) -> None:
        if found.keys is None:
            return
        entries = (_entry(found, found.keys, result) for result in results)
        self._run.ledger.keep(entry for entry in entries if entry)

    def _close(self, found: _File, result: FileResult) -> None:
        """Keep what is known at the end of a file."""
        self._learn_around(found)
        self._contents.save()
        for at, one in found.results.items():
            record = found.records.setdefault(found.proofs[at].full_name, {})
            record |= {"seconds": round(one.seconds, 4), "memory": one.memory}
        self._run.ledger.remember(PROOFS, [(found.name, found.records)])
        if found.keys is None or found.around is None:
            return
        names = self._names(found.opened)
        self._run.ledger.remember(LOADED, [(self._loading_key(found.loading), names)])
        if result.verdict is Verdict.CHECKED:
            text = found.document.text
            source = {"loading": found.loading, "proofs": len(found.document.proofs)}
            self._run.ledger.remember(SOURCES, [(_digest(text), source)])
            keys = (found.keys.text, settled_key(found.around, text))
            self._run.ledger.keep(Entry(key, Verdict.CHECKED.value) for key in keys)

    # ---- parts of keys ----

    def _around(self, loading: str) -> str | None:
        """The surroundings of a source, if it is known which files it loads and they are there."""
        names = self._run.ledger.recall(LOADED, self._loading_key(loading))
        digests = self._contents.digests(names) if names else None
        return None if digests is None else surroundings([*self._fixed, *digests])

    def _loading_key(self, loading: str) -> str:
        return surroundings([*self._fixed, loading])

    def _names(self, opened: Path) -> list[str]:
        """The files that coqc read, each once."""
        if not opened.exists():
            return []
        lines = opened.read_text(errors="surrogateescape").splitlines()
        names = {self._contents.relative(line) for line in lines}
        return sorted(name for name in names if not name.endswith(_CACHES))

    # ---- what is known of proofs by name ----

    def _variables(self, found: _File) -> Variables:
        return {
            at: tuple(used)
            for at, proof in found.proofs.items()
            if (used := found.records.get(proof.full_name, {}).get("variables")) is not None
        }

    def _seconds(self, found: _File) -> dict[int, float]:
        """Recorded by a run of ours, else by coqc in its .aux file."""
        proofs = list(found.proofs.values())
        ends = [(p.full_name, (p.last.start, p.last.end)) for p in proofs]
        aux = read_aux(self._run.path(found.name))
        seconds = {}
        for proof, time in zip(
            proofs, recorded_seconds(aux, found.document.text, ends), strict=True
        ):
            ours = found.records.get(proof.full_name, {}).get("seconds", time)
            if ours is not None:
                seconds[proof.statement.start] = float(ours)
        return seconds


def _fixed_parts(run: Run) -> Iterable[str]:
    """What is the same for all files of a run: Coq, its arguments, the load path, the project."""
    project = run.project
    yield run.toolchain.name
    for path in project.load_paths:
        folder = Path(project.root, path.folder)
        below = folder.is_relative_to(project.root)
        yield f"{path.kind.value} {folder.relative_to(project.root) if below else ''}"
        yield path.logical
    yield from (*project.arguments, "extra", *run.extra_arguments, "sources")
    names = (logical_name(project.root, project.load_paths, file) for file in project.v_files)
    yield from sorted(name or "" for name in names)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _entry(found: _File, keys: Fingerprints, result: ProofResult) -> Entry | None:
    """How a result is kept, if it is: good, or wrong in coqc's own words at their place."""
    assert result.offset is not None, "it is known which proof"
    key = keys.proofs.get(result.offset)
    if key is None:
        return None
    if result.verdict is Verdict.CHECKED:
        return Entry(key, result.verdict.value, result.seconds, result.memory)
    if result.verdict is not Verdict.WRONG or any(message.note for message in result.messages):
        return None
    first_line, _ = found.document.lines().position(result.offset)
    messages = []
    for message in result.messages:
        if message.position is None:
            return None
        place = replace(message.position, line=message.position.line - first_line)
        messages.append(asdict(replace(message, position=place)))
    key = wrong_key(key, found.document, found.proofs[result.offset])
    return Entry(key, result.verdict.value, result.seconds, result.memory, json.dumps(messages))


def _wrong_result(found: _File, at: int, entry: Entry) -> ProofResult:
    """A kept complaint, at its place in the source as it is now."""
    first_line, _ = found.document.lines().position(at)
    messages = []
    for kept in json.loads(entry.messages):
        place = Position(**kept["position"])
        place = replace(place, file=found.name, line=place.line + first_line)
        messages.append(Message(place, kept["text"]))
    proof = found.proofs[at].full_name
    return ProofResult(
        found.name, proof, Verdict.WRONG, entry.seconds, tuple(messages), offset=at
    )
