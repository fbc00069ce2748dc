"""What a command looks for along the load path is found as by coqc: Load and Extra Dependency."""

import shutil
from pathlib import Path

import pytest

from tests.helpers import Coq, check, write_files

PROJECT = {
    "_Project": "-Q th Top\nth/A.v\nth/B.v\n",
    "th/A.v": 'From Top Extra Dependency "notes.txt" as notes.\n'
    'From Top.sub Extra Dependency "more.txt" as more.\n'
    "Lemma first : True.\nProof. exact I. Qed.\n",
    "th/B.v": 'Load "part".\nLoad "A".\nLemma last : True.\nProof. exact (proj1 part). Qed.\n',
    "th/notes.txt": "notes\n",
    "th/sub/more.txt": "more\n",
    "th/sub/part.v": "Lemma part : True /\\ True.\nProof. split; exact I. Qed.\n",
}


def told(coq: Coq, root: Path, *words: str) -> tuple[int, str]:
    done = check(coq, root, *words)
    return done.returncode, done.stdout + done.stderr


def coqcs(coq: Coq, root: Path, file: str) -> tuple[int, str]:
    """In a copy, so that no compiled file is left behind."""
    copy = root.with_name("copy")
    shutil.copytree(root, copy)
    done = coq.run("coqc", "-q", "-Q", "th", "Top", file, cwd=copy)
    shutil.rmtree(copy)
    return done.returncode, done.stderr


