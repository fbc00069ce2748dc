"""What the ledger remembers of hints: those that were prepared, and those in a compiled file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from checker.knowledge.records import Topic, read_text

Hints = Mapping[str, str]  # for proofs, by full name: section variables, separated by blanks
Stamp = tuple[int, ...]  # what changes whenever a file is written, or put back


@dataclass(frozen=True)
class Prepared:
    """Hints that were written for the next coqc."""

    text: str  # digest of the source
    hints: Hints
    by_text: bool  # in another text for coqc (checker.interfaces.hinted_text); else in the .aux

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        hints = {name: read_text(names) for name, names in value["hints"].items()}
        return cls(read_text(value["text"]), hints, bool(value.get("by_text")))

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return {"text": self.text, "hints": dict(self.hints), "by_text": self.by_text}


@dataclass(frozen=True)
class HintRecord:
    """The hints for a source, and those in what was compiled of it."""

    key: str  # of all that the hints depend on
    stamp: Stamp | None  # of the compiled file when the hints were prepared; None: there was none
    prepared: Prepared | None  # None: nothing to hint at, or it could not be written
    made: Prepared | None  # with which the compiled file of that stamp had been made

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises where this is no such record."""
        stamp, prepared, made = value["stamp"], value["prepared"], value["made"]
        return cls(
            read_text(value["key"]),
            None if stamp is None else tuple(map(int, stamp)),
            None if prepared is None else Prepared.read(prepared),
            None if made is None else Prepared.read(made),
        )

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "key": self.key,
            "stamp": self.stamp,
            "prepared": self.prepared and self.prepared.written(),
            "made": self.made and self.made.written(),
        }


HINTS = Topic("hints", HintRecord.read, HintRecord.written)  # by name of the source
