"""What the ledger knows of the sources of a run, and what the run adds to it.

Before a run: which files need nothing at all, which proofs of the others need not be run. During
it: every verdict is kept as it comes. docs/ledger.md tells what a verdict is kept under, and why.
"""

import hashlib
import json
import os
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from checker.document.document import Document, Proof
from checker.document.sentences import Lines
from checker.knowledge.inputs import Contents, opened_since, source_place
from checker.knowledge.keys import (
    Fingerprints,
    Loading,
    fingerprints,
    loading_of,
    settled_key,
    surroundings,
    wrong_key,
)
from checker.knowledge.known import RECORDS, Known
from checker.knowledge.lookup import Lookup, variables
from checker.knowledge.reasons import TOPIC as LAST
from checker.knowledge.reasons import Basis, Question, loads_of, short
from checker.knowledge.store import Entry, Ledger
from checker.report.events import Event, Explained, FileDone, ProofDone
from checker.report.results import FileResult, Message, Position, ProofResult, Verdict
from makegen.coq.workspace import Workspace
from makegen.project.loadpath import logical_name

# Topic: for a text that says what to load, the files that coqc then read (`names`), what the text
# requires, and what could have been found (see lookup.Lookup.found_by).
LOADED = "loaded"
SOURCES = "sources"  # topic: for the digest of a source, what its loading text is


@dataclass
class _File:
    """A source of the run, and what is known of it so far."""

    name: str
    document: Document
    lines: Lines
    loading: Loading
    opened: Path  # the list that coqc's process keeps of the files that it reads
    begun: int = field(default_factory=time.time_ns)  # when its inputs were there to be read
    proofs: dict[int, Proof] = field(default_factory=dict)
    around: str | None = None  # None: it is not known what coqc loads
    keys: Fingerprints | None = None
    uses: dict[int, bytes] = field(default_factory=dict)  # as the keys have it
    confirmed: dict[int, bytes] = field(default_factory=dict)  # those that are no assumption
    unsure: dict[int, bytes] = field(default_factory=dict)  # the rest of `uses`, in order
    good: frozenset[int] = frozenset()  # proofs that are not run, because their key says so
    wrong: frozenset[int] = frozenset()  # likewise
    text_is_good: bool = False
    results: dict[int, ProofResult] = field(default_factory=dict)  # of this run
    opened_size: int = 0  # of the list, as far as it was read
    read: set[str] = field(default_factory=set)  # the files in it that count, besides the source

    @property
    def key_of(self) -> Mapping[int, str]:
        """The keys of its proofs, as far as there are any."""
        return self.keys.proofs if self.keys else {}

    @property
    def is_complete(self) -> bool:
        """Whether every proof that has a verdict of its own has a good one."""
        run = {at for at, result in self.results.items() if result.verdict.is_ok}
        return self.key_of.keys() <= self.good | run

    def takes_for_granted(self, after: int) -> bool:
        """Whether a verdict from before this run is believed on something after this place."""
        return self.text_is_good or any(at > after for at in self.good | self.wrong)

    def is_sure_before(self, offset: int) -> bool:
        """Whether the keys take nothing for granted of the proofs before this place."""
        return next(iter(self.unsure), offset) >= offset

    def list_unsure(self) -> None:
        """Both `uses` and `confirmed` are new."""
        uses = sorted(self.uses.items())
        self.unsure = {at: used for at, used in uses if self.confirmed.get(at) != used}

    def confirm(self, at: int, used: bytes) -> None:
        """A verdict of this run tells what the proof uses."""
        self.confirmed[at] = used
        if self.uses.get(at) == used:
            self.unsure.pop(at, None)


