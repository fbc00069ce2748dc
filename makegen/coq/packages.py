"""The packages that a project needs, as folders of its load path.

From Rocq 9.3 on they are found by findlib's META files, and `rocq find` says where. Before, what is
installed is in user-contrib, which coqc knows of: then there is nothing to add.
"""

import dataclasses
import shlex
import subprocess
from collections.abc import Mapping

from makegen.base.errors import UserError
from makegen.coq.toolchain import Toolchain
from makegen.project.loadpath import LoadPath, PathKind
from makegen.project.project import Project


def with_packages(project: Project, toolchain: Toolchain, environ: Mapping[str, str]) -> Project:
    """The project with the folders of its packages, and of all that these need, in its load path.

    Those of its own count more: they come last. Raises UserError where a package is not there.
    """
    if not project.packages or not toolchain.has_packages:
        return project
    command = [*toolchain.rocq, "find", "-Q", *project.packages]
    done = subprocess.run(
        command,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        names = " ".join(project.packages)
        raise UserError(
            f"rocq find {names}: {said}; install them, or set OCAMLPATH to their folder"
        )
    found = (shlex.split(line) for line in done.stdout.splitlines())
    paths = tuple(
        LoadPath(PathKind.Q, words[1], *words[2:]) for words in found if words[:1] == ["-Q"]
    )
    return dataclasses.replace(project, load_paths=(*paths, *project.load_paths), packages=())
