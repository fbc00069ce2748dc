"""What coqc itself says of a file: the ranges of the sentences that it ran (`coqc -time`)."""

import hashlib
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.helpers import LIBRARIES, Coq

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "proof-makefile")

# What comes with Coq: where it is below coqc -where, and its logical root.
OF_COQ = {"stdlib": ("theories", "Coq"), "Ltac2": ("user-contrib/Ltac2", "Ltac2")}


@dataclass(frozen=True)
class Library:
    """A library with its sources and compiled files in `root`, bound to `logical`; only read it."""

    coq: Coq
    name: str
    root: Path
    logical: str

    @property
    def files(self) -> list[Path]:
        """Its sources; those that its own build leaves out are left out."""
        _, left_out = LIBRARIES.get(self.name, ("", frozenset[str]()))
        return [f for f in sorted(self.root.rglob("*.v")) if self.relative(f) not in left_out]

    def relative(self, source: Path) -> str:
        """The name of a source inside the library."""
        return str(source.relative_to(self.root))

    def flags(self, source: Path) -> tuple[str, ...]:
        """What coqc is given to compile the source, as the library's own build does."""
        own = ("-Q", str(self.root), self.logical)
        if self.name not in OF_COQ:
            return own
        where = next(folder for folder in self.root.parents if folder.name == "coq")
        plugins = sorted((where.parent / "coq-core" / "plugins").iterdir())
        flags = ["-boot", "-R", str(where / "theories"), "Coq"]
        flags += [word for plugin in plugins for word in ("-I", str(plugin))]
        flags += ["-noinit"] if source.parent.name == "Init" else []
        return tuple(flags) if self.name == "stdlib" else (*flags, *own)


@cache
def library(coq: Coq, name: str) -> Library:
    """Debian's libcoq-NAME for that Coq, or one that comes with an installed Coq < 9."""
    if name in OF_COQ:
        folder, logical = OF_COQ[name]
        where = coq.run("coqc", "-where", cwd=Path("/")).stdout.strip()
        return Library(coq, name, Path(where, folder), logical)
    logical, _ = LIBRARIES[name]
    return Library(coq, name, coq.library(name) / logical, logical)


def ran_ranges(coq: Coq, source: Path, flags: tuple[str, ...] = ()) -> list[range]:
    """The ranges of `coqc -time`, in order, each once, for a source that coqc accepts.

    At a Qed coqc runs again what the proof held beside tactics, hence "each once". Nothing is
    written beside the source.
    """
    with tempfile.TemporaryDirectory(prefix="proof-makefile-") as folder:
        return _ran_ranges(coq, source, flags, Path(folder))


def library_ranges(library: Library, source: Path) -> list[range]:
    """ran_ranges for a file of a library, remembered in the cache for the next run of the tests."""
    digest = hashlib.sha256(source.read_bytes() + library.coq.version.encode()).hexdigest()
    known = CACHE / "oracle" / digest
    if not known.exists():
        ranges = _library_ranges(library, source)
        known.parent.mkdir(parents=True, exist_ok=True)
        partial = known.with_suffix(f".{os.getpid()}")
        partial.write_text("".join(f"{r.start} {r.stop}\n" for r in ranges))
        partial.replace(known)
    pairs = (line.split() for line in known.read_text().splitlines())
    return [range(int(start), int(end)) for start, end in pairs]


def _library_ranges(library: Library, source: Path) -> list[range]:
    with tempfile.TemporaryDirectory(prefix="proof-makefile-") as folder:
        # coqc takes the logical name of a file from where it is written.
        target = Path(folder, source.relative_to(library.root).parent)
        target.mkdir(parents=True, exist_ok=True)
        flags = (*library.flags(source), "-R", folder, library.logical)
        return _ran_ranges(library.coq, source, flags, target)


def _ran_ranges(coq: Coq, source: Path, flags: tuple[str, ...], target: Path) -> list[range]:
    command = ["nice", "-n", "5", "coqc", "-q", "-noglob", "-time", *flags]
    done = subprocess.run(
        [*command, str(source), "-o", str(target / f"{source.stem}.vo")],
        cwd=target,  # where tactics such as lia leave their caches
        env=coq.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    found = re.findall(rb"^Chars (\d+) - (\d+) \[", done.stdout, re.MULTILINE)
    return sorted({range(int(a), int(b)) for a, b in found}, key=lambda r: r.start)


def compiles(coq: Coq, text: bytes, source: Path, flags: tuple[str, ...] = ()) -> str:
    """What coqc says against the text, written to `source`; nothing when it accepts it."""
    source.write_bytes(text)
    command = ("nice", "-n", "5", "coqc", "-q", "-w", "none", *flags)
    done = coq.run(*command, source, cwd=source.parent)
    return done.stderr if done.returncode else ""
