"""Records: what the ledger remembers beside verdicts, each topic with its reader and writer.

A record that cannot be read, whoever wrote it, counts as none: it costs a run, never a traceback.
Topics whose records belong to one room alone (the seconds of whole files, for instance) are
declared there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Self, TypeVar

from checker.document.section_variables import is_stand_in
from checker.document.unproved import Unproved
from checker.knowledge.keys import Requires
from checker.knowledge.store import Ledger

R = TypeVar("R")

# What readers raise of JSON that is no such record.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)


@dataclass(frozen=True)
class Topic(Generic[R]):
    """The records of one kind: a table of the ledger, as it were."""

    name: str
    read: Callable[[Any], R]  # from JSON; raises one of _UNREADABLE
    written: Callable[[R], Any]  # as JSON
    is_of_text: bool = False  # keys are digests: what nobody uses any more is forgotten by its age

    def recall(self, ledger: Ledger, key: str) -> R | None:
        """The record under this key, or None."""
        record = self._read(ledger.recall(self.name, key))
        if self.is_of_text and record is not None:
            ledger.touch([key])
        return record

    def all(self, ledger: Ledger) -> dict[str, R]:
        """All records, by key."""
        found = {key: self._read(value) for key, value in ledger.memories(self.name).items()}
        return {key: record for key, record in found.items() if record is not None}

    def remember(self, ledger: Ledger, records: Iterable[tuple[str, R]]) -> None:
        """Keep these records, in place of those that were there."""
        kept = {key: self.written(record) for key, record in records}
        if self.is_of_text:
            ledger.touch(kept)
        ledger.remember(self.name, kept.items())

    def forget(self, ledger: Ledger, keys: Iterable[str]) -> None:
        """Drop the records under these keys."""
        ledger.forget(self.name, keys)

    def _read(self, value: Any) -> R | None:
        if value is None:
            return None
        try:
            return self.read(value)
        except _UNREADABLE:
            return None


def read_text(value: Any) -> str:
    """A text that can be written anywhere; raises where this is none."""
    return _read_string(value, "strict")


def read_words(value: Any) -> tuple[str, ...]:
    """A list of names of files, of libraries, of options; they may be no UTF-8."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    _read_string("".join(value), "surrogateescape")
    return tuple(value)


def _read_string(value: Any, errors: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    if b"\0" in value.encode("utf-8", errors):
        raise ValueError(f"{value!r} cannot be given to coqc")
    return value


def read_seconds(value: Any) -> float:
    """A span of time, or a rate."""
    number = float(value)
    if not 0 <= number < float("inf"):
        raise ValueError(f"{value!r} is no time")
    return number


@dataclass(frozen=True)
class ProofRecords:
    """What earlier runs learnt of a source; of its proofs by full name."""

    seconds: Mapping[str, float] = field(default_factory=dict)  # CPU, of proofs that were good
    memory: Mapping[str, int] = field(default_factory=dict)  # bytes, as in results.ProofResult
    # In sections that do not declare it: what says the same of the section variables as the proof.
    variables: Mapping[str, str] = field(default_factory=dict)
    text_per_byte: float | None = None  # CPU seconds of what is no proof, but for
    head: float = 0.0  # those of its head: see checker.document.head
    start: float | None = None  # those of coqc to come up
    end: float | None = None  # and to write what it made of the source

    @classmethod
    def read(cls, value: Any) -> Self:
        """Where an older release has not kept something, there is none of it."""
        rate, start, end = (
            None if value.get(name) is None else read_seconds(value[name])
            for name in ("text", "start", "end")
        )
        words = {name: read_text(kept) for name, kept in value.get("variables", {}).items()}
        return cls(
            {name: read_seconds(kept) for name, kept in value.get("seconds", {}).items()},
            {name: int(kept) for name, kept in value.get("memory", {}).items()},
            {name: kept for name, kept in words.items() if is_stand_in(kept)},  # coqc executes it
            rate,
            read_seconds(value.get("head", 0)),
            start,
            end,
        )

    def written(self) -> dict[str, Any]:
        """As JSON."""
        kept: dict[str, Any] = {
            "seconds": dict(self.seconds),
            "memory": dict(self.memory),
            "variables": dict(self.variables),
        }
        seconds = {"text": self.text_per_byte, "start": self.start, "end": self.end}
        kept |= {name: taken for name, taken in seconds.items() if taken is not None}
        return kept | ({"head": self.head} if self.head else {})


@dataclass(frozen=True)
class LoadedFiles:
    """What coqc read for a text that says what to load."""

    names: tuple[str, ...]  # of the files
    requires: Requires | None  # what the text requires (keys.Loading)
    candidates: str  # what could have been found (lookup.Lookup.found_by)

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        requires = value["requires"]
        pairs = None if requires is None else [read_words(pair) for pair in requires]
        if pairs and any(len(pair) != 2 for pair in pairs):
            raise ValueError("a root and a name are a pair")
        return cls(read_words(value["names"]), pairs, read_text(value["candidates"]))

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "names": self.names,
            "requires": self.requires,
            "candidates": self.candidates,
        }


@dataclass(frozen=True)
class SourceRecord:
    """What is to be known of a source to find out, without reading it, whether it is settled."""

    loading: str  # the digest of what it says of the files that are loaded (keys.Loading)
    proofs: int  # how many there are
    unproved: Unproved | None = None  # None: an older release has kept it

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        counts = value.get("admitted"), value.get("axioms")
        unproved = None if None in counts else Unproved(*map(int, counts))
        return cls(read_text(value["loading"]), int(value["proofs"]), unproved)

    def written(self) -> dict[str, Any]:
        """As JSON."""
        kept = {"loading": self.loading, "proofs": self.proofs}
        return {**kept, **asdict(self.unproved)} if self.unproved else kept


PROOFS = Topic("proofs", ProofRecords.read, ProofRecords.written)  # by name of the source
LOADED = Topic(  # by key of the loading text
    "loaded", LoadedFiles.read, LoadedFiles.written, is_of_text=True
)
SOURCES = Topic(  # by digest of the source
    "sources", SourceRecord.read, SourceRecord.written, is_of_text=True
)
