"""Section variables that stand in for a missing `Proof using` when interfaces are made.

coqc -vos (-vio) puts off a proof in a section only where it knows which section variables the
proof uses. Where the proof does not say, Coq looks for the hint `context_used` in the .aux file, at
the place of `Qed.` (stm/stm.ml, get_hint_ctx). Coq writes that hint at another place, under the
name of the source, and looks for it under the name of the file that it makes, with the digest that
this file has when coqc starts: so its own hints are never found (8.16, 8.20 and 9.2 alike). We
write them where it looks, from what earlier checks learnt, for the empty file that is to become the
interface (checker.interfaces.remake).

It looks only for proofs that begin with a sentence `Proof`. For the others `Proof using` is written
into a text that coqc is given in the place of the source (checker.interfaces.hinted_text), where
that can be.

A hint may be wrong, since the source has changed. So an interface that was made with hints counts
as open until a check has confirmed each of them, and is made again without them where that fails.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker.document.document import Document, Proof, ProofEnd
from checker.document.documents import settings_of
from checker.document.proof_using import collections
from checker.document.reader import read_document
from checker.document.section_variables import declared
from checker.document.sentences import coqc_offset
from checker.interfaces import hinted_text
from checker.interfaces.freshness import MADE_WITH, VIO, VOS, Hinted, made_with, product
from checker.knowledge.records import PROOFS
from checker.run.run import Run
from makegen.coq.auxfile import AuxFile, Entry, write_aux
from makegen.coq.toolchain import Toolchain

CONTEXT_USED = "context_used"
LEAST = 1.0  # seconds: for less, it does not pay to have the check look at all dependents once
_RESERVED = frozenset({"All", "Type"})  # not variables, where Coq reads a set of them
_OF_NOTHING = hashlib.md5(b"", usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Lent:
    """How interfaces are made with hints.

    `least`: CPU seconds that the hints for a source have to save. An interface with a proof put off
    is not the one with that proof run: the first hints for a source cost a check of what loads it.
    """

    least: float = LEAST
    environ: Mapping[str, str] = field(default_factory=dict)  # with which coqc takes another text
    used: set[str] = field(default_factory=set)  # sources for which there were hints


def prepare(run: Run, file: str, output: Path, lent: Lent) -> Hinted | None:
    """Write hints for a coqc that makes `output`; None where there are none."""
    known = PROOFS.recall(run.ledger, file)
    if known is None or sum(known.seconds.get(p, 0.0) for p in known.variables) < lent.least:
        return None
    source = run.path(file)
    modified = source.stat().st_mtime_ns
    document = read_document(source.read_bytes(), settings_of(run))
    hints = hints_of(document, known.variables)
    clauses = _clauses(document, hints) if lent.environ else {}
    hints = clauses or {proof: names for proof, names in hints.items() if proof.start}
    if not hints:
        return None
    if clauses:
        hinted_text.write(source, hinted_text.with_clauses(document, clauses), modified)
    else:
        shift = coqc_offset(document.text)
        entries = tuple(
            Entry(proof.last.start - shift, proof.last.end - shift, CONTEXT_USED, names)
            for proof, names in hints.items()
        )
        output.touch()
        write_aux(output, AuxFile(_OF_NOTHING, str(output), entries))
    lent.used.add(file)
    named = {proof.full_name: names for proof, names in hints.items()}
    return Hinted(hashlib.sha256(document.text).hexdigest(), named)


def opened(run: Run) -> dict[str, Hinted]:
    """The sources whose interfaces were made with hints that nobody has confirmed."""
    records = {
        file: made_with(run, file, quick_suffix(run.toolchain)) for file in run.project.v_files
    }
    return {file: made.hinted for file, made in records.items() if made and made.hinted}


def is_of_text(run: Run, file: str, hinted: Hinted) -> bool:
    """Whether the source is still the one that the hints were for."""
    return hinted.text == hashlib.sha256(run.path(file).read_bytes()).hexdigest()


def confirm(run: Run, file: str, hinted: Hinted) -> None:
    """The hints are right; nothing is known of an interface that was made since."""
    made = made_with(run, file, quick_suffix(run.toolchain))
    if made and made.hinted == hinted:
        MADE_WITH.remember(run.ledger, [(_compiled(run, file), replace(made, hinted=None))])


def undo_opened(run: Run) -> None:
    """Remove all that was made with hints which nobody has confirmed."""
    undo(run, opened(run))


def undo(run: Run, files: Iterable[str]) -> None:
    """Remove the interfaces of these sources, to be made again without hints."""
    for file in files:
        run.path(_compiled(run, file)).unlink(missing_ok=True)
        MADE_WITH.forget(run.ledger, [_compiled(run, file)])


def are_right(hints: Mapping[str, str], told: Mapping[str, bytes]) -> bool:
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
    return {p: names for p, names in hints.items() if hinted_text.has_room(document, p)}


def _may_be_hinted(proof: Proof) -> bool:
    return (
        proof.is_delegable
        and proof.needs_variables
        and proof.default_using is None
        and proof.kind is ProofEnd.QED
        and not proof.depth
        and not proof.together  # those of several theorems coqc runs anyway
    )


def quick_suffix(toolchain: Toolchain) -> str:
    """Of what `make quick` makes."""
    return VIO if toolchain.has_vio else VOS


def _compiled(run: Run, file: str) -> str:
    return product(file, quick_suffix(run.toolchain))
