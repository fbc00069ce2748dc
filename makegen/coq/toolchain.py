"""Which coqc or rocq is at hand, its version, and what it can do."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from makegen.base.errors import MachineError
from makegen.coq import toolcache
from makegen.coq.probe import Abilities, Version, probe, takes_packages

OLDEST = (8, 12, 0)

# What names a work manager (docs/workers.md): Rocq 9 reads the first, then the second; Coq the
# second; the manual writes the third.
MANAGER_VARIABLES = ("ROCQWORKMGR_SOCK", "COQWORKMGR_SOCK", "COQWORKMGR_SOCKET")


@dataclass(frozen=True)
class Toolchain:
    """The Coq at hand: how each tool is called (words) and what coqc can do.

    Each tool stands beside coqc, by its coq* name or as a subcommand of `rocq`, and is () where
    it is not installed. -vos and -vok themselves are in every Coq that we take.
    """

    coqc: tuple[str, ...]
    coqdep: tuple[str, ...]
    coqchk: tuple[str, ...]
    coqdoc: tuple[str, ...]
    coqtop: tuple[str, ...]
    rocq: tuple[str, ...]
    version: Version  # 8.20.1 is (8, 20, 1)
    build: str  # with OCaml's, such as `8.20.1 5.3.0`: a .vo of another build cannot be loaded
    vo_magic: str  # the first 8 bytes of its .vo, .vos and .vio files, in hexadecimal
    has_vio: bool  # -vio, -vio2vo, -check-vio-tasks (Coq < 8.20)
    writes_vok: bool  # -vok leaves a .vok file (Rocq 9 does not)
    has_packages: bool  # -package, and `rocq find` (Rocq 9.3)

    @property
    def name(self) -> str:
        """Such as `Coq 8.16.1` or `Rocq 9.2.0`."""
        brand = "Rocq" if self.version >= (9,) else "Coq"
        return f"{brand} {'.'.join(map(str, self.version))}"

    def coqdep_for(self, meta: str | None) -> tuple[str, ...]:
        """coqdep for a project with this META file, of which it has to be told before Rocq 9."""
        return self.coqdep if meta is None or self.version >= (9,) else (*self.coqdep, "-m", meta)


def find_toolchain(environ: Mapping[str, str] = os.environ) -> Toolchain:
    """The toolchain that COQBIN, else PATH, names.

    coqc is run only where its path, size or time is new to the user's cache folder.
    Raises MachineError when there is none, it is broken, or it is older than 8.12.
    """
    folder = str(_folder(environ))
    coqc = _tool(folder, "coqc", "c")
    # A coqc may be a link to the folder where the others are.
    places = os.pathsep.join([folder, str(Path(coqc[0]).resolve().parent)])
    coqdep = _tool(places, "coqdep", "dep")
    if not coqdep:
        raise MachineError(f"no coqdep beside {coqc[0]}; install all of Coq")
    abilities = _abilities(coqc, environ)
    return Toolchain(
        coqc=coqc,
        coqdep=coqdep,
        coqchk=_tool(places, "coqchk", "check"),
        coqdoc=_tool(places, "coqdoc", "doc"),
        coqtop=_tool(places, "coqtop", "repl"),
        rocq=_tool(places, "rocq", ""),
        version=abilities.version,
        build=abilities.build,
        vo_magic=abilities.vo_magic,
        has_vio=abilities.has_vio,
        writes_vok=abilities.writes_vok,
        has_packages=abilities.has_packages,
    )


def has_packages(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the Coq at hand, if one is there and runs, takes -package.

    It costs one short run of coqc at most and fails for nothing: files are generated without a Coq.
    """
    try:
        coqc = _tool(str(_folder(environ)), "coqc", "c")
        if known := _known(coqc):
            return known.has_packages
        return takes_packages(coqc, without_manager(environ))
    except (MachineError, OSError):
        return False


def without_manager(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a coqc that must not ask a work manager for leave to run.

    Every coqc asks for a token before it compiles a file (`compile` in Coq's sources) and waits for
    ever where none comes free: a probe must not, nor a worker for which a token is held already.
    """
    return {name: value for name, value in environ.items() if name not in MANAGER_VARIABLES}


def _folder(environ: Mapping[str, str]) -> Path:
    """The first folder of COQBIN, else of PATH, that has a coqc or a rocq.

    A folder that has `rocq` alone counts: its version was put first for a reason.
    """
    coqbin = environ.get("COQBIN", "")
    searched = [coqbin] if coqbin else environ.get("PATH", os.defpath).split(os.pathsep)
    for word in searched:
        folder = Path(word or ".").absolute()
        if any(shutil.which(name, path=str(folder)) for name in ("coqc", "rocq")):
            return folder
    where = f"in COQBIN={coqbin}" if coqbin else "on PATH"
    raise MachineError(f"no coqc and no rocq {where}; install Coq, or set COQBIN to its folder")


def _tool(places: str, name: str, subcommand: str) -> tuple[str, ...]:
    """How the tool is called: by its coq* name, else as `rocq subcommand`, else ().

    `places` is one or more folders, as in PATH.
    """
    if path := shutil.which(name, path=places):
        return (path,)
    if rocq := shutil.which("rocq", path=places):
        return (rocq, subcommand)
    return ()


def _abilities(coqc: tuple[str, ...], environ: Mapping[str, str]) -> Abilities:
    """What this coqc can do, from the cache or from coqc itself."""
    if known := _known(coqc):
        return known
    found = probe(coqc, without_manager(environ), OLDEST)
    toolcache.remember(coqc[0], "abilities", asdict(found))
    return found


def _known(coqc: tuple[str, ...]) -> Abilities | None:
    """The abilities in the cache; None when they are not all there."""
    match toolcache.recall(coqc[0], "abilities"):
        case {
            "version": [int(major), int(minor), int(patch)],
            "build": str(build),
            "vo_magic": str(vo_magic),
            "has_vio": bool(has_vio),
            "writes_vok": bool(writes_vok),
            "has_packages": bool(has_packages),
        }:
            version = (major, minor, patch)
            return Abilities(version, build, vo_magic, has_vio, writes_vok, has_packages)
    return None
