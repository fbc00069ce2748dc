"""Which .vo files `doit vio2vo` has made, by content, so that `doit` need not make them again.

doit knows only what its own tasks made; the checker makes all .vo files in one go.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from makegen.coqfiles import made

RECORD = Path(".dodo.completed.json")


def record(sources: Iterable[str], config: str) -> None:
    """Notes that each F.vo was made from F.v as they are now, by the Coq that `config` names.

    An F.v that was edited since is left out.
    """
    known = {
        source: [config, *map(_digest, _files(source))]
        for source in sources
        if _is_newer(made(source, ".vo"), source)
    }
    partial = RECORD.with_name(RECORD.name + ".new")
    partial.write_text(json.dumps(known))
    partial.replace(RECORD)


def is_completed(sources: Iterable[str], config: str) -> bool:
    """Whether all of these are as `record` found them: a source and what it requires."""
    try:
        known = json.loads(RECORD.read_text())
        return all(
            known.get(source) == [config, *map(_digest, _files(source))] for source in sources
        )
    except (OSError, ValueError, AttributeError):
        return False


def _is_newer(file: str, source: str) -> bool:
    try:
        return Path(file).stat().st_mtime_ns > Path(source).stat().st_mtime_ns
    except FileNotFoundError:
        return False


def _files(source: str) -> tuple[str, str]:
    return source, made(source, ".vo")


def _digest(file: str) -> str:
    with Path(file).open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
