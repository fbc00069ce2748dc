"""Why a file is run: what changed since the last check that came to the file's end. Pure.

What is known cannot tell all causes apart; then the more general one is told.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from checker.document.document import Proof
from checker.knowledge.inputs import source_place
from checker.knowledge.keys import Fingerprints
from checker.knowledge.known import Known
from checker.knowledge.records import Topic, read_text, read_words
from checker.report.events import Explained

INSTALLED = "installed files"
SHORT = 12  # digits of a digest that only an explanation looks at

RECHECK = "--recheck: no verdict is believed"
REFUTED = "a proof uses other section variables than was taken for granted"
UNNAMED = "it loads a file that coqdep does not name"
NEW = "nothing is kept from a check of it"
STAND_IN = "only its stand-in is missing, or of another text"
LOADED = "files asked for load it, and its stand-in is missing, or of another text"
UNSURE = "files asked for load it, and which section variables it uses is not sure"
SETTINGS = "Coq, its arguments, the load path or a variable changed"
REQUIRES = "it loads other files"
CANDIDATES = "files came or went that it may mean by what it requires"
UNKNOWN = "what it loads could not be looked up"
TEXT = "its text changed"
PROOFS = "proofs of it changed"
NOT_GOOD = "not all of it is known to be good"


@dataclass(frozen=True)
class Basis:
    """What the verdicts on a file hold for, part by part."""

    settings: str  # Coq, its arguments, the load path, variables
    requires: str  # what the text says of the files to load
    candidates: str  # the files that may be meant by that
    loads: Mapping[str, str]  # digests of the files of the project, and one of all others
    text: str  # the key of the text; empty: there is none
    names: Sequence[str]  # of the proofs
    proofs: Sequence[str]  # digests of their own statements and scripts
    keys: Sequence[str]

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        return cls(
            settings=read_text(value["settings"]),
            requires=read_text(value["requires"]),
            candidates=read_text(value["candidates"]),
            loads={name: read_text(digest) for name, digest in value["loads"].items()},
            text=read_text(value["text"]),
            names=read_words(value["names"]),
            proofs=read_words(value["proofs"]),
            keys=read_words(value["keys"]),
        )

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


LAST = Topic("last check", Basis.read, Basis.written)  # by name of the source


def loads_of(names: Sequence[str], digests: Sequence[str | None]) -> dict[str, str]:
    """What a file loads, as a Basis has it; names are relative to the project where they can be."""
    found = {}
    others = hashlib.sha256()
    for name, digest in zip(map(source_place, names), digests, strict=True):
        if name.startswith("/"):
            others.update(f"{digest}\n".encode())
        else:
            found[name] = (digest or "")[:SHORT]
    return {**found, INSTALLED: others.hexdigest()[:SHORT]}


def short(digests: Mapping[int, str]) -> list[str]:
    """The beginnings of the digests, once each."""
    return sorted({digest[:SHORT] for digest in digests.values()})


@dataclass(frozen=True)
class Question:
    """A file that is run, and what is known of it now and was at its last check."""

    file: str
    known: Known
    keys: Fingerprints
    last: Basis | None
    now: Basis
    is_looked_up: bool  # it is known what it loads

    def answer(self, *, recheck: bool, again: str | None) -> Explained:
        """Why it is run; `again`: why in this very check once more."""
        if recheck:
            return self._explained(RECHECK)
        if not self.known.is_asked:
            return self._explained(UNSURE if self.known.stands else LOADED)
        if again:
            return self._explained(again)
        if self.known.is_all_decided:
            return self._explained(STAND_IN)
        if self.last is None:
            return self._explained(NEW)
        outside = "; ".join(self._outside(self.last))
        proofs = self._proofs(self.last, outside)
        return self._explained(outside or self._inside(self.last, proofs), proofs)

    def _explained(self, why: str, proofs: Mapping[str, Sequence[str]] | None = None) -> Explained:
        return Explained(self.file, why, len(self._wanted), self._total, proofs or {})

    @property
    def _total(self) -> int:
        return len(self.known.document.proofs)

    @property
    def _wanted(self) -> list[Proof]:
        return [proof for proof in self.known.document.proofs if self.known.is_wanted(proof)]

    def _outside(self, last: Basis) -> Iterator[str]:
        """What changed around the text. Of other settings, or other texts, the rest is not kept."""
        now = self.now
        if last.settings != now.settings:
            yield SETTINGS
        elif last.requires != now.requires:
            yield REQUIRES
        else:
            if last.candidates != now.candidates:
                yield CANDIDATES
            both = sorted(last.loads.keys() | now.loads.keys())
            changed = [name for name in both if last.loads.get(name) != now.loads.get(name)]
            if changed:
                yield f"what it loads changed: {', '.join(changed)}"
            elif not self.is_looked_up and last.candidates == now.candidates:
                yield UNKNOWN

    def _inside(self, last: Basis, proofs: Mapping[str, object]) -> str:
        if last.text != self.now.text:
            return TEXT
        return PROOFS if proofs.keys() & {"changed", "new"} else NOT_GOOD

    def _proofs(self, last: Basis, outside: str) -> dict[str, list[str]]:
        """The proofs that are run, by cause; without those for which that of the file is enough."""
        found = defaultdict(list)
        for proof in self._wanted:
            why = self._why(proof, last)
            if why and not (outside and why == _BEFORE):
                found[why].append(proof.full_name)
        return dict(found)

    def _why(self, proof: Proof, last: Basis) -> str:
        at = proof.statement.start
        if not proof.is_delegable or proof.depth:
            return "" if last.text != self.now.text else "run with the text, which it is part of"
        own, key = self.keys.own.get(at), self.keys.proofs.get(at)
        if own is None or key is None:
            return f"the section variables that {self._unknown()} uses are not known"
        if own[:SHORT] not in last.proofs:
            return "changed" if proof.full_name in last.names else "new"
        return "no verdict on it was kept" if key[:SHORT] in last.keys else _BEFORE

    def _unknown(self) -> str:
        """The proof after which there are no keys."""
        at = max(self.keys.proofs)
        return next(p.full_name for p in self.known.document.proofs if p.statement.start == at)


_BEFORE = "what stands before it changed"
