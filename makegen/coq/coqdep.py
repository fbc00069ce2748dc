"""What each source of a project requires, asked of coqdep in one call."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath

from makegen.base.errors import UserError
from makegen.base.files import write_outputs
from makegen.coq import coqfiles
from makegen.coq.toolchain import Toolchain
from makegen.project.project import Project

# For each .v file of the project, the .v files of the project that it requires directly.
Requires = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Memory:
    """What coqdep said when the project's sources were as `key` has it."""

    key: str
    requires: Requires


def read_requires(project: Project, toolchain: Toolchain, memory: Path) -> Requires:
    """What coqdep says, or said of the same sources: the answer is kept in `memory`.

    Raises UserError with coqdep's words when it refuses a source.
    """
    key = _key(project, toolchain)
    kept = recall(memory)
    if kept is not None and kept.key == key:
        return kept.requires
    requires = parse(project, _run(project, toolchain))
    write_outputs({memory: json.dumps({"key": key, "requires": requires})})
    return requires


def recall(memory: Path) -> Memory | None:
    """What was kept; None when nothing was, or it cannot be read."""
    try:
        kept = json.loads(memory.read_text())
        return Memory(kept["key"], {file: tuple(names) for file, names in kept["requires"].items()})
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def forget_deleted(project: Project, memory: Path) -> None:
    """When a source has left the project and the disk: what was made from it goes, and what was
    made from the files that required it, or a build would go on without noticing.
    """
    kept = recall(memory)
    if kept is None:
        return
    gone = {
        source
        for source in kept.requires
        if source not in project.v_files and not (project.root / source).exists()
    }
    for source, required in kept.requires.items():
        if source in gone or not gone.isdisjoint(required):
            coqfiles.remove(str(project.root / name) for name in coqfiles.outputs(source))


def parse(project: Project, output: str) -> Requires:
    """What coqdep's rules say; each line `F.vo ...: F.v A.vo B.vo` names one source."""
    sources = {normpath(source): source for source in project.v_files}
    requires: dict[str, tuple[str, ...]] = dict.fromkeys(project.v_files, ())
    for line in output.splitlines():
        targets, _, prerequisites = line.partition(":")
        first = targets.split(" ", 1)[0]
        if first.endswith(".vo") and (source := _source(first, sources)):
            found = (_source(name, sources) for name in prerequisites.split())
            requires[source] = tuple(name for name in found if name)
    return requires


def _source(name: str, sources: Mapping[str, str]) -> str | None:
    """The source of a .vo, when it is one of the project's."""
    return sources.get(normpath(name.removesuffix(".vo") + ".v")) if name.endswith(".vo") else None


def _run(project: Project, toolchain: Toolchain) -> str:
    # coqdep reads the names in a file as relative to the file's own folder
    with tempfile.NamedTemporaryFile("w", dir=project.root, prefix=".inputs") as inputs:
        inputs.write("".join(f"{source}\n" for source in project.v_files))
        inputs.flush()
        coqdep = toolchain.coqdep_for(project.meta)
        command = [*coqdep, *project.load_flags, "-f", Path(inputs.name).name]
        done = subprocess.run(
            command,
            cwd=project.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise UserError(f"coqdep refuses the sources\n{done.stderr.rstrip()}")
    sys.stderr.write(done.stderr)  # warnings: what was not found
    return done.stdout


def _key(project: Project, toolchain: Toolchain) -> str:
    """Names the state of all sources, by size and time as make does, and who reads them."""
    digest = hashlib.sha256(repr((toolchain.build, project.load_flags)).encode())
    for source in project.v_files:
        try:
            status = (project.root / source).stat()
            digest.update(repr((source, status.st_size, status.st_mtime_ns)).encode())
        except FileNotFoundError as error:
            raise UserError(f"{source}: no such file; restore it or take it out") from error
    return digest.hexdigest()
