"""Asks a coqc what it is and what it can do, by running it."""

import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from makegen.base.errors import MachineError
from makegen.base.temporary import temporary_folder

NO_VIO = (8, 20, 0)  # the first version without -vio
PATIENCE = 60.0  # seconds; coqc answers in a tenth of one

Version = tuple[int, int, int]  # 8.20.1 is (8, 20, 1)


@dataclass(frozen=True)
class Abilities:
    """What a coqc answered."""

    version: Version
    build: str  # its version and its OCaml's, such as `8.16.1 4.13.1`: what marks a .vo as its own
    vo_magic: str  # the first 8 bytes of its .vo, .vos and .vio files, in hexadecimal
    has_vio: bool  # -vio, -vio2vo, -check-vio-tasks
    writes_vok: bool  # -vok leaves a .vok file
    has_packages: bool  # -package


def probe(coqc: tuple[str, ...], environ: Mapping[str, str], oldest: Version) -> Abilities:
    """What this coqc is and does, tried on a file of one line.

    Raises MachineError when it does not run, does not compile, or is older than `oldest`.
    """
    words = " ".join(coqc)
    said = _run(coqc, "--print-version", environ=environ)
    build = said.stdout.strip()
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", build)
    if said.returncode != 0 or not match:
        raise MachineError(f"{words} --print-version gives no version: {_reason(said)}")
    version = int(match[1]), int(match[2]), int(match[3] or 0)
    if version < oldest:
        needed = f"{oldest[0]}.{oldest[1]}"
        raise MachineError(f"{words} is Coq {match[0]}, too old; install Coq {needed} or newer")
    with temporary_folder() as folder:
        source = folder / "probe.v"
        source.write_text("Definition probe := Type.\n")
        done = _run(coqc, "-q", "-vos", str(source), environ=environ)
        interface = source.with_suffix(".vos")
        if done.returncode != 0 or not interface.exists():
            raise MachineError(f"{words} cannot compile a file of one line: {_reason(done)}")
        _run(coqc, "-q", "-vok", str(source), environ=environ)
        vo_magic = interface.read_bytes()[:8].hex()  # before -vio, which empties it
        if version < NO_VIO:
            _run(coqc, "-q", "-vio", str(source), environ=environ)
        return Abilities(
            version=version,
            build=build,
            vo_magic=vo_magic,
            has_vio=source.with_suffix(".vio").exists(),
            writes_vok=source.with_suffix(".vok").exists(),
            has_packages=takes_packages(coqc, environ),
        )


def takes_packages(coqc: tuple[str, ...], environ: Mapping[str, str]) -> bool:
    """Whether coqc's list of options has -package: it cannot be tried without a package.

    Raises MachineError when it does not run.
    """
    said = _run(coqc, "--help", environ=environ)
    return re.search(r"^ *-package ", said.stdout + said.stderr, re.MULTILINE) is not None


def _run(
    coqc: tuple[str, ...], *words: str, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [*coqc, *words],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"{' '.join([*coqc, *words])} gives no answer in {PATIENCE:.0f} s"
        raise MachineError(message) from error
    except OSError as error:
        raise MachineError(f"{coqc[0]} cannot be run: {error.strerror}") from error


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Why a run failed, in one line: coqc's first error, else how it ended."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    if errors or lines:
        return (errors or lines)[0]
    if done.returncode < 0:
        return f"killed by {signal.Signals(-done.returncode).name}"
    return f"exit code {done.returncode}"
