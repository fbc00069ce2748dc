"""Which .vo files `doit vio2vo` has made, by content, so that `doit` need not make them again.

doit knows only what its own tasks made; the checker makes all .vo files in one go.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from makegen.base.files import write_outputs
from makegen.base.side import FOLDER
from makegen.coq.coqfiles import made

RECORD = Path(FOLDER, "dodo.completed.json")
BEGUN = Path(FOLDER, "dodo.completed.json.new")


def begin(sources: Iterable[str]) -> None:
    """Notes the sources as they are before the checker runs: who edits one now gets no credit."""
    write_outputs({BEGUN: json.dumps({source: _digest(source) for source in sources})})


def record(sources: Iterable[str], config: str) -> None:
    """Notes that each F.vo was made from F.v as it was at `begin`, by the Coq of `config`."""
    before = json.loads(BEGUN.read_text())
    known = {source: [config, before[source], _digest(made(source, ".vo"))] for source in sources}
    write_outputs({RECORD: json.dumps(known)})
    BEGUN.unlink()


def is_completed(sources: Iterable[str], config: str) -> bool:
    """Whether all of these are as `record` found them: a source and what it requires."""
    try:
        known = json.loads(RECORD.read_text())
        return all(
            None not in (found := [config, _digest(source), _digest(made(source, ".vo"))])
            and known.get(source) == found
            for source in sources
        )
    except (OSError, ValueError, AttributeError):
        return False


def _digest(file: str) -> str | None:
    """None for a file that is not there."""
    try:
        with Path(file).open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return None
