"""Projects as their authors have set them up: tests/corpus/projects, one file for each.

A file has what is peculiar to a project's set-up, written anew: options, a few of the sources by
name, the constructs of its Makefile and of its *.local files. Sources are stubs. At its top:

    from: the project, and what of it was read
    run: make and its words; with GENERATOR=$GENERATOR the project's own Makefile generates
    project, makefile, words: what the generator reads, writes and is given besides
    goals: further goals, after all and install
    uninstall: the goals for that, or no where the project forwards none
    made: listed files that are not there at first
    full: yes, where others have much the same: with --full only
    asks: coqdep, where its own rules call that
"""

import re
from dataclasses import dataclass
from pathlib import Path

from makegen.project.loadpath import logical_name
from makegen.project.project import Project, read_project
from tests.helpers import TESTS, write_files

FOLDER = TESTS / "corpus" / "projects"
VISIBLE = f"COQDEP=sh {TESTS}/visible_coqdep.sh"


@dataclass(frozen=True)
class RealProject:
    """One project of the corpus."""

    settings: dict[str, str]
    files: dict[str, str]

    def setting(self, name: str, default: str = "") -> str:
        """What its file says at the top."""
        return self.settings.get(name, default)

    @property
    def project(self) -> str:
        """The name of its project file."""
        return self.setting("project", "_CoqProject")

    @property
    def makefile(self) -> str:
        """The name of the Makefile that is generated."""
        return self.setting("makefile", "Makefile.coq")

    @property
    def generates(self) -> bool:
        """Whether the project's own Makefile calls the generator."""
        return "$GENERATOR" in self.setting("run")

    @property
    def words(self) -> tuple[str, ...]:
        """Those of the generator, where we call it."""
        return ("-f", self.project, *self.setting("words").split(), "-o", self.makefile)

    @property
    def make(self) -> tuple[str, ...]:
        """Those of make, with ours as the generator."""
        run = self.setting("run", f"make -f {self.makefile}")
        words = run.replace("$GENERATOR", "proof-makefile").split()[1:]
        return (*words, *((VISIBLE,) if self.setting("asks") else ()))

    @property
    def uninstall(self) -> tuple[str, ...]:
        """The goals that take the project away again."""
        return tuple(self.setting("uninstall", "uninstall").replace("no", "").split())

    def write(self, root: Path) -> Path:
        """The project in a folder of its own, with stubs for sources; gives the folder."""
        write_files(root, self.files)
        project = read_project(root / self.project)
        absent = [s for s in project.sources if s not in self.setting("made").split()]
        texts = {name: _stub(project, name) for name in absent if not (root / name).exists()}
        return write_files(root, texts)


def real_project(name: str) -> RealProject:
    """The project of this name in the corpus."""
    head, *files = re.split(r"^== (.*)\n", (FOLDER / f"{name}.txt").read_text(), flags=re.MULTILINE)
    settings = dict(line.split(": ", 1) for line in head.splitlines())
    return RealProject(settings, dict(zip(files[::2], files[1::2], strict=True)))


def names() -> list[str]:
    """All projects of the corpus."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def _stub(project: Project, source: str) -> str:
    """A text for a source: a .v requires the one before it, a list of modules has those beside."""
    path = Path(source)
    if path.suffix == ".v":
        place = project.v_files.index(source)
        before = project.v_files[place - 1] if place % 2 else None
        name = before and logical_name(project.root, project.load_paths, before)
        required = f"Require Import {name}.\n" if name and "." in name else ""
        return f"{required}Definition x{place} := Set.\n"
    if path.suffix in (".mlpack", ".mllib"):
        lists = [s for s in project.sources if s.endswith((".mlpack", ".mllib"))]
        modules = [s for s in project.sources if s.endswith((".ml", ".mlg"))]
        here = [Path(s).stem for s in modules if Path(s).parent == path.parent]
        beside = [s for s in lists if Path(s).parent == path.parent]
        mine = here[beside.index(source) :: len(beside)]
        return "".join(f"{module[0].upper()}{module[1:]}\n" for module in mine)
    if path.suffix == ".mlg":
        return f'DECLARE PLUGIN "{project.meta_package}.plugin"\n'
    return ""
