"""Modules and sections: what opens them, what sections declare, and the flags that hold in them."""

import re
from dataclasses import dataclass, field
from enum import Enum

from checker.document.vernac import Command, split_at


class ScopeKind(Enum):
    """What a scope is."""

    FILE = "file"
    SECTION = "section"
    MODULE = "module"
    MODULE_TYPE = "module type"


VARIABLE_WORDS = frozenset(["Variable", "Variables", "Hypothesis", "Hypotheses"])
_IDENT = r"[^\W\d][\w']*"
_MODULE = re.compile(
    rf"\s*(?P<type>Type\s+)?(?:(?:Import|Export)(?:\s*-?\([^)]*\))?\s+)?(?P<name>{_IDENT})(?P<rest>.*)",
    re.DOTALL,
)
_DECORATION = re.compile(r"^\s*Inline\b\s*(?:\(\d+\))?|@\{[^}]*\}")
_WITH = re.compile(r"\bwith\s+(?:Definition|Module)\s+[\w.']+(?:\s*@\{[^}]*\})?\s*:=")


@dataclass(frozen=True, slots=True)
class Opening:
    """A command that opens a scope."""

    kind: ScopeKind
    name: str
    is_functor: bool = False


def opening(command: Command) -> Opening | None:
    """The scope that the command opens, if any; `Module M := N` opens none."""
    if command.word == "Section":
        return Opening(ScopeKind.SECTION, command.rest.strip())
    if command.word == "HB" and re.match(r"\.builders\b", command.rest):  # hierarchy-builder
        return Opening(ScopeKind.SECTION, "HB.builders")
    if command.word != "Module" or not (found := _MODULE.match(command.rest)):
        return None
    rest = _WITH.sub("with", found["rest"])
    if len(split_at(rest, ":=")) > 1:
        return None
    kind = ScopeKind.MODULE_TYPE if found["type"] else ScopeKind.MODULE
    return Opening(kind, found["name"], rest.lstrip().startswith(("(", "!")))


def is_end(command: Command) -> bool:
    """Whether the command ends the innermost scope."""
    return command.word == "End" or (command.word == "HB" and command.rest.strip() == ".end")


def declared_variables(command: Command) -> tuple[str, ...]:
    """The section variables that the command declares when it stands in a section.

    A class of `Context` without a name, such as `` `{Foo A} ``, gets one from Coq: it is not here.
    """
    if command.word in VARIABLE_WORDS:
        return declared_names(command)
    if command.word == "Context":
        return tuple(name for group in _groups(command.rest) for name in _names(group))
    if command.word == "Let":
        rest = re.sub(r"^\s*(?:Co)?Fixpoint\b", "", command.rest)
        found = re.match(rf"\s*({_IDENT})", rest)
        return (found[1],) if found else ()
    return ()


def declared_names(command: Command) -> tuple[str, ...]:
    """The names that `Variable` or `Axiom` declares, as `x y : T` or `(x : T) (y : T)`."""
    rest = _DECORATION.sub("", command.rest)
    return tuple(name for group in _groups(rest) or [rest] for name in _names(group))


def _groups(rest: str) -> list[str]:
    """The outermost brackets' contents, where the text begins with one; a ` before one is kept."""
    if not rest.lstrip().startswith(("(", "{", "[", "`")):
        return []
    groups, depth, start = [], 0, 0
    for mark in re.finditer(r'"[^"]*"|`?[(\[{]|[)\]}]', rest):
        if mark[0][-1] in "([{":
            depth += 1
            start = mark.start() if depth == 1 else start
        elif mark[0] in ")]}":
            depth -= 1
            if depth == 0:
                groups.append(rest[start : mark.start()])
    return groups


def _names(group: str) -> list[str]:
    """The names that a binder such as `(x y : nat` or `{A` declares.

    What stands alone behind a backquote is a class, not a name.
    """
    is_class = group.startswith("`")
    before, *after = split_at(group.lstrip("`([{"), ":")
    if ":=" in before:
        before = split_at(before, ":=")[0]
    elif not after and is_class:
        return []
    return re.findall(_IDENT, before)


class Flags:
    """Which flags hold at a point of a file, as `Set` and `Unset` change them.

    A plain Set lasts to the end of the module or file, a Local one to the end of the section too, a
    Global one outlasts both, and an exported one holds again where its module is imported. Where
    imports matter, a flag that may be on counts as on.
    """

    def __init__(self, initial: frozenset[str] = frozenset()) -> None:
        self._values: dict[str, str | bool] = dict.fromkeys(initial, True)
        self._frames: list[_Frame] = []
        self._exported: dict[str, str | bool] = {}

    @property
    def exported(self) -> frozenset[str]:
        """The flags that this file can set in those that import it."""
        return frozenset(name for name, value in self._exported.items() if value is not False)

    def is_on(self, name: str) -> bool:
        """Whether the flag is, or may be, on."""
        return self._values.get(name, False) is not False

    def is_unset(self, name: str) -> bool:
        """Whether the file itself says that the flag or option is off here."""
        return self._values.get(name) is False

    def value(self, name: str) -> str | None:
        """The string that an option is set to."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def enter(self, kind: ScopeKind, command: Command) -> None:
        """A section or module begins; `Polymorphic Section` sets its flag in it."""
        self._frames.append(_Frame(kind, dict(self._values)))
        if command.has("monomorphic") or "universes(monomorphic)" in command.attributes:
            self._values["Universe Polymorphism"] = False
        elif any("polymorphic" in attribute for attribute in command.attributes):
            self._values["Universe Polymorphism"] = True

    def leave(self) -> None:
        """The innermost section or module ends."""
        frame = self._frames.pop()
        outlasting = {
            name: change for name, change in frame.changes.items() if frame.outlasts(change)
        }
        self._values = frame.saved | {name: change.value for name, change in outlasting.items()}
        if self._frames:
            self._frames[-1].changes.update(outlasting)

    def see(self, command: Command) -> None:
        """Take note of `Set F`, `Unset F` and `Import`."""
        word, rest, attributes = command.word, command.rest, set(command.attributes)
        if word == "Export" and (found := re.match(r"\s*(Set|Unset)\b", rest)):
            word, rest = found[1], rest[found.end() :]
            attributes.add("export")
        if word in ("Import", "Export", "Require", "From", "Include"):
            self._values.update({k: v for k, v in self._exported.items() if v is not False})
        elif word in ("Set", "Unset"):
            self._set(word, rest, attributes)

    def _set(self, word: str, rest: str, attributes: set[str]) -> None:
        string = re.search(r'"([^"]*)"', rest)
        name = " ".join(re.sub(r'"[^"]*"|\b\d+\b', " ", rest).split())
        value: str | bool = False if word == "Unset" else string[1] if string else True
        self._values[name] = value
        if attributes & {"global", "export"}:
            self._exported[name] = value
        if self._frames:
            self._frames[-1].changes[name] = _Change(
                value, "local" in attributes, "global" in attributes
            )


@dataclass(frozen=True, slots=True)
class _Change:
    """What a flag was set to, and how far that reaches."""

    value: str | bool
    is_local: bool
    is_global: bool


@dataclass
class _Frame:
    """A scope that is open: the flags at its beginning, and the changes made in it."""

    kind: ScopeKind
    saved: dict[str, str | bool]
    changes: dict[str, _Change] = field(default_factory=dict)

    def outlasts(self, change: _Change) -> bool:
        """Whether the change still holds when the scope has ended."""
        return change.is_global or (self.kind is ScopeKind.SECTION and not change.is_local)
