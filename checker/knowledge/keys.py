"""Keys under which verdicts are kept: digests of all that a verdict can depend on. Pure.

docs/ledger.md explains each part and argues that nothing is left out. In short, the verdict on a
proof depends on

- the surroundings: Coq, its flags and load path, the file's logical name, the files it loads, and
  those that it might load in their place (checker.knowledge.surroundings),
- the document before the proof, where a proof that can be delegated counts only by its statement
  and the section variables that it uses,
- its own statement, without its name, and its own script,

all in the normal form, that is without comments and the choice of blanks.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from checker.document.document import Document, Proof
from checker.document.normal_form import normal as normal_form
from checker.document.sentences import Sentence, found_in
from checker.document.vernac import STATEMENTS, parse

# Part of every key: to be raised when the meaning of a key changes, or how documents are read.
KEY_VERSION = 5

_LOADING = frozenset(
    ("Require", "From", "Load", "Import", "Export", "Declare", "Add", "Remove", "Cd", "Include")
)
_MAY_LOAD = re.compile("|".join(sorted(_LOADING)).encode())

_WORDS = re.compile(r"[\s(),-]+")  # between the words of a Require

# Editors have the same sentences looked at again and again.
normal = lru_cache(maxsize=1 << 16)(normal_form)

Requires = Sequence[Sequence[str]]  # pairs: what stands after From, or "", and what is required

# For proofs in sections that do not declare it, by the byte offset of their statement: what says
# the same of the section variables as the proof does, such as `Proof using n. Admitted.` They
# belong to its statement once the section is closed.
Uses = Mapping[int, bytes]


@dataclass(frozen=True)
class Fingerprints:
    """The keys of one document in given surroundings.

    After a proof whose use of section variables is not known there are no keys.
    """

    text: str | None  # of the document as a whole, delegable proofs reduced to statements
    proofs: Mapping[int, str]  # of delegable proofs, by the byte offset of their statement
    own: Mapping[int, str]  # digests of the statements and scripts of these, and of nothing else


def digest_of(parts: Iterable[bytes | str]) -> str:
    """One digest of these parts, in a fixed order."""
    digest = hashlib.sha256(b"%d" % KEY_VERSION)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


@dataclass(frozen=True)
class Loading:
    """What the sentences of a document say of the files that Coq loads."""

    digest: str  # of these sentences
    requires: Requires | None  # what they require; None: some of it stands in other texts


def loading_of(document: Document) -> Loading:
    """Which files Coq loads, as far as the document says.

    As long as that stays, and the load path and what is found there do, Coq loads the same files.
    """
    digest = hashlib.sha256()
    requires: list[tuple[str, str]] = []
    loads_text = False
    for sentence, _ in found_in(_MAY_LOAD, document.text, document.sentences):
        text = document.source(sentence)
        word = parse(text).word
        if word in _LOADING:
            text = normal(text)
            digest.update(text + b"\0")
            requires += _required(text.decode("utf-8", "surrogateescape"))
            loads_text |= word == "Load"
    return Loading(digest.hexdigest(), None if loads_text else requires)


def _required(sentence: str) -> list[tuple[str, str]]:
    """What a sentence requires, and from where; also some words that are no names.

    >>> _required("From P.Q Require Import A.B C.")
    [('P.Q', 'Import'), ('P.Q', 'A.B'), ('P.Q', 'C')]
    >>> _required("Import A.")
    []
    """
    words = [word.rstrip(".") for word in _WORDS.split(sentence)]
    if "Require" not in words:
        return []
    at = words.index("Require")
    root = words[at - 1] if "From" in words[max(0, at - 2) : at - 1] else ""
    return [(root, word) for word in words[at + 1 :] if word]


def fingerprints(document: Document, surroundings: str, uses: Uses) -> Fingerprints:
    """The keys of the document and of its delegable proofs.

    The order of neighbouring lemmas does not count where none of their statements mentions
    another of them (`_Lemmas`).
    """
    proofs = {p.index: p for p in document.proofs if p.is_delegable and not p.depth}
    before = _Before(surroundings)
    keys: dict[int, str] = {}
    own: dict[int, str] = {}
    end = 0  # of the delegable proof that is being passed over
    for index, sentence in enumerate(document.sentences):
        if sentence.start < end:
            continue
        if (proof := proofs.get(index)) is None:
            before.add_text(normal(document.source(sentence)))
            continue
        end = proof.last.end
        statement = normal(document.source(sentence))
        script = b"\0".join(map(_source(document), _script(proof)))
        keys[sentence.start] = _key(before.digest(), proof, statement, script)
        own[sentence.start] = hashlib.sha256(statement + b"\0" + script).hexdigest()
        if proof.needs_variables and sentence.start not in uses:
            return Fingerprints(None, keys, own)
        before.add_lemma(proof, statement, _uses(proof, uses))
    return Fingerprints(before.digest().hex(), keys, own)


def _script(proof: Proof) -> list[Sentence]:
    start = [proof.start] if proof.start else []
    end = [proof.end] if proof.end else []
    return [*start, *proof.body, *end]


def _source(document: Document) -> Callable[[Sentence], bytes]:
    return lambda sentence: normal(document.source(sentence))


def _uses(proof: Proof, uses: Uses) -> bytes:
    """What its script says, or is known to say, of the type that it has outside its section."""
    if not proof.in_section:
        return b""
    declared = f"{proof.using}|{proof.default_using}|".encode("utf-8", "surrogateescape")
    return declared + uses.get(proof.statement.start, b"")


def _key(before: bytes, proof: Proof, statement: bytes, script: bytes) -> str:
    """The key of one proof; its own name does not count where nothing can see it.

    A recursive proof has its names among its hypotheses: there tactics may see them.
    """
    name = proof.name.encode("utf-8", "surrogateescape")
    if not proof.together and statement.count(name) == 1 and name not in script:
        statement = statement.replace(name, b"_")
    return hashlib.sha256(b"\0".join((b"proof", before, statement, script))).hexdigest()


def settled_key(surroundings: str, text: bytes) -> str:
    """The key under which it is kept that all of a source is good."""
    return hashlib.sha256(b"settled" + surroundings.encode() + text).hexdigest()


def wrong_key(key: str, column: int, text: bytes) -> str:
    """The key of coqc's complaint about a proof.

    `column`: where its statement begins in its line. `text`: the very bytes from there to its end,
    since the positions of the complaint hold for them alone.
    """
    return hashlib.sha256(b"complaint %d " % column + key.encode() + text).hexdigest()


class _Before:
    """A digest of the document so far."""

    def __init__(self, surroundings: str) -> None:
        self._digest = hashlib.sha256(surroundings.encode())
        self._lemmas = _Lemmas()

    def digest(self) -> bytes:
        """Of all that was added."""
        digest = self._digest.copy()
        digest.update(self._lemmas.digest())
        return digest.digest()

    def add_text(self, text: bytes) -> None:
        """A sentence that counts as it stands."""
        self._close_lemmas()
        self._digest.update(b"text %d:" % len(text) + text)

    def add_lemma(self, proof: Proof, statement: bytes, uses: bytes) -> None:
        """A statement whose proof is delegated."""
        name = proof.name.encode("utf-8", "surrogateescape")
        is_single = parse(statement).word in STATEMENTS and not proof.together
        is_lemma = is_single and not proof.in_section
        if not is_lemma or not self._lemmas.has_room_for(name, statement):
            self._close_lemmas()
        self._lemmas.add(name, statement, uses)
        if not is_lemma:
            self._close_lemmas()

    def _close_lemmas(self) -> None:
        self._digest.update(b"lemmas" + self._lemmas.digest())
        self._lemmas = _Lemmas()


class _Lemmas:
    """Neighbouring lemmas, none of which mentions another: their order cannot matter.

    Each statement then means the same wherever it stands among them. To mention is to contain the
    letters of the name anywhere, which errs on the safe side.
    """

    def __init__(self) -> None:
        self._names: list[bytes] = []
        self._statements = b""
        self._sum = 0  # of the digests, so that the order does not count

    def has_room_for(self, name: bytes, statement: bytes) -> bool:
        """Whether neither mentions the other."""
        return name not in self._statements and not any(n in statement for n in self._names)

    def add(self, name: bytes, statement: bytes, uses: bytes) -> None:
        """One more, whether there is room or not."""
        self._names.append(name)
        self._statements += b"\0" + statement
        digest = hashlib.sha256(statement + b"\0" + uses).digest()
        self._sum = (self._sum + int.from_bytes(digest)) % (1 << 256)

    def digest(self) -> bytes:
        """Of all of them, in any order."""
        return b"%d:%064x" % (len(self._names), self._sum)
