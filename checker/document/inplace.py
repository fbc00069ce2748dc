"""Why a proof stays in place, by where it stands and what else its file says."""

import re
from collections.abc import Iterable, Sequence

from checker.document.normal_form import normal
from checker.document.scopes import Flags, ScopeKind
from checker.document.sentences import Sentence, found_in
from checker.document.vernac import FELT_CONTROLS, Command, parse

# Flags that make the proof of every statement part of what follows.
STICKY_FLAGS = {
    "Universe Polymorphism": "it is universe polymorphic: its proof adds to its universes",
    "Program Mode": "Program Mode is on: tactics fill in parts of the statement",
    "Mangle Names": "Mangle Names is on: names made later depend on what the proof did",
}
# Commands after which nothing is delegated.
STICKY_COMMANDS = {
    "Load": "a file that is loaded above it can change anything",
    "Reset": "the document goes back above it",
    "Back": "the document goes back above it",
}
WHY_ASKED = "a command that names it (Transparent, Strategy, ...) asks whether it has a proof"
WHY_NUMBERED = "a universe of it is named, as x.u0, which may have no such name without the proof"

WHY_UNIVERSES = "it names universes, for which other proofs may ask for something else"
WHY_NATIVE = "it runs native code, in files that end with the process of its file"

# What can tell a statement without proof from a proved one; told by its words.
# Letters come first in these patterns: so they are found ten times quicker.
EXTRACTS = (
    rb"Extraction\b(?<![\w']Extraction)"
    rb"(?!\s+(?:Language|Inline|NoInline|Implicit|Blacklist)\b)"
)
_EXTRACTION = re.compile(EXTRACTS)
_ONLY_NAMES_IT = frozenset(["From", "Require", "Import", "Export", "Set", "Unset"])
_WORD = re.compile(rb"[^\s.,:;()\[\]{}\"@=]+")
_ASKING = re.compile(
    rb"Transparent\b(?<!\wTransparent)|Strategy\b(?<!\wStrategy)"
    rb"|Functional(?<!\wFunctional)\s+(?:Scheme|Case)\b|Generate(?<!\wGenerate)\s+graph\b"
)
_NUMBERED = re.compile(rb"([^\s.,:;()\[\]{}\"@=<]+)\.u[0-9]")
_NAMING = re.compile(  # what gives to what it names another name
    rb"Notation\b(?<!\wNotation)|Infix\b(?<!\wInfix)|Abbreviation\b(?<!\wAbbreviation)"
)


def why_by_text(text: bytes, sentences: Sequence[Sentence]) -> str | None:
    """Why no proof of the text is delegated."""
    for sentence, _ in found_in(_EXTRACTION, text, sentences):
        words = normal(text[sentence.start : sentence.end])
        if _EXTRACTION.search(words) and not only_names_extraction(words):
            return "the file extracts code, which must see every proof"
    return None


def only_names_extraction(sentence: bytes) -> bool:
    """Whether a sentence with the word `Extraction` loads the plugin, or sets a flag of it."""
    return parse(sentence).word in _ONLY_NAMES_IT


def names_asked_for(text: bytes, sentences: Sequence[Sentence]) -> frozenset[str]:
    """What commands name that can tell a proved statement from an admitted one, without modules.

    Of some 140 commands and tactics tried on both on 8.16, only these tell them apart: Transparent
    and Strategy fail on what is proved, Functional Scheme and Generate graph on what is admitted.
    They may name it by a notation: so where a file has one of them, what its notations stand for
    counts as named.
    """
    if not _ASKING.search(text):
        return frozenset()
    names: set[bytes] = set()
    for words in (_ASKING, _NAMING):
        for sentence, found in found_in(words, text, sentences):
            names.update(_WORD.findall(text, found.end(), sentence.end))
    return frozenset(name.decode("utf-8", "surrogateescape") for name in names)


def names_with_universes(text: bytes) -> frozenset[str]:
    """What the text names universes of, as in `Type@{x.u0}`.

    Where theorems are proved together, a universe has a name by each of them; where they are
    admitted, on Rocq 9.2 by the first alone.
    """
    if not re.search(rb"\.u[0-9]", text):
        return frozenset()
    return frozenset(name.decode("utf-8", "surrogateescape") for name in _NUMBERED.findall(text))


def why_by_words(proof: bytes) -> str | None:
    """Why a proof stays in place whose statement and tactics say this."""
    if b"@{" in proof:
        return WHY_UNIVERSES
    return WHY_NATIVE if b"native_c" in proof else None


def why_by_place(flags: Flags, scopes: Iterable[ScopeKind]) -> str | None:
    """Why a proof that begins under these flags, in these scopes, stays in place."""
    for flag, why in STICKY_FLAGS.items():
        if flags.is_on(flag):
            return why
    if ScopeKind.MODULE_TYPE in scopes:
        return "it stands in a module type, where an unproved statement means something else"
    return None


def why_by_last_sentence(command: Command) -> str | None:
    """Why a proof with this `Qed` stays in place."""
    if command.attributes or FELT_CONTROLS.intersection(command.controls):
        return "its end has attributes or runs under a control"
    if command.rest.strip():
        return "its Qed is followed by something else"
    return None
