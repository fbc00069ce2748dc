"""Sentences -> the document, in one pass and without Coq.

Which proofs are delegable is decided here. The rule is conservative: where this module cannot be
sure, the proof stays in place.

What no reader of one file can see is left to the caller: flags that imported files or coqc's
arguments set (`Settings`), and plugins' commands that change what a proof means.
"""

import re
from dataclasses import dataclass, field

from checker.document.document import Document, Proof, ProofEnd, Scope, Settings
from checker.document.inplace import (
    STICKY_COMMANDS,
    WHY_ASKED,
    WHY_NUMBERED,
    names_asked_for,
    names_with_universes,
    why_by_last_sentence,
    why_by_place,
    why_by_text,
    why_by_words,
)
from checker.document.scopes import Flags, Opening, ScopeKind, declared_variables, is_end, opening
from checker.document.sentences import Kind, Sentence, split, split_again
from checker.document.statements import Statement, statement
from checker.document.vernac import FELT_CONTROLS, Command, is_tactic, parse


def read_document(
    text: bytes, settings: Settings | None = None, old: Document | None = None
) -> Document:
    """The document of any text; wrong texts are read as far as they make sense.

    `old`: an older state of it, from which much of the text may be known.
    """
    sentences = split_again(text, old.text, old.sentences) if old else split(text)
    return _Reader(text, sentences, settings or Settings()).read()


_ENDS = {
    "Qed": ProofEnd.QED,
    "Save": ProofEnd.SAVE,
    "Defined": ProofEnd.DEFINED,
    "Admitted": ProofEnd.ADMITTED,
    "Abort": ProofEnd.ABORT,
}
_WHY_END = {
    ProofEnd.SAVE: "it ends in Save, which names it anew",
    ProofEnd.DEFINED: "it ends in Defined: what follows may compute with its body",
    ProofEnd.ADMITTED: "it is Admitted: there is nothing to check",
    ProofEnd.ABORT: "it is aborted: it leaves nothing behind",
    ProofEnd.TERM: "it is given by a term",
    ProofEnd.NONE: "it never ends",
}
_USING = re.compile(r"using\b(.*?)(?:\bwith\b.*)?", re.DOTALL)
_TACTIC = re.compile(rb"(?!infoH\b)[a-z(\[!?]")  # what no command begins with


@dataclass
class _OpenProof:
    """A proof that is being read."""

    index: int
    found: Statement
    command: Command
    start: int | None = None  # index of `Proof ...`
    using: str | None = None
    why: str | None = None
    is_guess: bool = False  # no command is known to open it; what follows looks like a proof


@dataclass
class _OpenScope:
    """A scope that is being read."""

    opening: Opening
    start: int
    variables: list[str] = field(default_factory=list)
    children: list[Scope | Proof] = field(default_factory=list)


