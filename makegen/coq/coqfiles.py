"""The files that coqc makes of a source, and how a .vo is made beside the others.

coqc loads F.vio instead of F.vo when it is newer, and files that were built on one do not go with
files that were built on the other. A generated Makefile does the same with its own words.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from makegen.base.exit import Exit, reap

MADE = (".vo", ".vos", ".vok", ".vio", ".glob")


def made(source: str, suffix: str) -> str:
    """What coqc makes of a source.

    >>> made("sub/C.v", ".vo")
    'sub/C.vo'
    """
    return source.removesuffix(".v") + suffix


def outputs(source: str) -> tuple[str, ...]:
    """All that coqc may have made of a source.

    >>> outputs("sub/C.v")[:2]
    ('sub/C.vo', 'sub/C.vos')
    """
    return tuple(made(source, suffix) for suffix in MADE)


def aux(source: str) -> str:
    """Where coqc records times.

    >>> aux("sub/C.v"), aux("A.v")
    ('sub/.C.aux', '.A.aux')
    """
    folder, slash, name = source.rpartition("/")
    return f"{folder}{slash}.{name.removesuffix('.v')}.aux"


def make_vo(coqc: Sequence[str], source: str, sources: Iterable[str]) -> Exit:
    """F.vo, with no newer .vio of another source in reach, and without F.vio from then on."""
    for other in map(Path, sources):
        _forget_newer_vio(other.with_suffix(".vio"), other.with_suffix(".vo"))
    outcome = _run([*coqc, source])
    path = Path(source)
    if not outcome.is_good:
        path.with_suffix(".glob").unlink(missing_ok=True)
        return outcome
    for suffix in (".vos", ".vok"):  # Rocq 9 makes none
        path.with_suffix(suffix).write_bytes(b"")
    path.with_suffix(".vio").unlink(missing_ok=True)
    return outcome


def remove(names: Iterable[str]) -> None:
    """Removes the files that are there."""
    for name in names:
        Path(name).unlink(missing_ok=True)


def _forget_newer_vio(vio: Path, vo: Path) -> None:
    try:
        newer = vio.stat().st_mtime_ns > vo.stat().st_mtime_ns
    except FileNotFoundError:
        return
    if newer:
        vio.unlink(missing_ok=True)


def _run(command: Sequence[str]) -> Exit:
    """Runs coqc to its end and passes on what it says, unmixed with others."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            ended = reap(process.pid)
        except BaseException:
            process.kill()
            process.wait()
            raise
        process.returncode = ended.status
        for said, stream in ((out, sys.stdout), (err, sys.stderr)):
            said.seek(0)
            stream.write(said.read())
    return ended
