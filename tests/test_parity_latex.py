"""The documents that LaTeX makes, by a generated Makefile and by that of coq_makefile.

LaTeX (Debian: texlive-latex-extra tipa) takes half a gigabyte, so no set-up of ours installs it:
these tests are run by hand, with --full, and only with a Coq of this machine itself.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import Coq
from tests.sides import Sides, project

FILES = {
    "_CoqProject": "-R . Top\nB.v A.v\n",
    "A.v": "(** * Numbers\n\n    Some words: é, [a = 0], %\\LaTeX%. *)\n"
    "Lemma a : 0 = 0. Proof. reflexivity. Qed.\n",
    "B.v": "Require Import A.\n(** ** Uses *)\nLemma b : 0 = 0. Proof. exact a. Qed.\n",
}
PACKAGES = ("ucs.sty", "tipa.sty", "fullpage.sty", "coqdoc.sty")


def has_latex() -> bool:
    tools = all(shutil.which(tool) for tool in ("pdflatex", "dvips", "kpsewhich"))
    return (
        tools
        and subprocess.run(
            ["kpsewhich", *PACKAGES], stdout=subprocess.DEVNULL, check=False
        ).returncode
        == 0
    )


@pytest.fixture
def sides(coq: Coq, tmp_path: Path) -> Sides:
    if coq.name != "8.16" or not has_latex():
        pytest.skip("needs LaTeX beside Coq: apt-get install texlive-latex-extra tipa")
    made = project(coq, tmp_path, FILES)
    assert made.make("all") == 0
    return made


def page_text(file: Path) -> list[bytes]:
    """The pages of a PostScript file, without times and names of temporary files."""
    lines = file.read_bytes().splitlines()
    varying = (b"TeX output", b"coqdoc")
    return [ln for ln in lines if ln[:1] != b"%" and not any(word in ln for word in varying)]


@pytest.mark.full
def test_the_pages_are_the_same(sides: Sides) -> None:
    assert sides.make("all.ps") == 0
    sides.files()
    whole = page_text(sides.ours / "all.ps")
    assert whole == page_text(sides.theirs / "all.ps")
    # coq_makefile makes all.ps when it is asked for all-gal.ps
    (sides.theirs / "all.ps").unlink()
    assert sides.make("all-gal.ps") == 0
    gallina = page_text(sides.ours / "all-gal.ps")
    assert gallina == page_text(sides.theirs / "all.ps") != whole
    assert sides.make("all.pdf") == 0
    for side in (sides.theirs, sides.ours):
        assert (side / "all.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.full
def test_interfaces_have_documents_too_and_clean_takes_all(sides: Sides) -> None:
    goals = ("all-gal.pdf", "all-mli.tex", "all-mli.pdf", "all-mli.ps")
    before = {path.name for path in sides.ours.iterdir()}
    done = sides.coq.run("make", *goals, cwd=sides.ours)
    assert done.returncode == 0, done.stderr
    assert all((sides.ours / goal).exists() for goal in goals)
    assert sides.coq.run("make", "clean", cwd=sides.ours).returncode == 0
    left = {path.name for path in sides.ours.iterdir()} - before
    assert left == {"ocamldoc.sty"}  # as with coq_makefile
