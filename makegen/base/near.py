"""The known word that somebody may have meant who wrote another."""

from collections.abc import Iterable
from pathlib import Path


def near(word: str, known: Iterable[str]) -> str | None:
    """The closest of the known words, where one is close.

    >>> near("chekproofs", ["check", "checkproofs"]), near("kaboom", ["check"])
    ('checkproofs', None)
    """
    import difflib  # noqa: PLC0415 (only for those who mistype)

    return next(iter(difflib.get_close_matches(word, list(known), n=1)), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """Of some words that would all do, the one most like a word."""
    from difflib import SequenceMatcher  # noqa: PLC0415

    return max(known, key=lambda other: SequenceMatcher(a=word, b=other).ratio())


def near_file(path: Path) -> Path | None:
    """The file beside an absent one whose name is close."""
    try:
        name = near(path.name, [file.name for file in path.parent.iterdir()])
    except OSError:
        return None
    return path.with_name(name) if name else None
