"""Packages, which Rocq has from 9.3 on: built, installed, used and checked.

No Coq of the matrix is that new. So these run with the coqc that is there, which is told nothing of
packages, and with a stand-in: the newest coqc, before which a script turns -package into -Q as the
reference manual says it. What was run with Rocq 9.3 itself: docs/versions.md.
"""

from pathlib import Path

import pytest

from tests.helpers import Coq, every_coq, write_coqc, write_files
from tests.plugins import ARCHIVED, PLUGIN_FILES, ocaml_here
from tests.sides import files_below

FOO = {
    "_CoqProject": "--rocq-package foo\n-R theories Foo.Lib\ntheories/A.v theories/sub/B.v\n",
    "theories/A.v": "Lemma a : 0 = 0. Proof. reflexivity. Qed.\n",
    "theories/sub/B.v": "From Foo.Lib Require Import A.\nDefinition b := a.\n",
}
USE = {
    "_CoqProject": "--rocq-package use\n-package foo\n-Q . Use\nC.v\n",
    "C.v": "From Foo.Lib.sub Require Import B.\nLemma c : 0 = 0. Proof. exact b. Qed.\n",
}
PLUGGED = {
    **ARCHIVED,
    "_CoqProject": "--rocq-package hello\n-package foo\n-I src\n-R theories Hello\n"
    f"src/hello_plugin.mllib theories/Loader.v\n{PLUGIN_FILES}",
}
STAND_IN = """\
#!/bin/sh
logical() { sed -n 's/^rocqpath = "\\(.*\\)"$/\\1/p' "$OCAMLPATH/$1/META"; }
case "${0##*/} $1" in
"rocq find")
  for name; do case $name in find | -*) ;; *)
    [ -e "$OCAMLPATH/$name/META" ] || { echo "No_such_package(\\"$name\\")" >&2; exit 2; }
    echo "-Q '$OCAMLPATH/$name/rocq.d' $(logical "$name")" ;; esac; done
  exit ;;
*--help) echo "  -package pkg   add the given Rocq (findlib) package to the load path" ;;
esac
left=$#
while [ $left -gt 0 ]; do
  word=$1; shift; left=$((left - 1))
  if [ "$word" = -package ]; then
    set -- "$@" -Q "$OCAMLPATH/$1/rocq.d" "$(logical "$1")"; shift; left=$((left - 1))
  else
    set -- "$@" "$word"
  fi
done
exec "FOLDER/${0##*/}" "$@"
"""


@pytest.mark.ends
def test_with_a_coq_before_9_3_a_package_is_installed_into_user_contrib(
    coq: Coq, tmp_path: Path
) -> None:
    environ = {"COQPATH": f"{tmp_path}/lib", "ROCQPATH": f"{tmp_path}/lib"}
    for name, files in (("foo", FOO), ("use", USE), ("hello", PLUGGED)):
        root = write_files(tmp_path / name, files)
        words = ("proof-makefile", "-f", "_CoqProject", "-o", "Makefile")
        done = coq.run(*words, cwd=root)
        assert (done.returncode, done.stderr) == (0, "")
        goals = (
            "all",
            "install",
            f"COQLIBINSTALL={tmp_path}/lib",
            f"COQPLUGININSTALL={tmp_path}/x",
            *ocaml_here(coq),
        )
        done = coq.run("make", *goals, cwd=root, environ=environ)
        assert done.returncode == 0, done.stderr
    assert {name.split("/")[0] for name in files_below(tmp_path / "x")} == {"hello"}
    assert {"Foo/Lib/A.vo", "Foo/Lib/sub/B.v", "Use/C.vo", "Hello/Use.vo"} <= files_below(
        tmp_path / "lib"
    )
    checked = coq.run("make", "checkproofs", "J=1", cwd=tmp_path / "use", environ=environ)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.fixture(name="stand_in")
def _stand_in(tmp_path: Path) -> Coq:
    """The newest Coq, as if it knew packages."""
    newest = every_coq()[-1]
    folder = tmp_path / "bin"
    text = STAND_IN.replace("FOLDER", str(newest.folder))
    for name in ("coqc", "coqdep", "coqchk", "coqdoc", "rocq"):
        (write_files(folder, {name: text}) / name).chmod(0o755)
    return Coq(newest.name, newest.version, folder)


