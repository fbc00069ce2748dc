"""What of a project goes to a host before any file is ordered from it.

That is what coqc or a plugin may look for; of sources only what others may load as text.
"""

import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from checker.cluster.contents import Contents
from checker.cluster.messages import Setup
from checker.knowledge.lookup import VARIABLES
from checker.run.run import Run, Targets
from makegen.base.errors import UserError
from makegen.project.loadpath import PathKind
from makegen.project.project import Project


def setup_of(run: Run, targets: Targets, contents: Contents) -> Setup:
    """The project as hosts get it. Raises UserError where parts of it lie elsewhere."""
    _refuse_outside(run.project)
    names = list(_plugins(run.project))
    if any(place.endswith(".v") for place in targets.besides):  # some source loads texts
        names += _texts(run.project)
    files = {name: contents.digest(run.path(name)) for name in names}
    looked_for = {place: contents.digest(run.path(name)) for place, name in targets.besides.items()}
    project = replace(run.project, root=Path())
    session = uuid.uuid4().hex
    variables = {name: run.environ[name] for name in VARIABLES if name in run.environ}
    folders = tuple(sorted(_libraries(run, variables)))
    more = (files, looked_for, variables, folders)
    return Setup(session, project, run.extra_arguments, run.care, *more)


def _libraries(run: Run, variables: Mapping[str, str]) -> Iterator[str]:
    """The folders outside of the project where coqc may find what the sources load."""
    named = [variables[name] for name in ("COQPATH", "ROCQPATH", "OCAMLPATH") if name in variables]
    listed = [path.folder for path in run.project.load_paths]
    for folder in (*listed, *os.pathsep.join(named).split(os.pathsep)):
        if Path(folder).is_absolute() and Path(folder).is_dir():
            yield folder
    texts = b"".join(run.path(file).read_bytes() for file in run.project.v_files)
    words = (*run.toolchain.coqc, "-where")
    where = subprocess.run(words, env=run.environ, capture_output=True, text=True, check=False)
    for library in Path(where.stdout.strip(), "user-contrib").glob("*"):
        if library.name.encode() in texts:
            yield str(library)


def _texts(project: Project) -> Iterator[str]:
    """What a source may load by its place: all texts below the project's folder."""
    for folder, folders, files in os.walk(project.root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.endswith(".v"):
                yield os.path.relpath(Path(folder, name), project.root)


def _refuse_outside(project: Project) -> None:
    files = (*project.v_files, *filter(None, [project.meta]))
    folders = [path.folder for path in project.load_paths]
    absolute = [name for name in files if Path(name).is_absolute()]
    for name in (*absolute, *files, *folders):
        if name in absolute or ".." in Path(name).parts:
            raise UserError(
                f"{name}: lies outside the project's folder, and --cluster sends only what is in "
                "it; move the project file up, or check without --cluster"
            )


def _plugins(project: Project) -> Iterator[str]:
    """What coqc may load of the folders for OCaml, and the META file."""
    for path in project.load_paths:
        if path.kind is PathKind.I and not Path(path.folder).is_absolute():
            for file in sorted((project.root / path.folder).rglob("*.cm*")):
                yield str(file.relative_to(project.root))
    if project.meta and (project.root / project.meta).exists():
        yield project.meta
