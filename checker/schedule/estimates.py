"""How long work will take: what earlier runs recorded, else an estimate from its length."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

from makegen.coq.auxfile import AuxFile, speaks_of

# Seconds a byte where nothing at all is known: of tactics, of other text, of a whole source.
TACTICS_PER_BYTE = 1e-4
TEXT_PER_BYTE = 1e-5
SOURCE_PER_BYTE = 5e-5
GUESSED = 2000  # bytes: as so much seen the guess counts
SHORTEST = 0.001


@dataclass
class Rate:
    """Seconds a byte, learnt as times become known."""

    seconds: float
    size: float  # bytes seen

    @classmethod
    def guessed(cls, per_byte: float) -> Self:
        """Before anything is known."""
        return cls(per_byte * GUESSED, GUESSED)

    def learn(self, seconds: float, size: int) -> None:
        """Take into account what something of this size took."""
        self.seconds += seconds
        self.size += size

    @property
    def per_byte(self) -> float:
        """The mean so far."""
        return self.seconds / self.size


@dataclass(frozen=True)
class Script:
    """A proof, or a source, as far as its time goes."""

    name: str
    length: int  # bytes; of a proof from its statement to its end
    seconds: float | None  # as recorded; None: unknown


def recorded_seconds(
    aux: AuxFile | None, text: bytes, ends: Sequence[tuple[str, tuple[int, int]]]
) -> tuple[float | None, ...]:
    """The recorded time of each proof, given by its name and the byte range of its last sentence.

    Where the source has changed since, offsets mean nothing, and the record is looked up by name
    (coqc writes `0 0 NAME "SECONDS"` as well).
    """
    if aux is None:
        return tuple(None for _ in ends)
    if speaks_of(aux, text):
        by_place = aux.proof_times
        return tuple(by_place.get(place) for _, place in ends)
    return tuple(aux.seconds(name).get((0, 0)) for name, _ in ends)


def estimate(
    scripts: Mapping[str, Sequence[Script]], per_byte: float
) -> dict[str, tuple[float, ...]]:
    """Seconds for every proof of every file; unknown ones from their length.

    The seconds a byte are those of the known proofs of the file, as far as there are, else of all
    known proofs, else as guessed.
    """
    overall = _learnt(chain.from_iterable(scripts.values()), per_byte)
    return {file: _estimate_file(listed, overall.per_byte) for file, listed in scripts.items()}


def _estimate_file(scripts: Sequence[Script], per_byte: float) -> tuple[float, ...]:
    rate = _learnt(scripts, per_byte)
    return tuple(
        max(SHORTEST, script.length * rate.per_byte if script.seconds is None else script.seconds)
        for script in scripts
    )


def _learnt(scripts: Iterable[Script], per_byte: float) -> Rate:
    rate = Rate.guessed(per_byte)
    for script in scripts:
        if script.seconds is not None:
            rate.learn(script.seconds, script.length)
    return rate
