"""Which coqc or rocq is at hand, its version, and what it can do."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from makegen.errors import MachineError

OLDEST = (8, 12, 0)
NO_VIO = (8, 20, 0)  # the first version without -vio

# What names a work manager (docs/workers.md): Rocq 9 reads the first, then the second; Coq the
# second; the manual writes the third.
MANAGER_VARIABLES = ("ROCQWORKMGR_SOCK", "COQWORKMGR_SOCK", "COQWORKMGR_SOCKET")


@dataclass(frozen=True)
class Toolchain:
    """The Coq at hand: how each tool is called (words) and what coqc can do."""

    coqc: tuple[str, ...]
    coqdep: tuple[str, ...]
    coqchk: tuple[str, ...]  # this and the next two are () when not installed
    coqdoc: tuple[str, ...]
    coqtop: tuple[str, ...]
    version: tuple[int, int, int]  # 8.20.1 is (8, 20, 1)
    has_vio: bool  # -vio, -vio2vo, -check-vio-tasks (Coq < 8.20)
    writes_vok: bool  # -vok leaves a .vok file (Rocq 9.2 does not)

    @property
    def name(self) -> str:
        """Such as `Coq 8.16.1` or `Rocq 9.2.0`."""
        brand = "Rocq" if self.version >= (9,) else "Coq"
        return f"{brand} {'.'.join(map(str, self.version))}"


def find_toolchain(environ: Mapping[str, str] = os.environ) -> Toolchain:
    """The toolchain that COQBIN, else PATH, names.

    Raises MachineError when there is none, it is broken, or it is older than 8.12.
    """
    folder = _folder(environ)
    coqc = _tool(folder, "coqc", "c")
    version = _version(coqc, environ)
    if version < OLDEST:
        found = ".".join(map(str, version))
        raise MachineError(f"{coqc[0]} is Coq {found}; install Coq 8.12 or newer")
    return Toolchain(
        coqc=coqc,
        coqdep=_tool(folder, "coqdep", "dep"),
        coqchk=_tool(folder, "coqchk", "check"),
        coqdoc=_tool(folder, "coqdoc", "doc"),
        coqtop=_tool(folder, "coqtop", "repl"),
        version=version,
        has_vio=version < NO_VIO and _leaves(coqc, "-vio", ".vio", environ),
        writes_vok=_leaves(coqc, "-vok", ".vok", environ),
    )


def without_manager(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a coqc that must not ask a work manager for leave to run.

    Every coqc asks for a token before it compiles a file (`compile` in Coq's sources) and waits for
    ever where none comes free: a probe must not, nor a worker for which a token is held already.
    """
    return {name: value for name, value in environ.items() if name not in MANAGER_VARIABLES}


def _folder(environ: Mapping[str, str]) -> Path:
    """The first folder of COQBIN, else of PATH, that has a coqc or a rocq."""
    coqbin = environ.get("COQBIN", "")
    searched = coqbin or environ.get("PATH", os.defpath)
    for word in [coqbin] if coqbin else searched.split(os.pathsep):
        folder = Path(word or ".").absolute()
        if any(shutil.which(name, path=str(folder)) for name in ("coqc", "rocq")):
            return folder
    where = f"in COQBIN={coqbin}" if coqbin else "on PATH"
    raise MachineError(f"no coqc and no rocq {where}; install Coq or set COQBIN to its folder")


def _tool(folder: Path, name: str, subcommand: str) -> tuple[str, ...]:
    """How the tool is called: by its coq* name, else as `rocq subcommand`, else ()."""
    if path := shutil.which(name, path=str(folder)):
        return (path,)
    if rocq := shutil.which("rocq", path=str(folder)):
        return (rocq, subcommand)
    return ()


def _version(coqc: tuple[str, ...], environ: Mapping[str, str]) -> tuple[int, int, int]:
    output = _run([*coqc, "--print-version"], environ).stdout
    if not (match := re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", output)):
        raise MachineError(f"{coqc[0]} --print-version does not answer with a version")
    return int(match[1]), int(match[2]), int(match[3] or 0)


def _leaves(coqc: tuple[str, ...], option: str, suffix: str, environ: Mapping[str, str]) -> bool:
    """Whether coqc with this option leaves a file with this suffix, tried on a tiny file."""
    with tempfile.TemporaryDirectory(prefix="proof-makefile-") as folder:
        source = Path(folder, "probe.v")
        source.write_text("Definition probe := Type.\n")
        _run([*coqc, "-q", option, str(source)], environ)
        return source.with_suffix(suffix).exists()


def _run(command: list[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            env=without_manager(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineError(f"{command[0]} cannot be run: {error}") from error