def test_a_package_is_installed_in_its_own_folder_and_used_from_there(
    stand_in: Coq, tmp_path: Path
) -> None:
    lib = tmp_path / "lib"
    environ = {
        "OCAMLPATH": str(lib),
        "PROOF_CHECKER_SYSROOT": str(every_coq()[-1].folder.parent / "root"),
    }
    places = (
        f"COQPLUGININSTALL={lib}",
        f"COQLIBINSTALL={tmp_path}/old",
        *ocaml_here(every_coq()[-1]),
    )
    foo, use = write_files(tmp_path / "foo", FOO), write_files(tmp_path / "use", USE)

    def run(root: Path, *words: str) -> str:
        done = stand_in.run(*words, cwd=root, environ=environ)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    generate = ("proof-makefile", "-f", "_CoqProject", "-o", "Makefile")
    assert run(foo, *generate) == ""
    run(foo, "make", "all", "install", *places)
    made = {f"foo/rocq.d/{stem}.{end}" for stem in ("A", "sub/B") for end in ("v", "vo", "glob")}
    assert files_below(lib) == {"foo/META", *made}
    assert not (tmp_path / "old").exists()

    absent = stand_in.run("proof-checker", "check", "-f", "_CoqProject", cwd=use)
    assert absent.returncode == 2
    assert "rocq find foo:" in absent.stderr
    run(use, *generate)
    assert "rocq.d" not in (use / "Makefile.conf").read_text()
    checked = run(use, "make", "checkproofs", "J=1")
    assert "1 proof in 1 file checked" in checked
    assert "not been found" not in checked
    assert "1 known" in run(use, "make", "checkproofs", "J=1")
    run(use, "make")
    (foo / "theories/A.v").write_text("Lemma a : 1 = 1. Proof. reflexivity. Qed.\n")
    run(foo, "make", "all", "install", *places)
    wrong = stand_in.run("make", "checkproofs", "J=1", cwd=use, environ=environ)
    assert 'File "./C.v", line 2' in wrong.stderr

    (foo / "_CoqProject").write_text(f"--legacy-support {FOO['_CoqProject']}")
    run(foo, *generate)
    run(foo, "make", "all", "install", *places)
    assert "Foo/Lib/sub/B.vo" in files_below(tmp_path / "old")
    run(foo, "make", "uninstall", *places)
    assert files_below(lib) == files_below(tmp_path / "old") == set()


def test_who_omits_the_package_is_told_once_there_are_packages(
    stand_in: Coq, tmp_path: Path
) -> None:
    root = write_files(tmp_path / "project", {**FOO, "_CoqProject": "-R theories Foo theories"})
    words = ("proof-makefile", "-f", "_CoqProject", "-o", "Makefile")
    said = stand_in.run(*words, cwd=root)
    assert said.returncode == 0
    assert "warning: Omitting --rocq-package is deprecated; name the package" in said.stderr
    assert stand_in.run(*words, "--no-rocq-package-warning", cwd=root).stderr == ""
    assert every_coq()[-1].run(*words, cwd=root).stderr == ""


@pytest.mark.parametrize("script", ['echo "$@" >> said', "exit 1", "kill -9 $$"])
def test_whatever_coqc_does_a_project_is_made_a_makefile_of(script: str, tmp_path: Path) -> None:
    coq = every_coq()[0]
    root = write_files(tmp_path / "project", {**FOO, "_CoqProject": "-R theories Foo theories"})
    write_coqc(coq, tmp_path / "bin", script)
    environ = {"COQBIN": str(tmp_path / "bin"), "TMPDIR": "/nowhere", "HOME": str(tmp_path)}
    words = ("proof-makefile", "-f", "_CoqProject", "-o", "Makefile")
    done = coq.run(*words, cwd=root, environ={**environ, "XDG_CACHE_HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    if "said" in script:
        assert (root / "said").read_text() == "--help\n"


def test_doit_cleans_what_it_has_installed_a_package_with(stand_in: Coq, tmp_path: Path) -> None:
    foo = write_files(tmp_path / "foo", FOO)
    sysroot = str(every_coq()[-1].folder.parent / "root")
    variables = " ".join(ocaml_here(every_coq()[-1]))
    environ = {"PROOF_CHECKER_SYSROOT": sysroot, "MAKEFLAGS": f" -- {variables}"}
    generate = ("proof-makefile", "-f", "_CoqProject", "-o", "dodo.py")
    installed = f"DESTDIR={tmp_path}/installed"
    sources: set[str] = set()
    for words in (generate, ("doit", "install", installed), ("doit", "clean")):
        done = stand_in.run(*words, cwd=foo, environ=environ)
        assert done.returncode == 0, done.stdout + done.stderr
        sources = sources or files_below(foo)
    assert list(tmp_path.glob("installed/**/foo/rocq.d/sub/B.vo"))
    assert {name for name in files_below(foo) if ".proof-makefile" not in name} == sources
