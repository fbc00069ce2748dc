"""proof-makefile --init: a project file that builds, written after a look at the folder."""

from pathlib import Path

import pytest

from tests.helpers import GOOD, Coq, write_files

# What stands in the folder `my-proj`, and the load paths that are written for it.
LAYOUTS = {
    "files that name each other bare": (
        {"A.v": GOOD, "B.v": "Require Import A.\n"},
        ["-R . MyProj"],
    ),
    "folders below one of files": (
        {
            "A.v": GOOD,
            "sub/B.v": "From MyProj Require A.\n",
            "sub/C.v": "From MyProj Require sub.B.",
        },
        ["-Q . MyProj"],
    ),
    "theories with a name of their own": (
        {
            "theories/A.v": GOOD,
            "theories/sub/B.v": "From Foo Require Export A.\n",
            "theories/C.v": "(* Require Bar.A. *) Require Import Foo.sub.B.\n",
            "tests/D.v": "From Foo Require Import A sub.B C.\n",
            "_build/E.v": "Fail.\n",
            "test-suite/F.v": "Fail.\n",
        },
        ["-Q tests Foo.tests", "-Q theories Foo"],
    ),
    "the name of a folder in src": (
        {"src/Foo/A.v": GOOD, "src/Foo/B.v": "From Foo Require Import A.\n"},
        ["-Q src/Foo Foo"],
    ),
    "sources that say nothing, and helpers in OCaml": (
        {"src/A.v": GOOD, "src/helper.ml": "let () = 0\n", "doc/B.v": GOOD},
        ["-Q doc MyProj.doc", "-Q src MyProj"],
    ),
}


@pytest.mark.ends
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_builds_and_is_checked(coq: Coq, tmp_path: Path, layout: str) -> None:
    files, paths = LAYOUTS[layout]
    root = write_files(tmp_path / "my-proj", files)
    done = coq.run("proof-makefile", "--init", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    lines = (root / "_CoqProject").read_text().splitlines()
    assert [line for line in lines if line.startswith("-")] == paths
    sources = [name for name in files if name.endswith(".v") and name[0] != "_" and "-" not in name]
    for command in (("proof-makefile", "-o", "Makefile"), ("make",), ("make", "checkproofs")):
        done = coq.run(*command, cwd=root)
        assert done.returncode == 0, done.stderr
    assert sorted(
        path.with_suffix(".v") for path in root.rglob("*.vo") if "/." not in str(path)
    ) == [root / name for name in sorted(sources)]


def test_no_file_is_replaced_and_none_is_written_in_vain(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"mine/project.toml": "", "mine/A.v": "", "empty/notes.txt": ""})
    for folder, words, complaint in (
        ("mine", (), "project.toml is there already; edit it, or remove it first"),
        ("empty", (), f"{tmp_path / 'empty'}: no .v file is here or below; write one first"),
        (
            "empty",
            ("A.v",),
            "command line: --init takes no other word; write it alone, or after -C",
        ),
    ):
        done = coq.run("proof-makefile", "-C", folder, "--init", *words, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith(f"proof-makefile: error: {complaint}")
        assert not (tmp_path / folder / "_CoqProject").exists()
