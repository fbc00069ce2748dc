"""Which commands open a proof, what they name, and which of these proofs can never be delegated."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from checker.document.vernac import DEFINITIONS, FELT_CONTROLS, STATEMENTS, Command, split_at

# Attributes that change nothing in how the proof is checked, and that hold for what is admitted too
# (`deprecated` and `warn` do not, which is felt where warnings are errors).
_HARMLESS = frozenset(["local", "global", "export", "warnings", "using", "monomorphic"])
_NAME = re.compile(r"\s*([^\W\d][\w']*)")
_AS_NAME = re.compile(r"\bas\s+([^\W\d][\w']*)\s*\Z")
_WORDS = re.compile(r"[^\W\d][\w']*|:=|>->")


@dataclass(frozen=True, slots=True)
class Statement:
    """A command that opens a proof."""

    name: str | None  # None: Coq makes one up
    why_in_place: str | None  # why its proof cannot be checked elsewhere, for the user
    together: tuple[str, ...] = ()  # all that it states, where the proof may use it as it goes


@lru_cache(maxsize=1 << 14)
def statement(command: Command, program_mode: bool = False) -> Statement | None:
    """The statement that the command makes, or None when it opens no proof.

    `program_mode`: whether `Set Program Mode` is on. Where only Coq can tell (the commands of
    plugins), the answer is None.
    """
    if "Fail" in command.controls or "Succeed" in command.controls:
        return None
    word = command.word
    program = program_mode or command.has("program")
    if word in STATEMENTS or word in DEFINITIONS:
        found = _theorem(command) if word in STATEMENTS else _definition(command)
    elif word == "Goal":
        found = Statement(None, None)
    else:
        read = _READERS.get(word)
        found = read(command) if read else None
    if found is None or (word == "Instance" and program):
        return None
    return replace(found, why_in_place=_why_by_prefix(command, program) or found.why_in_place)


def _why_by_prefix(command: Command, program: bool) -> str | None:
    for control in command.controls:
        if control in FELT_CONTROLS:
            return f"its statement stands under {control}"
    if program:
        return "it is stated in Program mode, where tactics fill in parts of the statement"
    if command.has("polymorphic") or any("polymorphic" in one for one in command.attributes):
        return "it is universe polymorphic: its proof adds to its universes"
    for attribute in command.attributes:
        if re.split(r"[=(\s]", attribute)[0] not in _HARMLESS:
            return f"its statement has the attribute {attribute}"
    if re.match(r"\s*[^\s:({]*@\{", command.rest):
        return "it declares its universes, which the proof must respect"
    return None


def _theorem(command: Command) -> Statement:
    name, others = _name(command.rest), _joined(command.rest)
    return Statement(name, None, (name, *others) if name and others else ())


def _definition(command: Command) -> Statement | None:
    return None if _has_body(command.rest) else Statement(_name(command.rest), None)


def _recursive(command: Command) -> Statement | None:
    if _has_body(command.rest):
        return None
    name = _name(command.rest)
    return Statement(name, None, (name, *_joined(command.rest)) if name else ())


def _let(command: Command) -> Statement | None:
    if _has_body(command.rest):
        return None
    name = _name(re.sub(r"^\s*(?:Co)?Fixpoint\b", "", command.rest))
    return Statement(name, "it is a Let: its body is part of the section")


def _instance(command: Command) -> Statement | None:
    refined = command.has("refine")
    if _has_body(command.rest) and not refined:
        return None
    return Statement(_name(command.rest), None)


def _add(command: Command) -> Statement | None:
    if not re.match(r"\s*(?:Parametric\s+)?Morphism\b", command.rest):
        return None
    found = _AS_NAME.search(command.rest) or re.search(r":\s*([^\W\d][\w']*)\s*\Z", command.rest)
    return Statement(found[1] if found else None, "Add Morphism builds an instance from its proof")


def _function(command: Command) -> Statement | None:
    if not re.search(r"\{\s*(?:measure|wf)\b", command.rest):
        return None
    return Statement(_name(command.rest), "Function builds a definition from its proof")


def _derive(command: Command) -> Statement | None:
    """`Derive x SuchThat P As h`, since 8.20 also `Derive x in P as h`."""
    if not re.search(r"\bSuchThat\b|\b(?:in|:)\s.*\bas\b", command.rest, re.DOTALL):
        return None
    found = re.search(r"\b[aA]s\s+([^\W\d][\w']*)\s*\Z", command.rest)
    return Statement(found[1] if found else None, "Derive builds a definition from its proof")


def _obligation(command: Command) -> Statement | None:
    if command.word == "Obligation" and not re.match(r"\s*\d", command.rest):
        return None
    if command.word != "Obligation" and not re.match(r"\s*Obligation\b", command.rest):
        return None
    found = re.search(r"\bof\s+([^\W\d][\w']*)", command.rest)
    name = f"{found[1]}_obligation" if found else "obligation"
    return Statement(name, "it is an obligation: its proof becomes part of a definition")


def _structure(command: Command) -> Statement | None:
    """`Canonical s : T` and `Coercion f : T`, which are definitions."""
    if command.word == "Canonical":
        rest = re.sub(r"^\s*Structure\b", "", command.rest)
    else:
        rest = command.rest
    if _has_body(rest) or ">->" in rest or len(split_at(rest, ":")) < 2:
        return None
    why = f"it is a {command.word}, which needs its body"
    return Statement(_name(rest), why)


def _equations(command: Command) -> Statement | None:
    if not command.rest.startswith("?"):
        return None
    return Statement(_name(command.rest[1:]), "Equations builds a definition from its proof")


_READERS: dict[str, Callable[[Command], Statement | None]] = {
    "Fixpoint": _recursive,
    "CoFixpoint": _recursive,
    "Let": _let,
    "Instance": _instance,
    "Add": _add,
    "Function": _function,
    "Derive": _derive,
    "Obligation": _obligation,
    "Next": _obligation,
    "Final": _obligation,
    "Canonical": _structure,
    "Coercion": _structure,
    "Equations": _equations,
}


def _name(rest: str) -> str | None:
    found = _NAME.match(rest)
    return found[1] if found else None


def _has_body(rest: str) -> bool:
    """Whether a `:=` outside brackets gives a definition its body; that of `let x := 3 in` not."""
    outside = _outside_brackets(rest)
    lets = 0
    for word in _WORDS.findall(outside):
        if word == "let":
            lets += 1
        elif word == ":=":
            if lets == 0:
                return True
            lets -= 1
    return False


def _joined(rest: str) -> tuple[str, ...]:
    """What follows each `with` outside brackets and outside `match ... end`: names, or a guess."""
    depth = 0
    found = []
    for word, after in pairwise([*_WORDS.findall(_outside_brackets(rest)), ""]):
        if word == "with" and depth == 0:
            found.append(after)
        depth += (word == "match") - (word == "end")
    return tuple(found)


def _outside_brackets(text: str) -> str:
    """The text without strings and without what stands in brackets."""
    kept, depth = [], 0
    for piece in re.findall(r'"[^"]*"?|[(\[{]|[)\]}]|[^"()\[\]{}]+', text):
        if piece in ("(", "[", "{"):
            depth += 1
        elif piece in (")", "]", "}"):
            depth -= 1
        elif depth == 0 and not piece.startswith('"'):
            kept.append(piece)
    return " ".join(kept)
