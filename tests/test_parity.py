"""A generated Makefile against that of the coq_makefile of the same Coq, on two copies.

Both run the same goals; exit codes and the files that are there afterwards, by name, must agree.
"""

from pathlib import Path

import pytest

from tests.helpers import Coq, generate, library_project, write_files
from tests.plugins import ARCHIVED, PACKED, TYPED, for_coq
from tests.sides import Sides, copies, files_below, project, write_makefiles

CHAIN = {
    "_CoqProject": "-Q theories Top\ntheories/A.v theories/B.v\ntheories/Deep/C.v\n",
    "theories/A.v": "(** * Numbers *)\nLemma a : 0 = 0. Proof. reflexivity. Qed.\n",
    "theories/B.v": "From Top Require Import A.\nLemma b : 0 = 0. Proof. exact a. Qed.\n",
    "theories/Deep/C.v": "From Top Require Import B.\nDefinition c := b.\n",
}
ROOTS = {
    "_CoqProject": "-R theories Roots.Base\n-Q extra Roots.Extra -I src\n"
    "-arg \"-set 'Default Goal Selector=!'\" -arg -w -arg all\n"
    "./theories/A.v extra/sub/B.v extra/C.v\n",
    "theories/A.v": "Lemma a : 0 = 0. Proof. reflexivity. Qed.\n",
    "extra/sub/B.v": "From Roots.Base Require Import A.\nDefinition b := a.\n",
    "extra/C.v": "From Roots.Extra.sub Require Import B.\nDefinition c := b.\n",
}
APART = {
    "_CoqProject": "-R one First\n-R two Second.Part\none/A.v two/B.v\n",
    "one/A.v": "Definition a := 0.\n",
    "two/B.v": "From First Require Import A.\nDefinition b := a.\n",
}
UNNAMED = {
    "_CoqProject": '-R . ""\nA.v sub/B.v\n',
    "A.v": "Definition a := 0.\n",
    "sub/B.v": "Require Import A.\nDefinition b := a.\n",
}
GENERATED = {
    "_CoqProject": "-Q . Made\nTable.v Use.v\n",
    "Use.v": "From Made Require Import Table.\nDefinition use := table.\n",
    "table.in": "Definition table := 42.\n",
    "Makefile.local": "Table.v: table.in\n\tcp $< $@\nclean::\n\trm -f Table.v\n"
    "post-all::\n\ttouch made\ninstall-extra::\n\ttouch installed\n",
    "Makefile.local-late": "names: ; @echo $(VOFILES) > names\n",
}


def test_roots_outside_the_folder_of_the_makefile_are_the_same(coq: Coq, tmp_path: Path) -> None:
    files = {
        "main/_CoqProject": "-Q ../shared Shared\n-Q . Main\n../shared/S.v ./M.v\n",
        "main/M.v": "From Shared Require Import S.\nDefinition m := s.\n",
        "shared/S.v": "Definition s := 0.\n",
    }
    for side in ("theirs", "ours"):
        write_files(tmp_path / side, files)
    sides = Sides(coq, tmp_path / "theirs" / "main", tmp_path / "ours" / "main")
    write_makefiles(sides)
    for goal in ("all", "install", "uninstall", "cleanall"):
        assert sides.make(goal) == 0
        sides.files("..")
        sides.files("installed")


@pytest.mark.parametrize(
    "files",
    [CHAIN, ROOTS, APART, GENERATED],
    ids=["chain", "roots", "apart", "generated"],
)
def test_what_is_built_installed_and_removed_is_the_same(
    files: dict[str, str], coq: Coq, tmp_path: Path
) -> None:
    sides = project(coq, tmp_path, files)
    sources = sides.files()
    assert sides.make("install") != 0
    assert sides.make("-j2") == 0
    sides.files()
    assert sides.make("install") == 0
    assert any(name.endswith(".vo") for name in sides.files("installed"))
    assert sides.make("install-doc") == 0
    assert any(name.endswith(".html") for name in sides.files("installed"))
    assert sides.make("uninstall", "uninstall-doc") == 0
    assert sides.files("installed") == set()
    assert sides.make("cleanall") == 0
    made_by_hooks = {name for name in sides.files() if name in ("made", "installed", "Table.v")}
    assert sides.files() - made_by_hooks == sources - {"Table.v"}
    assert not (sides.ours / ".proof-makefile").exists()


