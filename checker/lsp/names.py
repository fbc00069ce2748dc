"""Names in a document: what stands at a place, what coqc says of it, where it is defined."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.document.document import Document, Proof
from makegen.project.loadpath import LoadPath, PathKind

_NAME = re.compile(r"[^\W\d](?:[\w']|\.(?=[^\W\d]))*")
_FULL = re.compile(r"Expands to: \w+ ([\w.']+)")
_OPENING = (
    r"(?:Lemma|Theorem|Corollary|Proposition|Fact|Remark|Example|Definition|Fixpoint|CoFixpoint"
    r"|Inductive|CoInductive|Variant|Record|Structure|Class|Instance|Axiom|Parameter|Variable"
    r"|Hypothesis|Context|Let|Canonical|Ltac|Notation|with|Function|Equations\??|HB\.mixin Record)"
)

_LETTER = r"[\w'\x80-\xff]"  # in bytes: what is not ASCII counts as one
_DEFINES = re.compile(
    rf"(?m)^\s*(?:\w+\s+|#\[[^\]]*\]\s*)?{_OPENING}\s+((?![\d']){_LETTER}+)".encode()
)

# What coqc is asked for tactics: those of plugins, of libraries, of the file itself.
ASK_TACTICS = b"Print Ltac Signatures. Print Grammar tactic."
_ENTRY = re.compile(
    r"^Entry (?:simple_tactic|ltac_expr\w*) is\n(.*?)(?=^Entry |\Z)", re.DOTALL | re.M
)
_RULE = re.compile(r"(?:\[|\|) (?:IDENT )?\"([^\W\d][\w']*)\"")
_SIGNATURE = re.compile(r"([^\W\d][\w']*)(?: |\Z)")


@dataclass(frozen=True)
class Place:
    """Where something is defined."""

    path: Path
    start: int  # bytes
    end: int


def name_at(text: bytes, offset: int) -> str | None:
    """The name, qualified perhaps, that a place is in."""
    before, after = text[:offset].rpartition(b"\n")[2], text[offset:].partition(b"\n")[0]
    at = len(before.decode(errors="replace"))
    for found in _NAME.finditer((before + after).decode(errors="replace")):
        if found.start() <= at <= found.end():
            return found[0]
    return None


def begun_at(text: bytes, offset: int) -> str:
    """What stands of a name before a place, without what qualifies it."""
    found = re.search(r"[\w']*\Z", text[max(0, offset - 200) : offset].decode(errors="replace"))
    return found[0] if found else ""


def proof_named(document: Document, name: str) -> Proof | None:
    """The last proof of that name."""
    found = (proof for proof in reversed(document.proofs) if name in proof.names)
    return next(found, None)


def proof_around(document: Document, offset: int) -> Proof | None:
    """The proof that a place is in, its statement included."""
    inside = (p for p in document.proofs if p.statement.start <= offset <= p.last.end)
    return next(inside, None)


def full_name(about: str) -> str | None:
    """The absolute name, as `About` prints it."""
    found = _FULL.search(about)
    return found[1] if found else None


def definitions(text: bytes) -> Iterator[tuple[str, int, int]]:
    """The names that a source most likely defines, each with the bytes where it stands."""
    for found in _DEFINES.finditer(text):
        yield found[1].decode(errors="replace"), *found.span(1)


def defined_in(text: bytes, name: str) -> tuple[int, int] | None:
    """Where a source most likely defines this name: the bytes of the name."""
    last = re.escape(name.rpartition(".")[2])
    pattern = rf"(?<!{_LETTER}){_OPENING}\s+(?:{{[^}}]*}}\s*)?({last})(?!{_LETTER})".encode()
    found = re.search(pattern, text)
    if found is None:  # a constructor, a field
        found = re.search(rf"[|{{;(]\s*({last})(?!{_LETTER})\s*[:(]?".encode(), text)
    return found.span(1) if found else None


def source_of(full: str, root: Path, paths: Iterable[LoadPath], library: Path) -> Path | None:
    """The source of the library in which an absolute name is defined.

    `library`: the folder of Coq's own ones.
    """
    parts = full.split(".")[:-1]
    places = [(path.logical.split("."), root / path.folder) for path in paths if _is_named(path)]
    own = [(["Coq"], library / "theories"), (["Stdlib"], library / "user-contrib" / "Stdlib")]
    own += [(["Corelib"], library / "theories"), ([], library / "user-contrib"), ([], root)]
    for logical, folder in (*places, *own):
        prefix = [part for part in logical if part]
        if parts[: len(prefix)] != prefix:
            continue
        rest = parts[len(prefix) :]
        for count in range(len(rest), 0, -1):
            path = folder.joinpath(*rest[:count]).with_suffix(".v")
            if path.is_file():
                return path
    return None


def _is_named(path: LoadPath) -> bool:
    return path.kind is not PathKind.I


def tactics_in(said: str) -> frozenset[str]:
    """The words that tactics begin with, as coqc answers `ASK_TACTICS`."""
    signatures, _, grammar = said.partition("Entry ")
    defined = map(_SIGNATURE.match, signatures.splitlines())
    rules = (rule for entry in _ENTRY.findall("Entry " + grammar) for rule in _RULE.findall(entry))
    return frozenset([*rules, *(found[1] for found in defined if found)])
