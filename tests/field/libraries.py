"""Debian's packages of Coq libraries as projects of their own."""

import functools
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import TESTS, Coq, write_files

# What a library's own build gives to coqc besides its load path, where it needs it to compile.
ARGUMENTS = {
    "hierarchy-builder": (
        "-w -arg -elpi.accumulate-syntax",
        "-w -arg +elpi.typecheck",
        "-w -arg -elpi.typecheck-syntax",
        "-w -arg -elpi.flex-clause",
    ),
    "hott": ("-noinit", "-indices-matter"),
    "unimath": ("-noinit", "-indices-matter", "-type-in-type"),
}

# Files and folders that a library's own build leaves out or compiles in another way.
LEFT_OUT = {"ext-lib": ("ExtLib/Generic/Ind.v",), "equations": ("Equations/HoTT/",)}

# Those whose package lacks the programs of Elpi that its files read: they are in its sources.
PROGRAMS_IN_SOURCES = frozenset({"hierarchy-builder"})

# Those whose files mean other ones where their short names are bound (-R).
FULL_NAMES_ONLY = frozenset({"stdpp", "iris", "hott"})


@dataclass(frozen=True)
class Package:
    """An unpacked Debian package of a library, and those that it needs."""

    name: str  # without libcoq-
    folders: tuple[Path, ...]  # its own first
    origin: Path | None = None  # its sources, where files come from these

    @property
    def environ(self) -> dict[str, str]:
        """Where coqc finds the libraries and plugins that it needs; its own plugins, too."""
        loaded = [user for folder in self.folders[1:] if (user := user_contrib(folder))]
        plugins = self._ocaml()
        contrib = os.pathsep.join(map(str, loaded))
        values = {"COQPATH": contrib, "ROCQPATH": contrib}
        values["OCAMLPATH"] = os.pathsep.join(map(str, plugins))
        return {name: value for name, value in values.items() if value}

    def _ocaml(self) -> list[Path]:
        """The folders where findlib's META files are, or the folders of these."""
        found = (meta for folder in self.folders for meta in sorted(folder.rglob("META*")))
        return list({m.parent.parent if m.name == "META" else m.parent: None for m in found})

    def texts(self) -> dict[str, Path]:
        """What its commands read besides, by the same names: programs of Elpi."""
        folder = self.origin or user_contrib(self.folders[0])
        if folder is None:
            return {}
        return {str(path.relative_to(folder)): path for path in folder.rglob("*.elpi")}

    def own_plugins(self) -> list[Path]:
        """The folders of plugins that lie among its compiled files."""
        folder = user_contrib(self.folders[0])
        return sorted({path.parent for path in folder.rglob("*.cmxs")}) if folder else []

    def sources(self) -> dict[str, Path]:
        """Its .v files by their names below user-contrib: those that its own build compiles."""
        folder = user_contrib(self.folders[0])
        if folder is None:
            return {}
        compiled = sorted(folder.rglob("*.vo"))
        sources = [vo.with_suffix(".v") for vo in compiled]
        named = {str(v.relative_to(folder)): v for v in sources if v.exists()}
        left_out = LEFT_OUT.get(self.name, ())
        return {name: v for name, v in named.items() if not name.startswith(left_out)}


def user_contrib(folder: Path) -> Path | None:
    """Where a package has its libraries."""
    return next((path for path in folder.rglob("user-contrib") if path.is_dir()), None)


@functools.cache
def package(coq: Coq, name: str) -> Package:
    """Fetches libcoq-NAME for that Coq, and what it needs, the first time."""
    folders = _folders("--needs", coq, name)
    origin = _folders("--sources", coq, name)[0] if name in PROGRAMS_IN_SOURCES else None
    return Package(name, folders, origin)


def _folders(action: str, coq: Coq, name: str) -> tuple[Path, ...]:
    command = ["bash", str(TESTS / "matrix.sh"), action, coq.name, name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return tuple(map(Path, done.stdout.splitlines()))


def write_project(library: Package, root: Path) -> None:
    """Its sources in root, as they lie below user-contrib, and root/_Project."""
    sources = library.sources()
    for name, source in {**sources, **library.texts()}.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    option = "-Q" if library.name in FULL_NAMES_ONLY else "-R"
    top = _top(sources)
    roots = [top] if top else sorted({name.split("/")[0] for name in sources})
    paths = [f"{option} {folder} {folder.replace('/', '.')}" for folder in roots]
    paths += [f"-I {folder}" for folder in library.own_plugins()]
    arguments = [f"-arg {word}" for word in ARGUMENTS.get(library.name, ())]
    write_files(root, {"_Project": "\n".join([*paths, *arguments, *sources]) + "\n"})


def _top(names: dict[str, Path]) -> str:
    """The deepest folder that all files have in common; "" for none."""
    folders = [str(Path(name).parent) for name in names]
    common = os.path.commonpath(folders) if folders else ""
    return "" if common == "." else common


def their_make(root: Path, coq: Coq, jobs: int, environ: dict[str, str]) -> str:
    """Writes coq_makefile's Makefile; the command that makes everything with it.

    Rocq's coqdep, of a toolchain in a folder, names files as they are called inside of it.
    """
    words = ["coq_makefile", "-f", "_Project", "-o", "Makefile"]
    subprocess.run(words, cwd=root, env=environ, check=True)
    in_folder = coq.name.startswith("9")
    coqdep = f"sh {TESTS}/visible_coqdep.sh" if in_folder else str(coq.folder / "coqdep")
    return f"make -j{jobs} 'COQDEP={coqdep}'"