class Recorder:
    """The ledger as one run uses it."""

    def __init__(
        self, workspace: Workspace, ledger: Ledger, folder: Path, *, recheck: bool = False
    ) -> None:
        """`folder`: private, for lists of opened files. `recheck`: no verdict is believed."""
        self._workspace = workspace
        self._ledger = ledger
        self._folder = folder
        self.recheck = recheck
        self._contents = Contents(ledger, workspace.project.root, workspace.environ)
        self._files: dict[str, _File] = {}
        self._fixed = list(_fixed_parts(workspace))
        self._variables = variables(workspace.environ)
        self._lookup = Lookup(workspace.project)
        self._lists = 0  # of opened files, so far
        self._refuted: set[str] = set()

    # ---- before the run ----

    def settled(self, file: str) -> int | None:
        """The number of proofs of a source that needs no run at all, else None."""
        text = self._workspace.path(file).read_bytes()
        source = self._ledger.recall(SOURCES, _digest(text))
        if source is None or self.recheck:
            return None
        around = self._around(file, source["loading"])
        if around is None:
            return None
        key = settled_key(around, text)
        return source["proofs"] if self._ledger.entries([key]) else None

    def known(self, file: str, document: Document, *, believe: bool = True) -> Known:
        """What is known of a source that is to be run; not `believe`: no verdict."""
        loading = loading_of(document)
        self._lists += 1  # a file that is looked up again gets another list
        opened = self._folder / f"{self._lists}.opened"
        found = _File(file, document, document.lines(), loading, opened)
        found.proofs = {p.statement.start: p for p in document.proofs}
        found.around = self._around(file, loading.digest)
        found.uses = self._recorded_uses(found)
        self._files[file] = found
        self._refuted.discard(file)
        kept = self._kept(found, believe=believe and not self.recheck)
        good = frozenset(at for at, key in found.key_of.items() if key in kept)
        found.confirmed = {at: found.uses[at] for at in good if at in found.uses}
        found.list_unsure()
        text_is_good = found.keys is not None and found.keys.text in kept
        found.good, found.text_is_good = good, text_is_good
        return Known(
            document=document,
            opened=opened,
            good=good,
            wrong=self._wrong(found) if believe else (),
            text_is_good=text_is_good,
            uses=dict(found.uses),
        )

    def explain(self, file: str, known: Known, *, again: bool) -> Explained:
        """Why a file that was looked up is run; `again`: after a verdict on it was refuted."""
        found = self._files[file]
        kept = self._ledger.recall(LAST, file)
        last = Basis(**kept) if kept else None
        keys = found.keys or fingerprints(found.document, "", found.uses)
        now = self._basis(found, keys)
        question = Question(file, known, keys, last, now, is_looked_up=found.around is not None)
        return question.answer(recheck=self.recheck, again=again)

    def _basis(self, found: _File, keys: Fingerprints) -> Basis:
        recorded = self._ledger.recall(LOADED, self._loading_key(found.loading.digest)) or {}
        names, candidates = recorded.get("names", []), recorded.get("candidates", "")
        if recorded and found.around is None:
            candidates = self._lookup.found_by(recorded["requires"], names)
        return Basis(
            settings=self._loading_key(""),
            requires=found.loading.digest,
            candidates=candidates,
            loads=loads_of(names, [self._contents.digest(name) for name in names]),
            text=keys.text or "",
            names=[proof.full_name for proof in found.proofs.values()],
            proofs=short(keys.own),
            keys=short(keys.proofs),
        )

    def text_key(self, file: str) -> str | None:
        """The key of the file's text, in which proofs that can be put off count by statement."""
        keys = self._files[file].keys
        return keys.text if keys else None

    def is_sure(self, file: str) -> bool:
        """Whether the keys of the file take nothing for granted of section variables."""
        return not self._files[file].unsure

    def written(self, path: Path) -> None:
        """A compiled file was written: what is known of its content does not hold any more."""
        self._contents.forget(self._contents.relative(str(path)))

    def _kept(self, found: _File, *, believe: bool) -> dict[str, Entry]:
        """The good verdicts that hold now; the keys are made from what the proofs use then."""
        if found.around is None:
            return {}
        if not believe:
            found.keys = fingerprints(found.document, found.around, found.uses)
            return {}
        while True:
            found.keys = fingerprints(found.document, found.around, found.uses)
            keys = [*found.key_of.values(), *([found.keys.text] if found.keys.text else [])]
            kept = self._ledger.entries(keys)
            told = {
                at: kept[key].uses.encode()
                for at, key in found.key_of.items()
                if key in kept and kept[key].uses
            }
            if found.uses | told == found.uses:
                return kept
            found.uses |= told

    def _wrong(self, found: _File) -> tuple[ProofResult, ...]:
        """The proofs of a source that are known to be wrong, with coqc's words."""
        if self.recheck:
            return ()
        keys = {
            _wrong_key(found, at, key): at
            for at, key in found.key_of.items()
            if not found.proofs[at].needs_variables  # others need it to be run
        }
        entries = self._ledger.entries(keys)
        found.wrong = frozenset(keys[key] for key in entries)
        return tuple(_wrong_result(found, keys[key], entry) for key, entry in entries.items())

    def in_use(self) -> tuple[set[str], dict[str, set[str]]]:
        """What the sources looked up so far keep alive: keys of verdicts, and by topic of facts."""
        verdicts: set[str] = set()
        facts: dict[str, set[str]] = {LOADED: set(), SOURCES: set()}
        for found in self._files.values():
            text = found.document.text
            facts[LOADED].add(self._loading_key(found.loading.digest))
            facts[SOURCES].add(_digest(text))
            if found.keys is None or found.around is None:
                continue
            verdicts |= {found.keys.text or "", settled_key(found.around, text)}
            verdicts |= set(found.key_of.values())
            verdicts |= {_wrong_key(found, at, key) for at, key in found.key_of.items()}
        return verdicts, facts

    # ---- during the run ----

    def add(self, event: Event) -> None:
        """Keep what the event says, before anyone else hears of it."""
        match event:
            case ProofDone(result, _, False) if result.offset is not None:
                found = self._files[result.file]
                found.results[result.offset] = result
                if result.uses:
                    found.confirm(result.offset, result.uses)
                self._learn(found)
                self._keep(found, [result])
            case FileDone(result, _, _, False) if result.file in self._files:
                self._close(self._files[result.file], result)
            case _:
                pass

    def is_refuted(self, file: str) -> bool:
        """Whether a proof uses other section variables than the verdicts after it took for granted.

        What was known of the file is then to be asked for again.
        """
        return file in self._refuted

    def _learn(self, found: _File) -> None:
        """Look at what coqc has read so far; early verdicts are kept anew when that was not all."""
        if not self._read_opened(found):
            return
        names = sorted(found.read)
        is_sure = names and not any(self._contents.changed_since(n, found.begun) for n in names)
        digests = self._contents.digests(names) if is_sure else None
        around = None
        if digests is not None:
            candidates = self._lookup.found_by(found.loading.requires, names)
            around = self._surroundings(found.name, candidates, digests)
        if around != found.around:
            found.around = around
            self._remember_loaded(found, names)
            self._make_keys(found)

    def _remember_loaded(self, found: _File, names: list[str]) -> None:
        """At once, for a run that is interrupted.

        A proof that was checked by now does not depend on files that are read later, so its verdict
        holds for the list as it is now; keys of a shorter and a longer list differ.
        """
        self._contents.save()
        requires = found.loading.requires
        candidates = self._lookup.found_by(requires, names)
        facts = {"names": names, "requires": requires, "candidates": candidates}
        self._ledger.remember(LOADED, [(self._loading_key(found.loading.digest), facts)])

    def _make_keys(self, found: _File) -> None:
        """Make the keys anew from what is known by now, and keep this run's verdicts under them."""
        found.keys = None
        if found.around is not None:
            found.keys = fingerprints(found.document, found.around, found.uses)
            self._keep(found, found.results.values())

    def _keep(self, found: _File, results: Collection[ProofResult]) -> None:
        """Keep the verdicts that hold for what their keys say; others wait for the file's end."""
        entries = [
            entry
            for result in results
            if found.is_sure_before(result.offset or 0) and (entry := _entry(found, result))
        ]
        wrong = (r for r in results if r.verdict is Verdict.WRONG and not r.after_error)
        refuted = (found.key_of.get(r.offset or 0) for r in wrong)
        self._ledger.drop(key for key in refuted if key)
        self._ledger.keep(entries)

    def _close(self, found: _File, result: FileResult) -> None:
        """Keep what is known at the end of a file."""
        self._learn(found)
        self._contents.save()
        if found.uses != found.confirmed:
            told = found.confirmed.items()
            others = [at for at, used in told if found.uses.get(at, used) != used]
            if others and found.takes_for_granted(after=min(others)):
                self._refuted.add(found.name)
            found.uses = dict(found.confirmed)
            found.list_unsure()
            self._make_keys(found)
        if found.keys is None or found.around is None:
            return
        self._ledger.remember(LAST, [(found.name, asdict(self._basis(found, found.keys)))])
        if found.keys.text is None:
            return
        if result.verdict is Verdict.CHECKED and found.is_complete:
            text = found.document.text
            source = {"loading": found.loading.digest, "proofs": len(found.document.proofs)}
            self._ledger.remember(SOURCES, [(_digest(text), source)])
            keys = [settled_key(found.around, text)]
            if not any(proof.after_error for proof in found.results.values()):
                keys.append(found.keys.text)
            self._ledger.keep(Entry(key, Verdict.CHECKED.value) for key in keys)

    # ---- parts of keys ----

    def _around(self, file: str, loading: str) -> str | None:
        """The surroundings of a source, if it is known which files it loads and they are there.

        It is not where `Require` could find others by now.
        """
        recorded = self._ledger.recall(LOADED, self._loading_key(loading))
        if recorded is None:
            return None
        names = [self._contents.found_now(name) for name in recorded["names"]]
        candidates = self._lookup.found_by(recorded["requires"], names)
        if candidates != recorded["candidates"] or any(map(self._contents.is_outdated, names)):
            return None
        digests = self._contents.digests(names) if names else None
        return None if digests is None else self._surroundings(file, candidates, digests)

    def _surroundings(self, file: str, candidates: str, digests: Iterable[str]) -> str:
        """All that lies outside the document; it can see its own logical name."""
        project = self._workspace.project
        own = logical_name(project.root, project.load_paths, file) or Path(file).stem
        return surroundings([*self._fixed, own, candidates, *digests])

    def _loading_key(self, loading: str) -> str:
        return surroundings([*self._fixed, *self._variables, loading])

    def _read_opened(self, found: _File) -> bool:
        """Whether coqc has read files that count since this was last asked, if only once more."""
        lines, found.opened_size = opened_since(found.opened, found.opened_size)
        names = {self._contents.relative(line) for line in lines}
        own = {os.path.normpath(f"{found.name}{suffix}") for suffix in ("", "o")}
        names = {name for name in names if source_place(name) not in own}
        found.read |= names
        return bool(names)

    def _recorded_uses(self, found: _File) -> dict[int, bytes]:
        """By name, from the last run: an assumption."""
        records = self._ledger.recall(RECORDS, found.name) or {}
        words = records.get("variables", {})
        return {
            at: words[proof.full_name].encode()
            for at, proof in found.proofs.items()
            if proof.full_name in words
        }