# Each a make of its own, with a clean after it
GOALS = """
only TGTS=theories/A.vo
theories/B.vo theories/A.html theories/A.g.html theories/A.tex
theories/A.g.tex theories/A.glob theories/B.vos theories/B.vok
vos
vok
PROFILING=1
html
mlihtml
validate
TIMED=1 TIMING=1 theories/B.vo
TIMING=before theories/A.vo
theories/A.v.beautified
byte
make-pretty-timed TGTS=theories/A.vo
make-pretty-timed-before TGTS=theories/Absent.vo
no-such-target
theories/Absent.vo
print-pretty-single-time-diff
printenv
debug
.merlin
archclean
all COQFLAGS=-noinit
"""


@pytest.mark.ends
def test_single_goals_make_the_same_files(coq: Coq, tmp_path: Path) -> None:
    sides = project(coq, tmp_path, CHAIN)
    for goals in GOALS.strip().splitlines():
        if sides.make(*goals.split()) == 0:
            sides.files()
        assert sides.make("clean") == 0
        sides.files()


def test_code_for_native_compute_is_built_and_installed_the_same(coq: Coq, tmp_path: Path) -> None:
    sides = project(coq, tmp_path, CHAIN)
    native = "COQEXTRAFLAGS=-native-compiler yes"
    assert sides.make("all", native) == 0
    assert any(name.endswith("NTop_A.cmxs") for name in sides.files())
    assert sides.make("install", native) == 0
    assert any(name.endswith("NTop_A.cmxs") for name in sides.files("installed"))
    assert sides.make("uninstall", native) == 0
    assert sides.files("installed") == set()
    assert sides.make("clean") == 0
    assert not list(sides.ours.rglob(".coq-native"))  # coq_makefile leaves .o files


def test_a_project_without_logical_name_is_installed_into_user_contrib_itself(
    coq: Coq, tmp_path: Path
) -> None:
    # coq_makefile 8.16 makes a folder named with two quotes.
    root = write_files(tmp_path, UNNAMED)
    generate(coq, root, project="_CoqProject")
    top = root / "installed"
    for goal in ("all", "install"):
        assert coq.run("make", goal, f"DSTROOT={top}", cwd=root).returncode == 0
    user_contrib = next(top.rglob("user-contrib"))
    assert {"A.vo", "sub/B.vo"} <= files_below(user_contrib)
    assert coq.run("make", "uninstall", f"DSTROOT={top}", cwd=root).returncode == 0
    assert files_below(top) == set()
    assert list(user_contrib.iterdir()) == []


def test_the_quick_targets_of_8_16_make_the_same_files(coq: Coq, tmp_path: Path) -> None:
    if coq.name != "8.16":
        pytest.skip("no .vio since Coq 8.20")
    sides = project(coq, tmp_path, CHAIN)
    assert sides.make("quick") == 0
    vios = {name for name in files_below(sides.theirs) if name.endswith(".vio")}
    assert vios == {name for name in files_below(sides.ours) if name.endswith(".vio")} != set()
    assert sides.make("checkproofs", "J=2") == 0
    assert sides.make("vio2vo", "J=2") == 0
    vos = {name for name in files_below(sides.theirs) if name.endswith(".vo")}
    assert vos == {name for name in files_below(sides.ours) if name.endswith(".vo")} != set()


@pytest.mark.parametrize("files", [PACKED, ARCHIVED, TYPED], ids=["mlpack", "mllib", "mli alone"])
def test_plugins_are_built_and_installed_the_same(
    files: dict[str, str], coq: Coq, tmp_path: Path
) -> None:
    sides = project(coq, tmp_path, for_coq(coq, files))
    sources = sides.files()
    assert sides.make("-j2") == 0
    sides.files()
    assert sides.make("install") == 0
    assert sides.make("byte") == 0
    assert sides.make("install-byte") == 0
    installed = {Path(name).suffix for name in sides.files("installed")}
    assert installed >= {".vo", ".cmxs", ".cma", ".cmxa", ".cmi"}
    assert sides.make("mlihtml", "all-mli.tex") == 0
    assert "mlihtml/Greeting.html" in sides.files()
    assert sides.make("uninstall") == 0
    assert sides.files("installed") == set()
    assert sides.make("clean") == 0
    assert sides.make("cleanall") == 0
    assert sides.files() - {"ocamldoc.sty"} == sources


def test_a_real_library_is_built_and_installed_the_same(coq: Coq, tmp_path: Path) -> None:
    root = library_project(coq, "ext-lib", tmp_path / "project")
    (root / "_Project").rename(root / "_CoqProject")
    listed = (root / "_CoqProject").read_text().splitlines()
    kept = [line for line in listed if not line.endswith(".v") or "/Data/" in line]
    (root / "_CoqProject").write_text("\n".join(kept[:12]) + "\n")
    sides = copies(coq, root)
    sides.make("-k", "-j2")
    sides.make("install")
    sides.files()
