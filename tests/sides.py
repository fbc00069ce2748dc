"""A project twice: with the Makefile of coq_makefile, and with ours."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import TESTS, Coq, write_files
from tests.plugins import ocaml_here


@dataclass(frozen=True)
class Sides:
    """Two copies of a project: `theirs` has the Makefile of coq_makefile, `ours` has ours."""

    coq: Coq
    theirs: Path
    ours: Path
    their_words: tuple[str, ...] = ()  # further variables for their make

    def make(self, *words: str) -> int:
        """Runs the goals on both sides; gives the exit code, which must be the same."""
        # ocamlfind's absolute path, and the files of its own that Rocq's coqdep names, are inside
        # the root folder of this Coq, where make does not see them.
        words = (*words, *ocaml_here(self.coq))
        visible = (f"COQDEP=sh {TESTS}/visible_coqdep.sh", *self.their_words)
        theirs, ours = self._run(self.theirs, *words, *visible), self._run(self.ours, *words)
        assert ours.returncode == theirs.returncode, f"{words}\n{theirs.stderr}\n{ours.stderr}"
        return ours.returncode

    def output(self, *words: str) -> tuple[list[str], list[str]]:
        """What the goals print, theirs and ours, each line with single blanks."""
        sides = (self.theirs, self.ours)
        lines = (self._run(side, *words).stdout.splitlines() for side in sides)
        theirs, ours = ([" ".join(line.split()) for line in each] for each in lines)
        return theirs, ours

    def _run(self, side: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return self.coq.run("make", *words, f"DSTROOT={side}/installed", cwd=side)

    def files(self, folder: str = ".") -> set[str]:
        """The files below a folder, which must be the same on both sides."""
        theirs, ours = (files_below(side / folder) for side in (self.theirs, self.ours))
        assert ours == theirs
        return ours


def files_below(folder: Path) -> set[str]:
    """All files, but for those that only one of the two keeps for itself, and hidden times."""
    names = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    own = re.compile(r"(^|/)\.(Makefile\..*|filestoinstall|hasfile|proof-makefile/.*)$")
    return {name for name in names if not own.search(name)}


def copies(coq: Coq, root: Path) -> Sides:
    """The project in root, twice, each with its Makefile."""
    sides = unprepared(coq, root)
    write_makefiles(sides)
    return sides


def unprepared(coq: Coq, root: Path) -> Sides:
    """The project in root, twice, without Makefiles."""
    sides = Sides(coq, root.with_name("theirs"), root.with_name("ours"))
    for side in (sides.theirs, sides.ours):
        shutil.copytree(root, side)
    return sides


def write_makefiles(
    sides: Sides, words: Sequence[str] = ("-f", "_CoqProject", "-o", "Makefile")
) -> None:
    """Runs both generators with these words."""
    for side, generator in ((sides.theirs, "coq_makefile"), (sides.ours, "proof-makefile")):
        generated = sides.coq.run(generator, *words, cwd=side)
        assert generated.returncode == 0, generated.stderr


def project(coq: Coq, folder: Path, files: dict[str, str]) -> Sides:
    """A project of these files, twice, each with its Makefile."""
    return copies(coq, write_files(folder / "project", files))
