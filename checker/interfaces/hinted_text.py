"""The text of a source with `Proof using` where it is missing, for a coqc that makes an interface.

Not every hint can go through the .aux file: Coq looks there for proofs that begin with a sentence
`Proof` only. For the others the sentence is written out, in a hidden file beside the source, and
the snapshot shim gives coqc that file in the place of the source. It takes the file away with that:
so a file that is still there afterwards says that coqc has read the source itself.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from checker.document.document import Document, Proof
from checker.shim.loader import find_shim
from makegen.base.errors import MachineError
from makegen.base.files import Finish, write_whole
from makegen.base.process import Request
from makegen.base.process import run as run_process
from makegen.base.temporary import temporary_folder
from makegen.coq import toolcache
from makegen.coq.toolchain import Toolchain, without_manager

OPENING = "PROOF_SNAPSHOT_HINTED"  # which opening of its source coqc takes the text from, from 1
VERSION = 1  # of the test: an older answer does not count
_MOST_OPENINGS = 4
_PLAIN = re.compile(r"[\w./+-]+")  # what the dynamic linker takes as it is
_PROOF = re.compile(rb"Proof\s*\.")
_REFUSED = b"Check this_is_the_source.\n"
_ACCEPTED = b"Definition this_is_the_text := tt.\n"

Clauses = Mapping[Proof, str]  # the section variables of proofs, separated by blanks


def path_of(source: Path) -> Path:
    """Where the text stands that coqc is to read in the place of a source.

    >>> path_of(Path("theories/F.v")).name
    '.F.v.hinted'
    """
    return source.with_name(f".{source.name}.hinted")


def has_room(document: Document, proof: Proof) -> bool:
    """Whether `Proof using` can be written out without moving anything that stands on its line."""
    text = document.text
    after = proof.body[0] if proof.body else proof.last
    if proof.start is None:
        return b"\n" in text[proof.statement.end : after.start]
    is_plain = _PROOF.fullmatch(document.source(proof.start)) is not None
    return is_plain and b"\n" in text[proof.start.end : after.start]


def with_clauses(document: Document, clauses: Clauses) -> bytes:
    """The text with `Proof using NAMES` in these proofs, which have room for it."""
    parts = []
    done = 0
    for proof in sorted(clauses, key=lambda proof: proof.statement.start):
        using = f" using {clauses[proof]}".rstrip().encode()
        at, words = (
            (proof.start.end - 1, using)
            if proof.start
            else (proof.statement.end, b" Proof" + using + b".")
        )
        parts += [document.text[done:at], words]
        done = at
    return b"".join([*parts, document.text[done:]])


def write(source: Path, text: bytes, modified: int) -> None:
    """Leave the text for the next coqc, if the source is still the one of that time (ns)."""
    write_whole(path_of(source), text, Finish(modified=modified))


async def environ_for(toolchain: Toolchain) -> dict[str, str]:
    """The variables with which this coqc takes the text; none where it cannot be made to.

    That is tried out once for each coqc, on a source that is wrong beside a text that is right.
    """
    if not sys.platform.startswith("linux"):
        return {}
    try:
        shim = find_shim()
    except MachineError:
        return {}
    if not _PLAIN.fullmatch(str(shim)):
        return {}
    built = shim.stat()
    topic = f"hinted {VERSION} {built.st_size} {built.st_mtime_ns}"
    kept = toolcache.recall(toolchain.coqc[0], topic)
    if kept is None:
        kept = {"opening": await _try_out(toolchain, shim)}
        toolcache.remember(toolchain.coqc[0], topic, kept)
    opening = kept.get("opening")
    return _variables(shim, opening) if isinstance(opening, int) and opening else {}


def _variables(shim: Path, opening: int) -> dict[str, str]:
    return {"LD_PRELOAD": str(shim), OPENING: str(opening)}


async def _try_out(toolchain: Toolchain, shim: Path) -> int:
    """The opening that works, or 0."""
    mode = "-vio" if toolchain.has_vio else "-vos"
    for opening in range(1, _MOST_OPENINGS + 1):
        with temporary_folder() as folder:
            source = folder / "probe.v"
            source.write_bytes(_REFUSED)
            write(source, _ACCEPTED, source.stat().st_mtime_ns)
            request = Request(
                (*toolchain.coqc, "-q", mode, source.name),
                folder,
                {**without_manager(os.environ), **_variables(shim, opening)},
            )
            outcome = await run_process(request)
            if outcome.status == 0 and not path_of(source).exists():
                return opening
    return 0
