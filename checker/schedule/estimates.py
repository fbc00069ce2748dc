"""How long each proof will take: what earlier runs recorded, else an estimate from its length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from makegen.coq.auxfile import AuxFile, speaks_of

# Where nothing at all is known: about what a tactic script costs a byte, measured over stdpp.
SECONDS_PER_BYTE = 2e-4
SHORTEST = 0.001


@dataclass(frozen=True)
class Script:
    """A proof as far as its time goes."""

    name: str
    length: int  # bytes, from its statement to its end
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


def estimate(scripts: Mapping[str, Sequence[Script]]) -> dict[str, tuple[float, ...]]:
    """Seconds for every proof of every file; unknown ones from their length.

    The seconds a byte are those of the known proofs of the file, else of all known proofs.
    """
    every = [script for listed in scripts.values() for script in listed]
    overall = _seconds_per_byte(every, SECONDS_PER_BYTE)
    return {
        file: _estimate_file(listed, _seconds_per_byte(listed, overall))
        for file, listed in scripts.items()
    }


def _estimate_file(scripts: Sequence[Script], per_byte: float) -> tuple[float, ...]:
    return tuple(
        max(SHORTEST, script.length * per_byte if script.seconds is None else script.seconds)
        for script in scripts
    )


def _seconds_per_byte(scripts: Sequence[Script], default: float) -> float:
    known = [script for script in scripts if script.seconds is not None]
    length = sum(script.length for script in known)
    if not length:
        return default
    return sum(script.seconds or 0.0 for script in known) / length
