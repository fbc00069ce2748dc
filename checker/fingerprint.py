"""Keys under which verdicts are kept: digests of all that a verdict can depend on. Pure.

docs/ledger.md explains each part and argues that nothing is left out. In short, the verdict on a
proof depends on

- the surroundings: Coq, its flags and load path, the files it loads (`surroundings`),
- the document before the proof, where a proof that can be delegated counts only by its statement
  and the section variables that it uses,
- its own statement, without its name, and its own script,

all in the normal form, that is without comments and the choice of blanks.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from checker.document import Document, Proof
from checker.normal import normal
from checker.sentences import Sentence
from checker.vernac import STATEMENTS, parse

# Part of every key: to be raised when the meaning of a key changes, or how documents are read.
KEY_VERSION = 1

_NAME = re.compile(rb"[^\W\d][\w']*|[\x80-\xff]+")
_LOADING = frozenset(
    ["Require", "From", "Load", "Import", "Export", "Declare", "Add", "Remove", "Cd", "Include"]
)

# For each proof, by the byte offset of its statement: the section variables that it uses, as far
# as they are recorded. They belong to its statement once the section is closed.
Variables = Mapping[int, tuple[str, ...] | None]


@dataclass(frozen=True)
class Fingerprints:
    """The keys of one document in given surroundings."""

    text: str  # of the document as a whole, delegable proofs reduced to statements
    proofs: Mapping[int, str]  # of each delegable proof, by the byte offset of its statement


def surroundings(parts: Iterable[bytes | str]) -> str:
    """One digest of all that lies outside the document; the parts in a fixed order."""
    digest = hashlib.sha256(b"%d" % KEY_VERSION)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def loading_text(document: Document) -> str:
    """A digest of the sentences that say which files Coq loads.

    As long as it stays, and the load path and the files do, Coq loads the same files.
    """
    digest = hashlib.sha256()
    for sentence in document.sentences:
        text = document.source(sentence)
        if any(word.encode() in text for word in _LOADING) and parse(text).word in _LOADING:
            digest.update(normal(text) + b"\0")
    return digest.hexdigest()


def fingerprints(document: Document, around: str, variables: Variables) -> Fingerprints:
    """The keys of the document and of its delegable proofs.

    The order of neighbouring lemmas does not count where none of their statements mentions
    another of them (`_Lemmas`).
    """
    proofs = {p.index: p for p in document.proofs if p.is_delegable and not p.depth}
    before = _Before(around)
    keys: dict[int, str] = {}
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
        before.add_lemma(proof, statement, _uses(proof, variables))
    return Fingerprints(before.digest().hex(), keys)


def _script(proof: Proof) -> list[Sentence]:
    start = [proof.start] if proof.start else []
    end = [proof.end] if proof.end else []
    return [*start, *proof.body, *end]


def _source(document: Document) -> Callable[[Sentence], bytes]:
    return lambda sentence: normal(document.source(sentence))


def _uses(proof: Proof, variables: Variables) -> bytes:
    """What its script says, or is known to say, of the type that it has outside its section."""
    if not proof.in_section:
        return b""
    declared = f"{proof.using}|{proof.default_using}"
    recorded = variables.get(proof.statement.start)
    return f"{declared}|{recorded}".encode("utf-8", "surrogateescape")


def _key(before: bytes, proof: Proof, statement: bytes, script: bytes) -> str:
    """The key of one proof; its own name does not count where nothing can see it."""
    name = proof.name.encode("utf-8", "surrogateescape")
    seen = _NAME.findall(statement)
    if seen.count(name) == 1 and name not in _NAME.findall(script):
        statement = re.sub(rb"(?<![\w'])" + re.escape(name) + rb"(?![\w'])", b"_", statement)
    return hashlib.sha256(b"\0".join((b"proof", before, statement, script))).hexdigest()


class _Before:
    """A digest of the document so far."""

    def __init__(self, around: str) -> None:
        self._digest = hashlib.sha256(around.encode())
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
        words = frozenset(_NAME.findall(statement))
        is_lemma = parse(statement).word in STATEMENTS and not proof.in_section
        if not is_lemma or not self._lemmas.has_room_for(name, words):
            self._close_lemmas()
        self._lemmas.add(name, words, hashlib.sha256(statement + b"\0" + uses).digest())
        if not is_lemma:
            self._close_lemmas()

    def _close_lemmas(self) -> None:
        self._digest.update(b"lemmas" + self._lemmas.digest())
        self._lemmas = _Lemmas()


class _Lemmas:
    """Neighbouring lemmas, none of which mentions another: their order cannot matter.

    Their statements are elaborated in the same environment up to names that none of them uses.
    """

    def __init__(self) -> None:
        self._names: set[bytes] = set()
        self._words: set[bytes] = set()
        self._sum = 0  # of the digests, so that the order does not count
        self._count = 0

    def has_room_for(self, name: bytes, words: frozenset[bytes]) -> bool:
        """Whether neither mentions the other."""
        return name not in self._words and not (words - {name}) & self._names

    def add(self, name: bytes, words: frozenset[bytes], digest: bytes) -> None:
        self._names.add(name)
        self._words |= words
        self._sum = (self._sum + int.from_bytes(digest)) % (1 << 256)
        self._count += 1

    def digest(self) -> bytes:
        return b"%d:%064x" % (self._count, self._sum)
