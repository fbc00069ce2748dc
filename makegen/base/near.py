"""The known word that somebody may have meant who wrote another."""

from collections.abc import Iterable


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
