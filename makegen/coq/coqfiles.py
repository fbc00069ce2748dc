"""The files that coqc makes of a source, and how each kind is made beside the others.

coqc loads F.vio instead of F.vo when it is newer, and files that were built on one do not go with
files that were built on the other. `coqc -vio F.v` empties F.vos, which means "read F.vo" where
there may be none. A generated Makefile does the same with its own words.
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from makegen.base.exit import Exit, reap
from makegen.coq import cutoff

_OF_EMPTY_FILE = hashlib.md5(b"", usedforsecurity=False).hexdigest().encode()
MADE = (".vo", ".vos", ".vok", ".vio", ".glob", ".vos.kept", ".vio.kept")


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
    stamps = (cutoff.stamp(Path(made(source, suffix))) for suffix in (".vos", ".vio"))
    return (*(made(source, suffix) for suffix in MADE), *map(str, stamps))


def aux(source: str) -> str:
    """Where coqc records times.

    >>> aux("sub/C.v"), aux("A.v")
    ('sub/.C.aux', '.A.aux')
    """
    folder, slash, name = source.rpartition("/")
    return f"{folder}{slash}.{name.removesuffix('.v')}.aux"


def has_hints(aux_file: Path) -> bool:
    """Whether an .aux file has hints for the next coqc, as its first line tells."""
    try:
        with aux_file.open("rb") as stream:
            _, digest, name = stream.readline().rstrip(b"\n").split(b" ", 2)
    except (OSError, ValueError):
        return False
    return digest == _OF_EMPTY_FILE and not name.endswith(b".v")


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
    cutoff.kept(path.with_suffix(".vos")).unlink(missing_ok=True)
    cutoff.stamp(path.with_suffix(".vos")).touch()
    path.with_suffix(".vio").unlink(missing_ok=True)
    return outcome


def make_vio(coqc: Sequence[str], source: str) -> Exit:
    """F.vio; a good F.vos stays."""
    vos = Path(source).with_suffix(".vos")
    kept = cutoff.kept(vos)
    if vos.exists() and not kept.exists():
        vos.replace(kept)
    try:
        return _remake([*coqc, "-vio", "-w", "-several-object-files", source], ".vio")
    finally:
        vos.unlink(missing_ok=True)
        if kept.exists():
            kept.replace(vos)


def make_vos(coqc: Sequence[str], source: str) -> Exit:
    """F.vos, from the .vos of what F requires."""
    return _remake([*coqc, "-vos", source], ".vos")


def make_vok(coqc: Sequence[str], source: str) -> Exit:
    """F.vok: F is checked against the .vos of what it requires. Rocq 9 writes no file: we do."""
    outcome = _run([*coqc, "-vok", source])
    if outcome.is_good:
        Path(source).with_suffix(".vok").touch()
    return outcome


def is_real_vos(source: str) -> bool:
    """Whether F.vos holds statements: an empty one only points to F.vo."""
    vos = Path(source).with_suffix(".vos")
    return vos.exists() and vos.stat().st_size > 0


def remove(names: Iterable[str]) -> None:
    """Removes the files that are there."""
    for name in names:
        Path(name).unlink(missing_ok=True)


def _remake(command: Sequence[str], suffix: str) -> Exit:
    """Runs coqc on its last word; a product that tells what it told before keeps its time."""
    with cutoff.remaking(Path(command[-1]).with_suffix(suffix)) as remade:
        outcome = _run(command)
        remade.is_good = outcome.is_good
    return outcome


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