def test_what_coqc_finds_along_the_load_path_is_found(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", PROJECT)
    assert coqcs(coq, root, "th/A.v") == coqcs(coq, root, "th/B.v") == (0, "")
    code, said = told(coq, root)
    assert code == 0, said
    assert "0 checked now" in told(coq, root)[1]


def test_a_mistake_in_a_loaded_text_is_coqcs(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", PROJECT)
    assert told(coq, root)[0] == 0
    text = PROJECT["th/sub/part.v"]
    write_files(root, {"th/sub/part.v": text.replace("exact I", "exact J")})
    code, said = told(coq, root)
    place, error = coqcs(coq, root, "th/B.v")[1].splitlines()[:2]
    assert code == 1
    assert place in said
    assert error in said
    write_files(root, {"th/sub/part.v": text})
    assert told(coq, root)[0] == 0


def test_an_extra_dependency_that_is_gone_is_missed(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", PROJECT)
    assert told(coq, root)[0] == 0
    (root / "th/sub/more.txt").unlink()
    code, said = told(coq, root)
    assert code == 1
    assert "th/A.v:2:1" in said
    assert coqcs(coq, root, "th/A.v")[0] == 1
    write_files(root, {"th/sub/more.txt": "other\n"})
    assert told(coq, root)[0] == 0


def test_a_broken_proof_is_told_where_coqc_tells_it(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", PROJECT)
    write_files(root, {"th/A.v": PROJECT["th/A.v"].replace("exact I", "exact J")})
    code, said = told(coq, root, "th/A.v")
    assert code == 1
    assert coqcs(coq, root, "th/A.v")[1].splitlines()[0] in said
    assert "th/A.v:1:" not in said


@pytest.mark.once
def test_a_source_that_binds_folders_by_itself_loads_no_older_file(
    coq: Coq, tmp_path: Path
) -> None:
    if coq.name != "8.16":
        pytest.skip("later ones have no `Add LoadPath` in sources")
    project = {
        "_Project": "-Q lib Lib\n-Q th Top\nlib/A.v\nth/B.v\n",
        "lib/A.v": "Definition n := 1.\n",
        "th/B.v": 'Add LoadPath "lib" as Lib.\nFrom Lib Require Import A.\n'
        "Lemma one : n = 1. Proof. reflexivity. Qed.\n",
    }
    root = write_files(tmp_path / "project", project)
    assert told(coq, root)[0] == 0
    assert coq.run("coqc", "-q", "-Q", "lib", "Lib", "lib/A.v", cwd=root).returncode == 0
    write_files(root, {"lib/A.v": "Definition n := 2.\n"})
    code, said = told(coq, root)
    assert code == 2
    assert "th/B.v: coqc would find lib/A.vo by `Add LoadPath`" in said
    assert coq.run("coqc", "-q", "-Q", "lib", "Lib", "lib/A.v", cwd=root).returncode == 0
    assert told(coq, root)[0] == 1


def test_what_was_a_file_and_is_a_folder_now_is_not_written_to(coq: Coq, tmp_path: Path) -> None:
    lemma = "Lemma l : True.\nProof. exact I. Qed.\n"
    root = write_files(tmp_path, {"_Project": "-R . X\nA.v\n", "A.v": 'Load "t".\n' + lemma})
    write_files(root, {"t.v": "", "data": "x", "more.elpi": "x"})
    assert told(coq, root)[0] == 0
    (root / "data").unlink()
    (root / "more.elpi").unlink()
    inside = {"data/B.v": lemma, "data/notes.txt": "notes", "more.elpi/C.v": lemma}
    write_files(root, {**inside, "_Project": "-R . X\nA.v\ndata/B.v\nmore.elpi/C.v\n"})
    code, said = told(coq, root)
    assert code == 0, said
    assert {name: (root / name).read_text() for name in inside} == inside
    shutil.rmtree(root / "data")
    shutil.rmtree(root / "more.elpi")
    write_files(root, {"data": "x", "more.elpi": "x", "_Project": "-R . X\nA.v\n", "A.v": lemma})
    assert told(coq, root)[0] == 0


def test_a_compiled_file_behind_a_link_is_not_written_to(coq: Coq, tmp_path: Path) -> None:
    lemma = "Lemma l : True.\nProof. do 500000 idtac. exact I. Qed.\n"
    root = write_files(tmp_path / "project", {"_Project": "-R . X\nA.v\n", "A.v": lemma})
    (root / "dep").symlink_to("../elsewhere")
    assert told(coq, root)[0] == 0
    write_files(tmp_path, {"elsewhere/B.v": lemma})
    assert coq.run("coqc", "-R", ".", "X", "dep/B.v", cwd=root).returncode == 0
    made = (root / "dep/B.vo").read_bytes()
    write_files(tmp_path, {"elsewhere/B.v": lemma + "(* *)\n"})
    write_files(root, {"_Project": "-R . X\nA.v\ndep/B.v\n"})
    assert told(coq, root)[0] == 0
    assert (root / "dep/B.vo").read_bytes() == made


def test_what_lies_in_a_linked_folder_is_found(coq: Coq, tmp_path: Path) -> None:
    root = write_files(
        tmp_path / "project",
        {"_Project": "-Q th Top\nth/A.v\n", "th/A.v": 'Load "u".\nCheck part.\n'},
    )
    write_files(tmp_path, {"elsewhere/u.v": PROJECT["th/sub/part.v"]})
    (root / "th/linked").symlink_to("../../elsewhere")
    code, said = told(coq, root)
    assert code == 0, said


def test_a_project_below_its_load_path_is_checked_over_what_is_compiled(
    coq: Coq, tmp_path: Path
) -> None:
    root = write_files(
        tmp_path / "proj",
        {
            "_Project": "-R .. X\nA.v\nB.v\n",
            "A.v": "Lemma a : True.\nProof. exact I. Qed.\n",
            "B.v": "From X.proj Require Import A.\nLemma b : True.\nProof. exact a. Qed.\n",
        },
    )
    code, said = told(coq, root, "--engine", "auto")
    assert code == 0, said
    assert "on the load path" in told(coq, root)[1]


def test_no_verdict_rests_on_what_arguments_bind(coq: Coq, tmp_path: Path) -> None:
    use = "From P Require Import Base.\nLemma u : n = 1.\nProof. reflexivity. Qed.\n"
    root = write_files(tmp_path, {"_Project": "-Q . P\nBase.v\nUse.v\n", "Use.v": use})
    write_files(root, {"Base.v": "Definition n := 1.\n"})
    assert coq.run("coqc", "-Q", ".", "P", "Base.v", cwd=root).returncode == 0
    write_files(root, {"Base.v": "Definition n := 2.\n"})
    code, said = told(coq, root, "--engine", "auto", "--arg=-R", "--arg=.", "--arg=P")
    assert code == 1
    assert 'Unable to unify "1" with "n"' in said


def test_a_link_that_coqc_does_not_follow_is_not_followed(coq: Coq, tmp_path: Path) -> None:
    files = {"_Project": "-Q . P\nA.v\n", "A.v": "Lemma l : True.\nProof. exact I. Qed.\n"}
    root = write_files(tmp_path, files)
    (root / "my-root").symlink_to("/")
    assert told(coq, root)[0] == 0
