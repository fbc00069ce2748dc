"""Section variables that stand in for a missing `Proof using` when interfaces are made.

coqc -vos (-vio) puts off a proof in a section only where it knows which section variables the
proof uses. Where the proof does not say, Coq looks for the hint `context_used` in the .aux file, at
the place of `Qed.` (stm/stm.ml, get_hint_ctx). Coq writes that hint at another place, under the
name of the source, and looks for it under the name of the file that it makes, with the digest that
this file has when coqc starts: so its own hints are never found (8.16, 8.20 and 9.2 alike). We
write them where it looks, from what earlier checks learnt, for an output that is empty when coqc
starts: whoever empties it first asks for the hints, and no other coqc takes them.

It looks only for proofs that begin with a sentence `Proof`. For the others `Proof using` is written
into a text that coqc is given in the place of the source (checker.interfaces.hinted_text), where
that can be.

A hint may be wrong, since the source has changed. So an interface that was made with hints counts
as open until a check has confirmed each of them, and is made again without them where that fails.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from checker.document.document import Document, Proof, ProofEnd
from checker.document.documents import settings_of
from checker.document.proof_using import collections
from checker.document.reader import read_document
from checker.document.section_variables import declared
from checker.document.sentences import coqc_offset
from checker.interfaces import hinted_text as hintedtext
from checker.interfaces.freshness import VIO, VOS, product
from checker.interfaces.hint_records import HINTS, HintRecord, Hints, Prepared, Stamp
from checker.knowledge.records import PROOFS, ProofRecords
from checker.run.run import Run
from makegen.coq import cutoff
from makegen.coq.auxfile import Entry, has_hints, remove_hints, write_hints

CONTEXT_USED = "context_used"
_RESERVED = frozenset({"All", "Type"})  # not variables, where Coq reads a set of them


@dataclass(frozen=True)
class Opened:
    """A compiled file that may have been made with hints that nobody has confirmed."""

    hints: Hints | None  # None: it is not known which, or for which text
    state: str  # of the compiled file, and of what the ledger says of it


def prepare(run: Run, least: float, *, by_text: bool = False) -> list[str]:
    """Write the hints for all sources of the project for which there are any; these sources.

    `by_text`: coqc can be given another text than the source. `least`: CPU seconds that the hints
    for a source have to save. An interface with a proof put off is not the one with that proof run:
    the first hints for a source cost a check of what loads it.
    """
    proofs = PROOFS.all(run.ledger)
    records = HINTS.all(run.ledger)
    hinted = []
    kept = []
    for file in run.project.v_files:
        known = proofs.get(file, ProofRecords())
        words = known.variables
        if sum(known.seconds.get(name, 0.0) for name in words) < least:
            words = {}
        before = records.get(file)
        if not (words or before) or not run.path(file).exists():
            continue
        key = _key(run, file, words, by_text=by_text)
        if before and before.key == key and _is_prepared(run, file, before.prepared):
            prepared = before.prepared
        else:
            prepared = _prepare_file(run, file, words, by_text=by_text)
        made = _made_with(run, file, before)
        if prepared or made:
            kept.append((file, HintRecord(key, _stamp(run, file), prepared, made)))
        if prepared:
            hinted.append(file)
    HINTS.remember(run.ledger, kept)
    return hinted


def opened(run: Run) -> dict[str, Opened]:
    """The sources whose compiled files may have been made with hints that nobody has confirmed."""
    records = HINTS.all(run.ledger)
    found = {}
    for file in run.project.v_files:
        record = records.get(file)
        made = _made_with(run, file, record)
        is_lost = record is None and _stamp(run, file) is not None and has_hints(run.path(file))
        if made or is_lost:
            is_of_text = made and made.text == _digest(run, file)
            found[file] = Opened(made.hints if made and is_of_text else None, _state(run, file))
    return found


def confirm(run: Run, file: str, opened: Opened) -> None:
    """The hints are right; nothing is known of what was made, or prepared, since `opened`."""
    if _state(run, file) == opened.state:
        _close(run, file)


def made_plainly(run: Run, file: str, suffix: str) -> None:
    """Take note that F.vos (F.vio) was made without hints just now."""
    if product(file, suffix) == _compiled(run, file):
        _close(run, file)


def _close(run: Run, file: str) -> None:
    """The compiled file is as if it had been made without hints, or it is gone."""
    HINTS.forget(run.ledger, [file])
    with contextlib.suppress(OSError):
        hintedtext.path_of(run.path(file)).unlink(missing_ok=True)
        remove_hints(run.path(file))


def undo(run: Run, files: Iterable[str]) -> None:
    """Remove the compiled files of these sources, to be made again without hints."""
    for file in files:
        made = run.path(_compiled(run, file))
        for path in (made, cutoff.stamp(made)):
            path.unlink(missing_ok=True)
        _close(run, file)


def undo_opened(run: Run) -> list[str]:
    """Remove all that was made with hints which nobody has confirmed; the sources."""
    files = list(opened(run))
    undo(run, files)
    return files


def are_right(hints: Hints, told: Mapping[str, bytes]) -> bool:
    """Whether none of the hints differs from what coqc told; `told`: stand-ins, by full name."""
    pairs = ((names, told[name]) for name, names in hints.items() if name in told)
    return all(declared(words) == frozenset(names.split()) for names, words in pairs)


def hints_of(document: Document, words: Mapping[str, str]) -> dict[Proof, str]:
    """The names to hint at for the proofs that need it, from the words that stood in for them.

    None where Coq might take a name for something else, or where a default holds.
    """
    taken = collections(document) | _RESERVED
    found = {}
    for proof in document.proofs:
        if not _may_be_hinted(proof) or proof.full_name not in words:
            continue
        names = declared(words[proof.full_name].encode())
        if names is not None and names <= set(proof.section_variables) - taken:
            found[proof] = " ".join(sorted(names))
    return found


def _clauses(document: Document, hints: Mapping[Proof, str]) -> dict[Proof, str]:
    """The hints to be written out in the text that coqc reads; none where the .aux file will do.

    It is either the one or the other: places in the .aux file are those of the source.
    """
    if all(proof.start for proof in hints):
        return {}
    return {p: names for p, names in hints.items() if hintedtext.has_room(document, p)}


def _may_be_hinted(proof: Proof) -> bool:
    return (
        proof.is_delegable
        and proof.needs_variables
        and proof.default_using is None
        and proof.kind is ProofEnd.QED
        and not proof.depth
    )


def _is_prepared(run: Run, file: str, prepared: Prepared | None) -> bool:
    """Whether what was written for these hints is still there."""
    takes_text = prepared is not None and prepared.by_text
    text = hintedtext.path_of(run.path(file))
    return has_hints(run.path(file)) and (not takes_text or text.exists())


def _prepare_file(
    run: Run, file: str, words: Mapping[str, str], *, by_text: bool
) -> Prepared | None:
    """Write the hints of a source; nothing is hinted at where they cannot be written."""
    source = run.path(file)
    try:
        modified = source.stat().st_mtime_ns
        document = read_document(source.read_bytes(), settings_of(run))
        hints = hints_of(document, words)
        clauses = _clauses(document, hints) if by_text else {}
        hints = clauses or {proof: names for proof, names in hints.items() if proof.start}
        hintedtext.path_of(source).unlink(missing_ok=True)
        if not hints:
            remove_hints(source)
            return None
        shift = coqc_offset(document.text)
        entries = [
            Entry(proof.last.start - shift, proof.last.end - shift, CONTEXT_USED, names)
            for proof, names in hints.items()
            if proof not in clauses
        ]
        write_hints(source, document.text, _output(run, file), entries)
        if clauses:
            hintedtext.write(source, hintedtext.with_clauses(document, clauses), modified)
    except OSError:
        return None
    named = {proof.full_name: names for proof, names in hints.items()}
    digest = hashlib.sha256(document.text).hexdigest()
    return Prepared(digest, named, by_text=bool(clauses))


def _key(run: Run, file: str, words: Mapping[str, str], *, by_text: bool) -> str:
    """Of all that the hints of a source depend on."""
    text = run.path(file).read_bytes()
    known = json.dumps([_output(run, file), by_text, sorted(words.items())])
    return hashlib.sha256(known.encode() + text).hexdigest()


def _compiled(run: Run, file: str) -> str:
    """What `make quick` makes of a source."""
    return product(file, VIO if run.toolchain.has_vio else VOS)


def _output(run: Run, file: str) -> str:
    """The name of the output as Coq writes it: the working folder, and the name given to coqc."""
    name = _compiled(run, file)
    return name if Path(name).is_absolute() else f"{run.project.root.resolve()}/{name}"


def _digest(run: Run, file: str) -> str:
    return hashlib.sha256(run.path(file).read_bytes()).hexdigest()


def _state(run: Run, file: str) -> str:
    return json.dumps([_stamp(run, file), run.ledger.recall(HINTS.name, file)])


def _made_with(run: Run, file: str, record: HintRecord | None) -> Prepared | None:
    """The hints that may be in the compiled file as it is; None: none."""
    if record is None or (stamp := _stamp(run, file)) is None:
        return None
    return record.made if stamp == record.stamp else record.prepared


def _stamp(run: Run, file: str) -> Stamp | None:
    """Of the compiled file; None where there is none."""
    try:
        found = run.path(_compiled(run, file)).stat()
    except OSError:
        return None
    return (found.st_ctime_ns, found.st_ino, found.st_size) if found.st_size else None