class _Reader:
    """One pass over the sentences."""

    def __init__(self, text: bytes, sentences: list[Sentence], settings: Settings) -> None:
        self.text = text
        self.sentences = sentences
        self.flags = Flags(settings.flags)
        self.scopes = [_OpenScope(Opening(ScopeKind.FILE, ""), 0)]
        self.open: list[_OpenProof] = []  # the innermost last
        self.proofs: list[Proof] = []
        # Why every proof from here on stays in place.
        self.why_all = why_by_text(text, self.sentences)
        self.asked_for = names_asked_for(text, self.sentences)
        self.with_universes = names_with_universes(text)
        self.unnamed = 0

    def read(self) -> Document:
        for index, sentence in enumerate(self.sentences):
            if sentence.kind is Kind.UNTERMINATED:
                break  # the last one: nothing that coqc would run
            if self.open and self._is_plain_tactic(sentence):
                continue
            self._see(index, self._parse(index))
        while self.open:
            self._close(len(self.sentences), ProofEnd.NONE)
        while len(self.scopes) > 1:
            self._leave(len(self.text), is_closed=False)
        root = self.scopes[0]
        proofs = tuple(sorted(self.proofs, key=lambda proof: proof.index))
        scope = _scope(root, len(self.text), is_closed=True)
        return Document(self.text, tuple(self.sentences), scope, proofs, self.flags.exported)

    def _is_plain_tactic(self, sentence: Sentence) -> bool:
        if sentence.kind is not Kind.COMMAND:
            return True
        return _TACTIC.match(self.text, sentence.start) is not None

    def _parse(self, index: int) -> Command:
        sentence = self.sentences[index]
        return parse(self.text[sentence.start : sentence.end])

    def _see(self, index: int, command: Command) -> None:
        undone = "Fail" in command.controls or "Succeed" in command.controls
        if self.open and not self.open[-1].is_guess:
            if not undone and self._see_in_proof(index, command):
                return
            if is_tactic(command):
                return
            self._keep_in_place(index)
        elif self._looks_like_proof(index, command) and index > 0:
            self._guess(index, command)
            return
        if not undone:
            self._see_command(index, command)

    # In a proof.

    def _see_in_proof(self, index: int, command: Command) -> bool:
        """Handles what only proofs know: their start and their end."""
        if command.selector:
            return False
        if command.word in _ENDS:
            self._close(index, _ENDS[command.word], command)
            return True
        if command.word == "Proof" and not re.match(r"\s*Mode\b", command.rest):
            self._see_start(index, command)
            return True
        return False

    def _see_start(self, index: int, command: Command) -> None:
        proof = self.open[-1]
        rest = command.rest.strip()
        is_first = index == proof.index + 1 and proof.start is None
        if rest and not re.match(r"(?:using|with)\b", rest):
            self._close(index, ProofEnd.TERM, command)
            return
        if not is_first:
            proof.why = proof.why or "its `Proof` is not its first sentence"
            return
        proof.start = index
        if found := _USING.fullmatch(rest):
            proof.using = " ".join(found[1].split())
        elif re.search(r"\busing\b", rest):  # of `Proof with`, or of its tactic
            proof.why = proof.why or "in `Proof with` only Coq can tell what `using` belongs to"
        if command.attributes or FELT_CONTROLS.intersection(command.controls):
            proof.why = proof.why or "its `Proof` has attributes or runs under a control"

    def _keep_in_place(self, index: int) -> None:
        words = self.text[self.sentences[index].start : self.sentences[index].end]
        excerpt = " ".join(words.decode("utf-8", "replace").split())
        excerpt = excerpt if len(excerpt) <= 40 else excerpt[:37] + "..."
        for proof in self.open:
            proof.why = proof.why or f"`{excerpt}` inside it is no tactic"

    def _close(self, index: int, kind: ProofEnd, command: Command | None = None) -> None:
        proof = self.open.pop()
        if proof.is_guess and kind is ProofEnd.NONE and proof.start is None:
            return
        why = proof.why or proof.found.why_in_place or _WHY_END.get(kind)
        if why is None and command is not None:
            why = why_by_last_sentence(command)
        if why is None:
            why = why_by_words(
                self.text[self.sentences[proof.index].start : self.sentences[index].end]
            )
        name = self._name(proof, command, kind)
        if why is None and self.asked_for.intersection((name, *proof.found.together)):
            why = WHY_ASKED
        if why is None and self.with_universes.intersection(proof.found.together):
            why = WHY_NUMBERED
        first = (proof.index if proof.start is None else proof.start) + 1
        names = [scope.opening.name for scope in self.scopes[1:]]
        modules = [
            s.opening.name for s in self.scopes[1:] if s.opening.kind is not ScopeKind.SECTION
        ]
        sections = [s for s in self.scopes if s.opening.kind is ScopeKind.SECTION]
        done = Proof(
            name=name,
            scopes=tuple(names),
            modules=tuple(modules),
            in_section=bool(sections),
            section_variables=tuple(v for scope in sections for v in scope.variables),
            index=proof.index,
            statement=self.sentences[proof.index],
            start=None if proof.start is None else self.sentences[proof.start],
            body=tuple(self.sentences[first:index]),
            end=self.sentences[index] if command is not None else None,
            kind=kind,
            using=proof.using,
            default_using=self.flags.value("Default Proof Using"),
            unsets_default=self.flags.is_unset("Default Proof Using"),
            depth=len(self.open),
            why_in_place=why,
            together=proof.found.together,
        )
        self.proofs.append(done)
        self.scopes[-1].children.append(done)
        if proof.command.word == "Let" and kind is not ProofEnd.ABORT:
            self.scopes[-1].variables += declared_variables(proof.command)

    def _name(self, proof: _OpenProof, command: Command | None, kind: ProofEnd) -> str:
        """The name that the text gives, or what Coq is likely to make up."""
        if kind in (ProofEnd.SAVE, ProofEnd.DEFINED) and command and command.rest.strip():
            return command.rest.strip()
        if proof.found.name is not None:
            return proof.found.name
        if proof.command.word == "Instance":
            words = re.findall(r"[^\W\d][\w']*", proof.command.rest)
            return f"{words[0] if words else 'unnamed'}_instance"
        if proof.command.word != "Goal":
            return "unnamed"
        self.unnamed += 1
        return "Unnamed_thm" + (str(self.unnamed - 2) if self.unnamed > 1 else "")

    # Outside proofs.

    def _looks_like_proof(self, index: int, command: Command) -> bool:
        """Whether a sentence can only stand in a proof, though no command is known to open one."""
        if self.open:  # a guess already: its sentences are read as those of a proof
            return not self._parse_opens(command)
        if self.sentences[index].kind is not Kind.COMMAND:
            return True
        return command.word in _ENDS or command.word == "Proof" or command.word[:1].islower()

    def _parse_opens(self, command: Command) -> bool:
        return statement(command, self.flags.is_on("Program Mode")) is not None

    def _guess(self, index: int, command: Command) -> None:
        """The sentence before opened a proof, by a command that this reader does not know."""
        if not self.open:
            why = "the command that opens it is not known to this tool"
            before = self._parse(index - 1)
            guess = _OpenProof(index - 1, Statement(None, why), before, is_guess=True)
            self.open.append(guess)
        if not self._see_in_proof(index, command) and not is_tactic(command):
            self._see_command(index, command)

    def _see_command(self, index: int, command: Command) -> None:
        sentence = self.sentences[index]
        if command.word in STICKY_COMMANDS:
            self.why_all = self.why_all or STICKY_COMMANDS[command.word]
        found = statement(command, self.flags.is_on("Program Mode"))
        if found is not None:
            self._open(index, command, found)
        elif opened := opening(command):
            self.flags.enter(opened.kind, command)
            self.scopes.append(_OpenScope(opened, sentence.start))
        elif is_end(command) and len(self.scopes) > 1:
            self._leave(sentence.end)
        else:
            self.flags.see(command)
            if self.scopes[-1].opening.kind is ScopeKind.SECTION:
                self.scopes[-1].variables += declared_variables(command)

    def _open(self, index: int, command: Command, found: Statement) -> None:
        why = self.why_all or why_by_place(self.flags, [s.opening.kind for s in self.scopes])
        if self.open and not (self._may_nest() and not self.open[-1].is_guess):
            # Coq would refuse a nested statement: the proof before was none, or is wrong.
            if not self.open[-1].is_guess:
                why = why or "the proof before it has no end"
            self._close(index, ProofEnd.NONE)
        if self.open:
            why = why or "it stands inside another proof"
        self.open.append(_OpenProof(index, found, command, using=command.value("using"), why=why))

    def _may_nest(self) -> bool:
        return self.flags.is_on("Nested Proofs Allowed")

    def _leave(self, end: int, *, is_closed: bool = True) -> None:
        scope = self.scopes.pop()
        self.flags.leave()
        self.scopes[-1].children.append(_scope(scope, end, is_closed))


def _scope(scope: _OpenScope, end: int, is_closed: bool) -> Scope:
    found = scope.opening
    return Scope(
        kind=found.kind,
        name=found.name,
        is_functor=found.is_functor,
        start=scope.start,
        end=end,
        is_closed=is_closed,
        variables=tuple(scope.variables),
        children=tuple(scope.children),
    )
