"""One sentence -> its command: control prefixes, attributes, keyword, and what follows.

Only the words that lead a sentence are read; nothing here knows where the sentence stands.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

# What Coq calls vernacular commands, by their first word, from `Print Grammar vernac` on 8.16, 8.20
# and 9.2 with the plugins of the standard library, and from the manuals of the plugins named below.
# tests/checker/document/test_vernac.py asks the Coqs that are there whether one is missing.
_COMMANDS = """
Abbreviation Abort About Add Admit Admitted All Arguments Attributes Axiom Axioms Back Bind
Canonical Cd Check Class Close CoFixpoint CoInductive Coercion Collection Combined Comments
Compute Conjecture Conjectures Constraint Context Corollary Create Cumulative Debug Declare
Defined Definition Delimit Derive Disable Drop Enable End Eval Example Existential Existing
Export Extract Extraction Fact Final Fixpoint Focus Format From Function Functional
Generalizable Generate Goal Grab Guarded Hint Hypotheses Hypothesis Identity Implicit Import
Include Inductive Infix Inspect Instance Lemma Let Load Locate Ltac Ltac2 Module Next Notation
Number Numeral Obligation Obligations Opaque Open Optimize Parameter Parameters Prenex Preterm
Primitive Print Proof Property Proposition Pwd Qed Quit Record Recursive Register Remark Remove
Require Reserved Reset Restart Rewrite Save Scheme Search SearchHead SearchPattern SearchRewrite
Section Separate Set Show Solve Sort Sorts Strategy String Structure SubClass Symbol Symbols
Tactic Test Theorem Transparent Type Typeclasses Undelimit Undo Unfocus Unfocused Universe
Universes Unset Unshelve Validate Variable Variables Variant infoH
Elpi Equations HB MetaCoq MetaRocq QuickCheck QuickChick QuickChickWith QuickChickDebug Sample
"""
COMMANDS = frozenset(_COMMANDS.split())
STATEMENTS = frozenset(
    ["Theorem", "Lemma", "Fact", "Remark", "Corollary", "Proposition", "Property"]
)
DEFINITIONS = frozenset(["Definition", "Example", "SubClass"])
# They act on the open proof alone, as tactics do; so does `Optimize Proof`.
_LIKE_TACTICS = frozenset(
    ["Unshelve", "Guarded", "Focus", "Unfocus", "Unfocused", "Grab", "Existential"]
)

# Controls under which a sentence may do something else than without.
FELT_CONTROLS = frozenset(["Timeout", "AllocLimit", "Redirect"])

_COMMENT_MARK = re.compile(r'\(\*|\*\)|"[^"]*"?')
_CONTROL = re.compile(
    r"\s*(?:(Time|Instructions|Profile|Fail|Succeed)\b(?!')|(Timeout)\s+\d+"
    r'|(AllocLimit)\s+\d+\s*[Mk]w\b(?!\')|(Redirect)\s*"[^"]*")'  # Rocq 9.3 has AllocLimit
)
_ATTRIBUTES = re.compile(r'\s*#\[((?:[^\]"]|"[^"]*")*)\]')
_LEGACY = re.compile(
    r"\s*(Local|Global|Polymorphic|Monomorphic|Cumulative|NonCumulative|Private|Program)\b(?!['.])"
)
_SELECTOR = re.compile(r"\s*(?:\d[\d,\-\s]*|all|par|!|\[\s*[^\]\s(]+\s*\])\s*:(?!=)")
_WORD = re.compile(r"\s*([^\W\d][\w']*)(\.[^\W\d])?")
_PROFILE = re.compile(r'\s*"[^"]*"')


@dataclass(frozen=True, slots=True)
class Command:
    """A sentence taken apart, comments gone; a tactic has the word "" (or a word of its own)."""

    controls: tuple[str, ...]  # Time, Fail, Timeout, ... as they stand
    attributes: tuple[str, ...]  # such as local, program, using="x y"; old prefixes too
    selector: bool  # a goal selector stands before it, as in `2: Check x.`
    word: str  # the first word
    rest: str  # what follows it, the final dot gone

    def has(self, attribute: str) -> bool:
        """Whether it has the attribute, with or without a value."""
        return any(re.split(r"[=(\s]", one)[0] == attribute for one in self.attributes)

    def value(self, attribute: str) -> str | None:
        """The string that the attribute is given."""
        for one in self.attributes:
            if found := re.fullmatch(rf'{attribute}\s*=\s*"([^"]*)"', one):
                return found[1]
        return None


@lru_cache(maxsize=1 << 14)  # editors have the same sentences read again and again
def parse(text: bytes) -> Command:
    """The parts of one sentence; any bytes are accepted."""
    words = text.decode("utf-8", "surrogateescape")
    if "(*" in words:
        words = without_comments(words)
    words = words.rstrip().removesuffix("...").removesuffix(".")
    controls, position = _controls(words)
    attributes, position = _attributes(words, position)
    selector = _SELECTOR.match(words, position)
    if selector:
        position = selector.end()
    found = _WORD.match(words, position)
    word, rest = (found[1], words[found.end(1) :]) if found else ("", words[position:])
    return Command(controls, attributes, selector is not None, word, rest)


def is_tactic(command: Command) -> bool:
    """Whether a sentence inside a proof acts on that proof only.

    A first word that no command begins with is a tactic's; users name tactics with capitals too.
    """
    if command.word in _LIKE_TACTICS:
        return not command.attributes
    if command.word == "Optimize":
        return command.rest.split() == ["Proof"]
    return command.word not in COMMANDS and not command.attributes


def without_comments(text: str) -> str:
    """The text with a blank in the place of each comment."""
    kept, depth, position = [], 0, 0
    for mark in _COMMENT_MARK.finditer(text):
        if mark[0] == "(*":
            if depth == 0:
                kept.append(text[position : mark.start()])
            depth += 1
        elif mark[0] == "*)" and depth > 0:
            depth -= 1
            if depth == 0:
                position = mark.end()
    if depth == 0:
        kept.append(text[position:])
    return " ".join(kept)


def _controls(words: str) -> tuple[tuple[str, ...], int]:
    controls, position = [], 0
    while found := _CONTROL.match(words, position):
        controls.append(found[found.lastindex or 0])
        position = found.end()
        if controls[-1] == "Profile" and (name := _PROFILE.match(words, position)):
            position = name.end()
    return tuple(controls), position


def _attributes(words: str, position: int) -> tuple[tuple[str, ...], int]:
    attributes: list[str] = []
    while True:
        if found := _ATTRIBUTES.match(words, position):
            attributes += split_at(found[1], ",")
        elif found := _LEGACY.match(words, position):
            attributes.append(found[1].lower())
        else:
            return tuple(attributes), position
        position = found.end()


_PIECE = re.compile(r'"[^"]*"?|[(\[{]|[)\]}]|:=|[^"()\[\]{}:,|]+|.', re.DOTALL)


def split_at(text: str, separator: str) -> list[str]:
    """The parts of `text` between the separators outside strings and brackets, blanks stripped.

    >>> split_at('f (x := 3) := g "a := b"', ":=")
    ['f (x := 3)', 'g "a := b"']
    """
    parts, depth = [""], 0
    for piece in _PIECE.findall(text):
        if piece == separator and depth == 0:
            parts.append("")
            continue
        if piece in ("(", "[", "{"):
            depth += 1
        elif piece in (")", "]", "}"):
            depth -= 1
        parts[-1] += piece
    return [part.strip() for part in parts]
