"""The document: modules, sections, statements and proofs of a .v text.

A proof is *delegable* when it can be checked elsewhere while the document goes on with its
statement alone, `Admitted` in its place. All others stay in place, and say why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from checker.document.scopes import ScopeKind
from checker.document.sentences import Lines, Sentence


class ProofEnd(Enum):
    """How a proof ends."""

    QED = "Qed"
    SAVE = "Save"  # `Save name.`: opaque, under another name
    DEFINED = "Defined"
    ADMITTED = "Admitted"
    ABORT = "Abort"
    TERM = "Proof term"  # `Proof term.`: one sentence is the whole proof
    NONE = "none"  # the text ends, or another statement begins, before the proof does


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof: its sentences (byte ranges of the document's text), and what is known of it."""

    name: str  # as Coq names it; a guess where the text gives no name
    scopes: tuple[str, ...]  # the modules and sections that it stands in, outermost first
    modules: tuple[str, ...]  # the modules alone: what its full name begins with
    in_section: bool
    section_variables: tuple[str, ...]  # in scope and declared by name, outermost section first
    index: int  # of its statement in the document's sentences
    statement: Sentence
    start: Sentence | None  # `Proof.`, `Proof using ...`, `Proof with ...`
    body: tuple[Sentence, ...]  # the sentences between start (or statement) and end
    end: Sentence | None
    kind: ProofEnd
    using: str | None  # what stands after `Proof using`, or in the attribute of that name
    default_using: str | None  # `Set Default Proof Using` as it holds here
    unsets_default: bool  # the file itself says that no `Default Proof Using` holds here
    depth: int  # of nesting: 0 unless the proof stands inside another one
    why_in_place: str | None  # in words for the user; None: it can be delegated
    together: tuple[str, ...] = ()  # of a recursive proof: the names of all that it proves

    @property
    def is_delegable(self) -> bool:
        """Whether it can be checked elsewhere, given its section variables."""
        return self.why_in_place is None

    @property
    def needs_variables(self) -> bool:
        """Whether the section variables that it uses must be known to go on without it."""
        return self.in_section and self.using is None

    @property
    def names(self) -> tuple[str, ...]:
        """Of all that it proves: one, or those of `Lemma a : A with b : B`."""
        return self.together or (self.name,)

    @property
    def is_of_several(self) -> bool:
        """Whether it proves several theorems at once: these coqc itself never puts off."""
        return len(self.together) > 1

    @property
    def full_name(self) -> str:
        """Its name from the file's point of view, such as `M.lemma`."""
        return ".".join((*self.modules, self.name))

    @property
    def full_names(self) -> tuple[str, ...]:
        """Likewise, of all that it proves."""
        return tuple(".".join((*self.modules, name)) for name in self.names)

    @property
    def last(self) -> Sentence:
        """Its last sentence."""
        return self.end or (self.body[-1] if self.body else self.start or self.statement)


@dataclass(frozen=True, slots=True)
class Scope:
    """A section, module or module type, or the whole file, and what stands in it."""

    kind: ScopeKind
    name: str
    is_functor: bool
    start: int  # bytes: of its first sentence
    end: int  # after its last one; the end of the text where there is no `End`
    is_closed: bool
    variables: tuple[str, ...]  # a section's own
    children: tuple["Scope | Proof", ...]


@dataclass(frozen=True)
class Settings:
    """What is known of a file from outside: the flags that hold at its beginning."""

    flags: frozenset[str] = frozenset()  # such as "Universe Polymorphism"

    @staticmethod
    def of_arguments(arguments: Sequence[str]) -> "Settings":
        """Those that coqc's arguments make: `-set F`, `-unset F`, `-mangle-names x`."""
        flags: set[str] = set()
        for option, value in pairwise(arguments):
            name = " ".join(value.partition("=")[0].split())
            if option == "-set":
                flags.add(name)
            elif option == "-unset":
                flags.discard(name)
            elif option == "-mangle-names":
                flags.add("Mangle Names")
        return Settings(frozenset(flags))


@dataclass(frozen=True)
class Document:
    """A .v text as the checker sees it."""

    text: bytes
    sentences: tuple[Sentence, ...]
    root: Scope
    proofs: tuple[Proof, ...]  # in the order of their statements
    exported_flags: frozenset[str]  # flags that importing this file may set

    def source(self, sentence: Sentence) -> bytes:
        """The text of a sentence."""
        return self.text[sentence.start : sentence.end]

    def left_open(self) -> tuple[Scope, ...]:
        """The sections and modules that are not closed at its end, innermost first."""
        found: list[Scope] = []
        last: Sequence[Scope | Proof] = self.root.children[-1:]
        while last and isinstance(scope := last[0], Scope) and not scope.is_closed:
            found.insert(0, scope)
            last = scope.children[-1:]
        return tuple(found)

    def lines(self) -> Lines:
        """To turn offsets into lines and columns."""
        return Lines(self.text)