def _fixed_parts(workspace: Workspace) -> Iterable[str]:
    """What is the same for all files of a run: Coq, its arguments, the load path."""
    project = workspace.project
    yield workspace.toolchain.name
    for path in project.load_paths:
        folder = Path(project.root, path.folder)
        below = folder.is_relative_to(project.root)
        yield f"{path.kind.value} {folder.relative_to(project.root) if below else ''}"
        yield path.logical
    yield from (*project.arguments, "extra", *workspace.extra_arguments)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _entry(found: _File, result: ProofResult) -> Entry | None:
    """How a result is kept, if it is: good, or wrong in coqc's own words at their place.

    What was checked after something was left out of the file says nothing of the whole file.
    """
    assert result.offset is not None, "it is known which proof"
    key = found.key_of.get(result.offset)
    is_told = result.uses or not found.proofs[result.offset].needs_variables
    if key is None or not is_told or result.after_error:
        return None
    if result.verdict is Verdict.CHECKED:
        uses = result.uses.decode()
        return Entry(key, result.verdict.value, result.seconds, result.memory, uses=uses)
    if result.verdict is not Verdict.WRONG or any(message.note for message in result.messages):
        return None
    first_line, _ = found.lines.position(result.offset)
    messages = []
    for message in result.messages:
        if message.position is None:
            return None
        place = replace(message.position, line=message.position.line - first_line)
        messages.append(asdict(replace(message, position=place)))
    key = _wrong_key(found, result.offset, key)
    return Entry(key, result.verdict.value, result.seconds, result.memory, json.dumps(messages))


def _wrong_key(found: _File, at: int, key: str) -> str:
    _, column = found.lines.position(at)
    return wrong_key(key, column, found.document.text[at : found.proofs[at].last.end])


def _wrong_result(found: _File, at: int, entry: Entry) -> ProofResult:
    """A kept complaint, at its place in the source as it is now."""
    first_line, _ = found.lines.position(at)
    messages = []
    for kept in json.loads(entry.messages):
        place = Position(**kept["position"])
        place = replace(place, file=found.name, line=place.line + first_line)
        messages.append(Message(place, kept["text"]))
    return ProofResult(
        file=found.name,
        proof=found.proofs[at].full_name,
        verdict=Verdict.WRONG,
        seconds=entry.seconds,
        messages=tuple(messages),
        offset=at,
    )
