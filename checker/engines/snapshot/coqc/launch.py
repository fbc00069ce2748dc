"""How a coqc is started so that it reads its source from us."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Launch:
    """How a coqc is started so that it reads `source` from us."""

    command: tuple[str, ...]  # coqc, its options, the file
    root: Path  # where it runs
    source: Path  # the file, absolute
    environ: Mapping[str, str]
    shim: Path
    opening: int  # which opening of the source is fed, from 1
    folder: Path  # private, for the socket
    writes: bool = False  # coqc may write its .vo, .vos, .glob, .aux
    opened: Path | None = None  # where the names of the files go that coqc reads, one a line


def environ_of(launch: Launch, address: Path) -> dict[str, str]:
    """Its environment. `address`: of the socket where it finds us."""
    found = launch.source.stat()
    environ = dict(launch.environ)
    environ["LD_PRELOAD"] = str(launch.shim)
    environ["PROOF_SNAPSHOT_SOCKET"] = str(address)
    environ["PROOF_SNAPSHOT_SOURCE"] = f"{found.st_dev}:{found.st_ino}"
    environ["PROOF_SNAPSHOT_OPENING"] = str(launch.opening)
    (temporary := address.parent / "tmp").mkdir(exist_ok=True)
    environ["TMPDIR"] = str(temporary)  # which goes with the run; copies write there, too
    environ.pop("PROOF_SNAPSHOT_WRITES", None)
    if launch.opened:
        environ["PROOF_SNAPSHOT_OPENED"] = str(launch.opened)
    if launch.writes:
        environ["PROOF_SNAPSHOT_WRITES"] = "1"
    return environ
