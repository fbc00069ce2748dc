"""Other ways to a Makefile and into it: coq_makefile's against ours, on two copies.

The command line instead of a project file, folders, a Makefile of the user around the generated
one, its .conf included, the targets that measure times.
"""

import dataclasses
from pathlib import Path

import pytest

from tests import coqscripts
from tests.helpers import Coq, write_files
from tests.plugins import PACKED, for_coq
from tests.sides import Sides, files_below, project, unprepared, write_makefiles
from tests.test_parity import APART, CHAIN, ROOTS

pytestmark = pytest.mark.ends

# As the manual of coq_makefile shows it
WRAPPER = """\
KNOWNTARGETS := CoqMakefile extra-stuff
KNOWNFILES := Makefile _CoqProject
.DEFAULT_GOAL := invoke-coqmakefile
CoqMakefile: Makefile _CoqProject
	GENERATOR -f _CoqProject -o CoqMakefile
invoke-coqmakefile: CoqMakefile
	$(MAKE) --no-print-directory -f CoqMakefile $(filter-out $(KNOWNTARGETS),$(MAKECMDGOALS))
.PHONY: invoke-coqmakefile $(KNOWNFILES)
extra-stuff:
	touch extra
%: invoke-coqmakefile
	@true
"""


def built_and_installed(sides: Sides) -> set[str]:
    """Builds, installs, documents and removes on both sides; what was installed."""
    assert sides.make("-j2") == 0
    sides.files()
    assert sides.make("install", "install-doc") == 0
    installed = sides.files("installed")
    assert sides.make("uninstall", "uninstall-doc") == 0
    assert sides.files("installed") == set()
    assert sides.make("cleanall") == 0
    sides.files()
    return installed


def test_the_command_line_alone_describes_a_project(coq: Coq, tmp_path: Path) -> None:
    sides = unprepared(coq, write_files(tmp_path / "project", CHAIN))
    words = ["-R", "theories", "Top", "-docroot", "Deep/Docs", "-arg", "-w all", "-o", "Makefile"]
    write_makefiles(sides, [*words, "theories/A.v", "theories/B.v"])
    installed = built_and_installed(sides)
    assert any(name.endswith("user-contrib/Top/B.vo") for name in installed)
    assert any("Deep/Docs/html/" in name for name in installed)


def test_a_folder_stands_for_its_sources(coq: Coq, tmp_path: Path) -> None:
    if coq.name == "8.16":
        pytest.skip("coq_makefile 8.16 takes no folders")
    listed = {"_CoqProject": "-Q theories Top\ntheories\n"}
    sides = project(coq, tmp_path, {**CHAIN, **listed})
    assert len([name for name in built_and_installed(sides) if name.endswith(".vo")]) == 3


def test_the_makefile_of_the_manual_drives_both(coq: Coq, tmp_path: Path) -> None:
    sides = unprepared(coq, write_files(tmp_path / "project", CHAIN))
    for side, generator in ((sides.theirs, "coq_makefile"), (sides.ours, "proof-makefile")):
        write_files(side, {"Makefile": WRAPPER.replace("GENERATOR", generator)})
    own = {"CoqMakefile", "CoqMakefile.conf", ".CoqMakefile.d"}
    for goals in ("theories/A.vo", "", "install", "extra-stuff", "uninstall", "clean"):
        assert sides.make(*goals.split()) == 0
        theirs, ours = (
            {name for name in files_below(side) if not name.startswith(".CoqMakefile.")} - own
            for side in (sides.theirs, sides.ours)
        )
        assert ours == theirs
    assert sides.make("no-such-target") != 0


CONF = [
    "COQMF_VFILES",
    "COQMF_MLIFILES",
    "COQMF_MLFILES",
    "COQMF_MLGFILES",
    "COQMF_MLPACKFILES",
    "COQMF_MLLIBFILES",
    "COQMF_METAFILE",
    "COQMF_CMDLINE_VFILES",
    "COQMF_OCAMLLIBS",
    "COQMF_SRC_SUBDIRS",
    "COQMF_COQLIBS",
    "COQMF_COQLIBS_NOML",
    "COQMF_CMDLINE_COQLIBS",
    "COQMF_COQLIB",
    "COQMF_COQCORELIB",
    "COQMF_DOCDIR",
    "COQMF_OCAMLFIND",
    "COQMF_CAMLFLAGS",
    "COQMF_WARN",
    "COQMF_HASNATDYNLINK",
    "COQMF_COQ_SRC_SUBDIRS",
    "COQMF_COQ_NATIVE_COMPILER_DEFAULT",
    "COQMF_WINDRIVE",
    "COQMF_COQPROJECTNATIVEFLAG",
    "COQMF_OTHERFLAGS",
    "COQMF_INSTALLCOQDOCROOT",
    "COQLIBS",
    "MYFLAG",
]


@pytest.mark.parametrize("files", [ROOTS, APART, PACKED], ids=["roots", "apart", "plugin"])
def test_the_conf_says_the_same_to_other_makefiles(
    files: dict[str, str], coq: Coq, tmp_path: Path
) -> None:
    declared = files["_CoqProject"] + '-native-compiler no\nMYFLAG = "some words"\n'
    sides = project(coq, tmp_path, for_coq(coq, {**files, "_CoqProject": declared}))
    shown = "".join(f"\t@printf '%s\\n' '{name}:' $({name})\n" for name in CONF)
    for side in (sides.theirs, sides.ours):
        write_files(side, {"own.mk": f"include Makefile.conf\nshow:\n{shown}"})
    theirs, ours = sides.output("-f", "own.mk", "show")
    assert "MYFLAG:" in ours
    assert [word.removeprefix("./") for word in theirs] == ours


def test_the_targets_that_measure_times_leave_the_same_files(coq: Coq, tmp_path: Path) -> None:
    sides = project(coq, tmp_path, CHAIN)
    sides = dataclasses.replace(sides, their_words=coqscripts.variables(coq))
    for goals in (
        "make-pretty-timed-before",
        "clean",
        "make-pretty-timed-after",
        "print-pretty-timed-diff",
        "print-pretty-timed-diff TIMING_SORT_BY=diff TIMING_REAL=1 TIMING_INCLUDE_MEM=0",
        "clean",
        "all TIMING=before",
        "clean",
        "all TIMING=after",
        "theories/A.v.timing.diff",
        "all.timing.diff TIMING_FUZZ=3",
        "pretty-timed TGTS=theories/A.vo",  # nothing to do
        "clean",
        "pretty-timed TGTS=theories/A.vo TIMING_SORT_BY_MEM=1",
        "cleanall",
    ):
        assert sides.make(*goals.split()) == 0, goals
        sides.files()


def test_what_fails_fails_on_both_sides(coq: Coq, tmp_path: Path) -> None:
    sides = project(coq, tmp_path, CHAIN)
    sides = dataclasses.replace(sides, their_words=coqscripts.variables(coq))
    assert sides.make("all") == 0
    wrong = {
        "an unresolved Require": "From Top Require Import Absent.\n",
        "a wrong proof": "Lemma a : 0 = 1. Proof. reflexivity. Qed.\n",
        "a syntax error": "Lemma a : := .\n",
    }
    for text in wrong.values():
        for side in (sides.theirs, sides.ours):
            write_files(side, {"theories/A.v": text})
        for goals in ("all", "theories/B.vo", "pretty-timed", "validate"):
            assert sides.make(*goals.split()) != 0, (text, goals)
        sides.make("theories/Deep/C.vos")  # a wrong proof is no matter there
    for side in (sides.theirs, sides.ours):
        (side / "theories/A.v").unlink()
    assert sides.make("all") != 0
