"""OCaml plugins through doit: a Makefile of ours, hidden, builds and installs them.

Only make knows how an .mlg becomes a plugin; doit knows when it has to. What is set in a
Makefile.local is not seen here: CAMLPKGS and the like go into the project file.
"""

import shlex
import subprocess
import sys
from pathlib import Path

from makegen.base.files import write_outputs
from makegen.generate.makefile import render_makefile
from makegen.project.project import Project

NAME = ".dodo.make"
OCAML = (".mlg", ".ml", ".mli", ".mlpack", ".mllib")


def sources(project: Project) -> list[str]:
    """What the plugins are made of."""
    ocaml = [source for source in project.sources if source.endswith(OCAML)]
    return [*ocaml, project.meta_file] if ocaml and project.meta_file else ocaml


def products(project: Project) -> list[str]:
    """The plugins as coqc loads them: of each list of modules, else of each module."""
    lists = [*project.sources_with(".mlpack"), *project.sources_with(".mllib")]
    modules = [*project.sources_with(".mlg"), *project.sources_with(".ml")]
    return [str(Path(source).with_suffix(".cmxs")) for source in lists or modules]


def make(project: Project, *words: str) -> bool:
    """Runs make for these goals and variables; whether it went well."""
    makefile, conf = render_makefile(project, NAME)
    texts = {project.root / NAME: makefile, project.root / f"{NAME}.conf": conf}
    write_outputs({path: text for path, text in texts.items() if _differs(path, text)})
    ours = shlex.join([sys.executable, "-P", "-m", "makegen"])
    command = ["make", "-f", NAME, f"PROOF_MAKEFILE={ours}", *words]
    return subprocess.run(command, cwd=project.root, check=False).returncode == 0


def clean(project: Project) -> None:
    """Removes what make made, and the Makefile."""
    if make(project, "clean"):
        for path in project.root.glob(f"*{NAME}*"):
            path.unlink()


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text() != text
