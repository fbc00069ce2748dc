"""What the ledger knows of the sources of a run, and what the run adds to it.

Before a run: which files need nothing at all, which proofs of the others need not be run. During
it: every verdict is kept as it comes. docs/ledger.md tells what a verdict is kept under, and why.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from checker.document.document import Document
from checker.document.unproved import unproved, unproved_in
from checker.knowledge.entries import entry_of, wrong_result
from checker.knowledge.keys import fingerprints, loading_of, settled_key
from checker.knowledge.known import Known
from checker.knowledge.reasons import LAST, Question
from checker.knowledge.records import LOADED, PROOFS, SOURCES, SourceRecord
from checker.knowledge.source import Source
from checker.knowledge.store import Entry, Ledger
from checker.knowledge.surroundings import Surroundings
from checker.knowledge.unnamed import Unnamed
from checker.report.events import Event, Explained, FileDone, ProofDone
from checker.report.results import FileResult, ProofResult, Verdict
from makegen.coq.workspace import Workspace


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
        self._surroundings = Surroundings(workspace, ledger)
        self._contents = self._surroundings.contents
        self.unnamed = Unnamed(workspace.project)
        self._sources: dict[str, Source] = {}
        self._lists = 0  # of opened files, so far
        self._refuted: set[str] = set()

    # ---- before the run ----

    def settled(self, file: str) -> SourceRecord | None:
        """What is kept of a source that needs no run at all, else None."""
        text = self._workspace.path(file).read_bytes()
        record = SOURCES.recall(self._ledger, _digest(text))
        if record is None or self.recheck:
            return None
        if record.unproved is None:
            record = replace(record, unproved=unproved_in(text))
            SOURCES.remember(self._ledger, [(_digest(text), record)])
        surroundings = self._surroundings.of_recorded(file, record.loading)
        if surroundings is None:
            return None
        key = settled_key(surroundings, text)
        return record if self._ledger.entries([key]) else None

    def known(
        self,
        file: str,
        document: Document,
        *,
        believe: bool = True,
        opened: Path | None = None,
        begun: int | None = None,
    ) -> Known:
        """What is known of a source that is to be run; not `believe`: no verdict.

        `opened`: the list of the files that processes have read already which go on with it, since
        `begun` (ns).
        """
        loading = loading_of(document)
        self._lists += 1  # a file that is looked up again gets another list
        opened = opened or self._folder / f"{self._lists}.opened"
        source = Source(file, document, document.lines(), loading, opened)
        source.begun = begun or source.begun
        source.proofs = {p.statement.start: p for p in document.proofs}
        source.surroundings = self._surroundings.of_recorded(file, loading.digest)
        source.uses = self._recorded_uses(source)
        self._sources[file] = source
        self._refuted.discard(file)
        kept = self._kept(source, believe=believe and not self.recheck)
        source.good = frozenset(at for at, key in source.key_of.items() if key in kept)
        source.confirmed = {at: source.uses[at] for at in source.good if at in source.uses}
        source.list_unsure()
        source.text_is_good = source.keys is not None and source.text_key in kept
        return Known(
            document=document,
            opened=opened,
            good=source.good,
            wrong=self._wrong(source) if believe else (),
            text_is_good=source.text_is_good,
            uses=dict(source.uses),
        )

    def depends(self, file: str, names: Iterable[str]) -> None:
        """A source that was looked up depends on these, whether its process opens them or not."""
        self._sources[file].read.update(names)

    def kept(self, file: str, document: Document) -> frozenset[int]:
        """The proofs of a source that the next run need not run, as far as keys tell by now."""
        if file not in self._sources:
            self.known(file, document)
        source = self._sources[file]
        found = self._ledger.entries(source.key_of.values())
        good = frozenset(at for at, key in source.key_of.items() if key in found)
        return good | {result.offset for result in self._wrong(source) if result.offset is not None}

    def explain(self, file: str, known: Known, *, again: bool) -> Explained:
        """Why a file that was looked up is run; `again`: what was found of it does not count."""
        source = self._sources[file]
        last = LAST.recall(self._ledger, file)
        keys = source.keys or fingerprints(source.document, "", source.uses)
        now = self._surroundings.basis(source, keys)
        is_looked_up = source.surroundings is not None
        question = Question(file, known, keys, last, now, is_looked_up=is_looked_up)
        why = self.unnamed.why_again(file) if again else None
        return question.answer(recheck=self.recheck, again=why)

    def text_key(self, file: str) -> str | None:
        """The key of the file's text, in which proofs that can be put off count by statement."""
        return self._sources[file].text_key

    def is_sure(self, file: str) -> bool:
        """Whether the keys of the file take nothing for granted of section variables."""
        return not self._sources[file].unsure

    def written(self, path: Path) -> None:
        """A compiled file was written: what is known of its content does not hold any more."""
        self._contents.forget(self._contents.relative(str(path)))

    def stood_still(self, file: str, since: int) -> bool:
        """Whether nothing that the file loads was touched since then (ns), as far as is known."""
        recorded = self._surroundings.recorded(self._sources[file].loading.digest)
        names = recorded.names if recorded else ()
        return not any(self._contents.changed_since(name, since) for name in names)

    def in_use(self) -> tuple[set[str], dict[str, set[str]]]:
        """What the sources looked up so far keep alive: keys of verdicts, and by topic of records.

        Of topics whose keys are names of sources nothing is said.
        """
        verdicts: set[str] = set()
        records: dict[str, set[str]] = {LOADED.name: set(), SOURCES.name: set()}
        for source in self._sources.values():
            text = source.document.text
            records[LOADED.name].add(self._surroundings.loading_key(source.loading.digest))
            records[SOURCES.name].add(_digest(text))
            if source.surroundings is None:
                continue
            verdicts |= {source.text_key or "", settled_key(source.surroundings, text)}
            verdicts |= set(source.key_of.values())
            verdicts |= {source.wrong_key(at) for at in source.key_of}
        return verdicts, records

    def _kept(self, source: Source, *, believe: bool) -> dict[str, Entry]:
        """The good verdicts that hold now; the keys are made from what the proofs use then."""
        source.make_keys()
        if source.keys is None or not believe:
            return {}
        while True:
            keys = [*source.key_of.values(), *([source.text_key] if source.text_key else [])]
            kept = self._ledger.entries(keys)
            told = {
                at: kept[key].uses.encode()
                for at, key in source.key_of.items()
                if key in kept and kept[key].uses
            }
            if source.uses | told == source.uses:
                return kept
            source.uses |= told
            source.make_keys()

    def _wrong(self, source: Source) -> tuple[ProofResult, ...]:
        """The proofs of a source that are known to be wrong, with coqc's words."""
        if self.recheck:
            return ()
        # Proofs that need section variables have to be run, for others to go on.
        proofs = (at for at in source.key_of if not source.proofs[at].needs_variables)
        keys = {source.wrong_key(at): at for at in proofs}
        entries = self._ledger.entries(keys)
        found = {keys[key]: wrong_result(source, keys[key], e) for key, e in entries.items()}
        results = {at: result for at, result in found.items() if result}
        source.wrong = frozenset(results)
        return tuple(results.values())

    def _recorded_uses(self, source: Source) -> dict[int, bytes]:
        """By name, from the last run: an assumption."""
        records = PROOFS.recall(self._ledger, source.name)
        words = records.variables if records else {}
        return {
            at: words[proof.full_name].encode()
            for at, proof in source.proofs.items()
            if proof.full_name in words
        }

    # ---- during the run ----

    def add(self, event: Event) -> None:
        """Keep what the event says, before anyone else hears of it."""
        match event:
            case ProofDone(result, _, False) if result.offset is not None:
                source = self._sources[result.file]
                source.results[result.offset] = result
                if result.uses:
                    source.confirm(result.offset, result.uses)
                self._learn(source)
                self._keep(source, [result])
            case FileDone(result, known=False, uses=uses) if result.file in self._sources:
                source = self._sources[result.file]
                for at, used in uses.items():  # of proofs, too, that nobody asked for
                    source.confirm(at, used)
                self._close(source, result)
            case _:
                pass

    def rests_on_unnamed(self, result: ProofResult | FileResult) -> bool:
        """Whether its coqc has loaded what nobody has seen to, or looked for it in vain."""
        if result.file in self._sources:
            self._learn(self._sources[result.file])
        self.unnamed.add_missing(result.file, result.messages)
        return self.unnamed.are_loaded_by(result.file)

    def is_refuted(self, file: str) -> bool:
        """Whether a proof uses other section variables than the verdicts after it took for granted.

        What was known of the file is then to be asked for again.
        """
        return file in self._refuted

    def _learn(self, source: Source) -> None:
        """Look at what coqc has read so far; early verdicts are kept anew when that was not all."""
        if not source.read_opened(self._contents):
            return
        self.unnamed.add_read(source.name, source.read)
        if self.unnamed.are_loaded_by(source.name):
            source.surroundings = None
            source.make_keys()
            return
        # A run of a few proofs ends before what the file loads below them.
        before = self._surroundings.recorded(source.loading.digest)
        kept = before.names if before and source.surroundings is not None else ()
        names = sorted(source.read.union(kept))
        requires = source.loading.requires
        found = self._surroundings.of_read(source.name, requires, names, source.begun)
        if found != source.surroundings:
            source.surroundings = found
            self._surroundings.remember_read(source.loading, names)
            self._keep_anew(source)

    def _keep_anew(self, source: Source) -> None:
        """Make the keys anew from what is known by now, and keep this run's verdicts under them."""
        source.make_keys()
        if source.keys is not None:
            self._keep(source, source.results.values())

    def _keep(self, source: Source, results: Collection[ProofResult]) -> None:
        """Keep the verdicts that hold for what their keys say; others wait for the file's end."""
        entries = [
            entry
            for result in results
            if source.is_sure_before(result.offset or 0) and (entry := entry_of(source, result))
        ]
        wrong = (r for r in results if r.verdict is Verdict.WRONG and not r.after_error)
        refuted = (source.key_of.get(r.offset or 0) for r in wrong)
        self._ledger.drop(key for key in refuted if key)
        self._ledger.keep(entries)

    def _close(self, source: Source, result: FileResult) -> None:
        """Keep what is known at the end of a file."""
        self._learn(source)
        self._contents.save()
        if source.uses != source.confirmed:
            first_refuted = source.confirm_all()
            if first_refuted is not None and source.takes_for_granted(after=first_refuted):
                self._refuted.add(source.name)
            self._keep_anew(source)
        if source.keys is None or source.surroundings is None:
            return
        LAST.remember(self._ledger, [(source.name, self._surroundings.basis(source, source.keys))])
        if source.text_key is None:
            return
        if result.verdict is Verdict.CHECKED and source.is_complete:
            text, document = source.document.text, source.document
            proofs = len(document.proofs)
            record = SourceRecord(source.loading.digest, proofs, unproved(document))
            SOURCES.remember(self._ledger, [(_digest(text), record)])
            keys = [settled_key(source.surroundings, text)]
            if not any(proof.after_error for proof in source.results.values()):
                keys.append(source.text_key)
            hosts = [result.host, *self._ledger.hosts_of(source.key_of.values()).values()]
            host = max(hosts)  # what rests on another machine's word does so as a whole
            self._ledger.keep(Entry(key, Verdict.CHECKED.value, host=host) for key in keys)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
