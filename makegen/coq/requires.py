"""What each source of a project requires, asked of coqdep only where a source has changed."""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath

from makegen.base.errors import SourceError, UserError
from makegen.base.files import write_outputs
from makegen.coq import coqdep, coqfiles
from makegen.coq.toolchain import Toolchain
from makegen.coq.workspace import Workspace
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

    Raises SourceError with coqdep's words when it refuses a source, UserError where one is absent.
    """
    key = _key(project, toolchain)
    kept = recall(memory)
    if kept is not None and kept.key == key:
        return kept.requires
    workspace = Workspace(project=project, toolchain=toolchain, environ=os.environ)
    requires = asyncio.run(ask_requires(workspace))
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


async def ask_requires(workspace: Workspace) -> Requires:
    """What coqdep says; its warnings are passed on.

    Raises SourceError with coqdep's words when it refuses a source.
    """
    project = workspace.project
    answer = await coqdep.ask(workspace)
    if answer.failure:
        raise SourceError(f"coqdep refuses the sources\n{answer.failure.errors.rstrip()}")
    sys.stderr.write(answer.warnings)  # what was not found
    own = {normpath(source): source for source in project.v_files}
    return {
        source: tuple(
            own[required]
            for name in answer.needed.get(normpath(source), ())
            if name.endswith(".vo") and (required := coqdep.source_of(name)) in own
        )
        for source in project.v_files
    }


def _key(project: Project, toolchain: Toolchain) -> str:
    """Names the state of all sources, by size and time as make does, and who reads them."""
    digest = hashlib.sha256(repr((toolchain.build, project.load_flags)).encode())
    for source in project.v_files:
        try:
            status = (project.root / source).stat()
            digest.update(repr((source, status.st_size, status.st_mtime_ns)).encode())
        except FileNotFoundError as error:
            raise UserError(f"{source}: no such file; make it, or take it out") from error
    return digest.hexdigest()
