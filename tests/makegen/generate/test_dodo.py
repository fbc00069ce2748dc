"""A generated dodo.py, run by doit with each Coq of the matrix."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from makegen.generate.dodo import render_dodo
from makegen.project.project import read_project
from tests.goldens import check_golden
from tests.helpers import Coq, write_files

A = "Lemma a : forall n : nat, n = n. Proof. reflexivity. Qed.\n"
B = "From Top Require Import A.\nLemma b : forall n : nat, n = n. Proof. exact a. Qed.\n"
C = "From Top Require Import B.\nDefinition c := b.\n"
CHAIN = {"_CoqProject": "-Q . Top\nA.v B.v sub/C.v\n", "A.v": A, "B.v": B, "sub/C.v": C}
WORDS = ("-f", "_CoqProject", "-o", "dodo.py")
NAMES = ("A", "B", "sub/C")

Doit = Callable[..., subprocess.CompletedProcess[str]]


def generate(root: Path) -> None:
    write_files(
        root, {"dodo.py": render_dodo(read_project(root / "_CoqProject"), "dodo.py", WORDS)}
    )


@pytest.fixture
def doit(coq: Coq, tmp_path: Path) -> Doit:
    """Runs doit in the chain A <- B <- C."""
    write_files(tmp_path, CHAIN)
    generate(tmp_path)

    def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return coq.run("doit", *words, cwd=tmp_path, environ=environ)

    return run


def lines(result: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines that a doit printed that went well."""
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.splitlines()


def executed(result: subprocess.CompletedProcess[str]) -> list[str]:
    """The tasks that were not up to date, in order."""
    return [line.removeprefix(".  ") for line in lines(result) if line.startswith(".  ")]


def compiled(result: subprocess.CompletedProcess[str]) -> list[str]:
    """The files that the checker had coqc compile, with its mode, in order."""
    return [line.removeprefix("COQC ") for line in lines(result) if line.startswith("COQC ")]


def have(root: Path, suffix: str) -> list[str]:
    return [name for name in NAMES if (root / f"{name}{suffix}").exists()]


def test_golden(tmp_path: Path) -> None:
    write_files(tmp_path, CHAIN)
    generate(tmp_path)
    check_golden("dodo.py", (tmp_path / "dodo.py").read_text())


def test_doit_compiles_in_dependency_order_and_then_has_nothing_to_do(
    doit: Doit, tmp_path: Path
) -> None:
    assert executed(doit()) == ["all:A.vo", "all:B.vo", "all:sub/C.vo"]
    for suffix in (".vo", ".vos", ".vok", ".glob"):
        assert have(tmp_path, suffix) == list(NAMES)
    assert executed(doit()) == []


@pytest.mark.once
def test_a_touched_file_is_not_compiled_again(doit: Doit, tmp_path: Path) -> None:
    lines(doit())
    later = (tmp_path / "A.vo").stat().st_mtime_ns + 10**9
    os.utime(tmp_path / "A.v", ns=(later, later))
    assert executed(doit()) == []


@pytest.mark.ends
def test_a_changed_proof_does_not_reach_the_vos_of_others(doit: Doit, tmp_path: Path) -> None:
    assert compiled(doit("vos")) == ["-vos A.v", "-vos B.v", "-vos sub/C.v"]
    assert compiled(doit("vos")) == []
    (tmp_path / "A.v").write_text(A.replace("reflexivity", "trivial"))
    assert compiled(doit("vos")) == ["-vos A.v"]
    (tmp_path / "A.v").write_text(A.replace("n = n", "n = n + 0").replace("reflexivity", "auto"))
    assert doit("vos").returncode == 0
    assert doit("all").returncode == 1  # b is no longer proved by a


def test_quick_makes_vio_where_coq_has_it_else_vos(doit: Doit, coq: Coq, tmp_path: Path) -> None:
    lines(doit("quick", "J=2"))
    has_vio = coq.name == "8.16"
    assert have(tmp_path, ".vio") == (list(NAMES) if has_vio else [])
    assert have(tmp_path, ".vos") == ([] if has_vio else list(NAMES))


@pytest.mark.ends
def test_quick_leaves_the_vos_alone(doit: Doit) -> None:
    lines(doit("vos"))
    lines(doit("quick"))
    assert compiled(doit("vos")) == []


@pytest.mark.ends
def test_files_of_all_and_of_quick_are_never_mixed(doit: Doit, coq: Coq, tmp_path: Path) -> None:
    lines(doit())
    lines(doit("quick"))
    with (tmp_path / "B.v").open("a") as file:
        file.write("Definition b' := b.\n")
    assert executed(doit()) == ["all:B.vo", "all:sub/C.vo"]
    for vio in tmp_path.rglob("*.vio"):
        vio.unlink()
    assert coq.run("coqc", "-Q", ".", "Top", "sub/C.v", cwd=tmp_path).returncode == 0


@pytest.mark.once
def test_the_checker_gets_j_and_flags_or_chooses_itself(doit: Doit) -> None:
    told = {"PROOF_CHECKER": "echo CHECKER"}
    assert "CHECKER vio2vo -f _CoqProject -j 2" in lines(doit("vio2vo", "J=2", **told))
    flags = "-set 'Default Goal Selector=!'"
    called = "CHECKER check -f _CoqProject --arg=-set --arg=Default Goal Selector=!"
    assert called in lines(doit("checkproofs", COQEXTRAFLAGS=flags, **told))


@pytest.mark.once
def test_the_check_gets_further_options(doit: Doit) -> None:
    called = "CHECKER check -f _CoqProject --memory 6G"
    told = {"PROOF_CHECKER": "echo CHECKER"}
    assert called in lines(doit("checkproofs", "CHECKPROOFSFLAGS=--memory 6G", **told))


@pytest.mark.once
def test_the_check_leaves_the_files_that_the_command_line_names(doit: Doit) -> None:
    told = {"PROOF_CHECKER": "echo CHECKER", "JSON": "1"}
    called = "CHECKER check -f _CoqProject --report r.html --sarif s.sarif"
    assert called in lines(doit("checkproofs", "REPORT=r.html", "SARIF=s.sarif", **told))
    called = "CHECKER vio2vo -f _CoqProject --trace t.json"
    assert called in lines(doit("vio2vo", "TRACE=t.json", **told))


@pytest.mark.once
def test_the_checkers_failure_is_doits(doit: Doit) -> None:
    assert doit("checkproofs", PROOF_CHECKER="false").returncode == 1


@pytest.mark.once
def test_after_a_failure_the_last_words_are_the_checkers(doit: Doit, tmp_path: Path) -> None:
    with (tmp_path / "B.v").open("a") as file:
        file.write("Lemma wrong : 0 = 1. Proof. reflexivity. Qed.\n")
    result = doit("checkproofs", "J=1")
    assert result.returncode == 1
    assert "1 wrong, 1 file not good in " in result.stdout.splitlines()[-1]
    result = doit("vio2vo", PROOF_CHECKER="sh -c 'kill -9 $$'")
    assert "it was killed by signal 9" in result.stdout


@pytest.mark.once
def test_j_alone_makes_doit_parallel(doit: Doit) -> None:
    assert executed(doit("J=2")) == ["all:A.vo", "all:B.vo", "all:sub/C.vo"]
    result = doit("J=none")
    assert result.returncode == 3
    assert "J=none is no number of workers; say for instance J=2" in result.stderr


@pytest.mark.ends
def test_a_wrong_file_fails_once_and_says_where(doit: Doit, tmp_path: Path) -> None:
    with (tmp_path / "B.v").open("a") as file:
        file.write("Lemma wrong : 0 = 1. Proof. reflexivity. Qed.\n")
    result = doit()
    assert result.returncode == 1
    assert (result.stdout + result.stderr).count('File "./B.v", line 3, characters 28-39:') == 1
    assert have(tmp_path, ".vo") == ["A"]


@pytest.mark.ends
def test_a_source_that_coqdep_refuses_fails_the_build_but_not_the_cleaning(
    doit: Doit, tmp_path: Path
) -> None:
    (tmp_path / "B.v").write_text("Lemma b : Require Import")
    result = doit()
    assert result.returncode == 1
    assert "B.v" in result.stdout + result.stderr
    assert have(tmp_path, ".vo") == []
    lines(doit("clean"))


@pytest.mark.once
def test_what_was_made_from_a_deleted_file_no_longer_counts(doit: Doit, tmp_path: Path) -> None:
    lines(doit())
    (tmp_path / "A.v").unlink()
    write_files(tmp_path, {"_CoqProject": "-Q . Top\nB.v sub/C.v\n"})
    assert doit().returncode == 1
    assert have(tmp_path, ".vo") == ["sub/C"]  # old, and its B.vo is not there
    (tmp_path / "B.v").write_text("Definition b := 0.\n")
    assert executed(doit()) == ["all:B.vo", "all:sub/C.vo"]


@pytest.mark.once
def test_a_bad_project_file_is_told_in_one_line(doit: Doit, tmp_path: Path) -> None:
    write_files(tmp_path, {"_CoqProject": "-Q . Top\n-Q . a-b\nA.v\n"})
    result = doit()
    assert result.returncode == 3
    assert "_CoqProject:2:" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.once
def test_a_doit_that_does_not_find_us_says_which_one_to_run(doit: Doit, tmp_path: Path) -> None:
    write_files(tmp_path, {"makegen/__init__.py": "", "makegen/generate.py": ""})  # not ours
    result = doit("list", PYTHONPATH=str(tmp_path))
    assert result.returncode == 3
    assert "run the doit that is installed with proof-makefile" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.ends
def test_what_the_machine_refuses_is_told_without_a_traceback(doit: Doit, tmp_path: Path) -> None:
    (tmp_path / ".proof-makefile/dodo.requires.json").mkdir(parents=True)
    result = doit()
    assert result.returncode == 3
    assert (
        result.stderr == "ERROR: cannot write .proof-makefile/dodo.requires.json: Is a directory\n"
    )
    (tmp_path / ".proof-makefile/dodo.requires.json").rmdir()
    (tmp_path / ".proof-makefile/dodo.completed.json.new").mkdir()
    result = doit("vio2vo")
    assert result.returncode == 2  # doit's own: a task that failed would be 1
    assert (
        "cannot write .proof-makefile/dodo.completed.json.new: Is a directory"
        in result.stdout + result.stderr
    )
    assert "Traceback" not in result.stdout + result.stderr


@pytest.mark.ends
def test_clean_leaves_the_sources_and_what_is_not_ours(doit: Doit, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    lines(doit("all", "quick", "vos", "vok"))
    lines(doit("clean"))
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    learnt = {tmp_path / ".proof-makefile" / name for name in (".gitignore", "proofs.db")}
    assert after == before | learnt


@pytest.mark.ends
def test_clean_leaves_nothing_of_an_installation(coq: Coq, tmp_path: Path) -> None:
    project = "--rocq-package top\n-Q . Top\nA.v B.v sub/C.v\n"
    write_files(tmp_path, {**CHAIN, "_CoqProject": project})
    generate(tmp_path)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    lines(coq.run("doit", "install", "DESTDIR=installed", cwd=tmp_path))
    assert list(tmp_path.glob("installed/**/sub/C.vo"))
    lines(coq.run("doit", "uninstall", "DESTDIR=installed", cwd=tmp_path))
    lines(coq.run("doit", "clean", cwd=tmp_path))
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.name for path in after - before} <= {".gitignore"}


@pytest.mark.once
def test_list_reads_well(doit: Doit) -> None:
    listed = lines(doit("list", "--all"))
    assert any(line.split() == ["all", "compile", "every", "file"] for line in listed)
    assert any(line.split() == ["all:A.vo", ".vo", "of", "A.v"] for line in listed)
    assert all(len(line.split()) > 1 for line in listed)


@pytest.mark.ends
def test_installed_files_go_away_again(doit: Doit, tmp_path: Path) -> None:
    top = tmp_path / "installed"
    lines(doit("install", f"DESTDIR={top}"))
    installed = {path.name for path in top.rglob("user-contrib/Top/**/*") if path.is_file()}
    assert installed == {f"{n}{s}" for n in "ABC" for s in (".vo", ".v", ".glob")}
    lines(doit("uninstall", f"DESTDIR={top}"))
    assert [path for path in top.rglob("*") if path.is_file()] == []
    assert [path.name for path in top.rglob("user-contrib")] == ["user-contrib"]
    assert not list(top.rglob("Top"))


@pytest.mark.ends
def test_what_vio2vo_made_is_not_made_again(coq: Coq, doit: Doit, tmp_path: Path) -> None:
    assert coq.run("doit", "vio2vo", "J=2", cwd=tmp_path).returncode == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.vo")}
    assert len(before) == 3
    lines(doit())
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.vo")} == before
    (tmp_path / "A.v").write_text(A + "Definition new := 0.\n")
    lines(doit())
    assert all(path.stat().st_mtime_ns > time for path, time in before.items())


@pytest.mark.ends
def test_a_source_that_is_edited_while_vio2vo_runs_is_made_again(
    coq: Coq, doit: Doit, tmp_path: Path
) -> None:
    script = "proof-checker \"$@\" && echo 'Definition late := 0.' >> A.v && touch A.vo\n"
    write_files(tmp_path, {"edit.sh": script})
    lines(doit("vio2vo", PROOF_CHECKER="sh edit.sh"))
    made = (tmp_path / "A.vo").read_bytes()
    lines(doit())
    assert (tmp_path / "A.vo").read_bytes() != made
    assert coq.run("coqc", "-Q", ".", "Top", "sub/C.v", cwd=tmp_path).returncode == 0


@pytest.mark.once
def test_times_are_printed_the_longest_first(doit: Doit) -> None:
    lines(doit())
    table = lines(doit("times"))
    assert any(line.split(" | ")[-1].strip() == "Total Time / Peak Mem" for line in table)
    names = {line.split(" | ")[-1].strip() for line in table}
    assert names >= {"A.vo", "B.vo", "sub/C.vo"}


@pytest.mark.ends
def test_documentation_and_coqchk(doit: Doit, tmp_path: Path) -> None:
    lines(doit("html", "validate"))
    assert (tmp_path / "html" / "Top.A.html").exists()
    assert executed(doit("html", "validate")) == []


@pytest.mark.once
def test_a_project_without_project_file_is_in_the_task_file(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"A.v": A})
    words = ("-Q", ".", "Top", "-arg", "-w none", "A.v", "-o", "dodo.py")
    assert coq.run("proof-makefile", *words, cwd=tmp_path).returncode == 0
    assert executed(coq.run("doit", cwd=tmp_path)) == ["all:A.vo"]
    checker = {"PROOF_CHECKER": "echo CHECKER"}
    checked = coq.run("doit", "checkproofs", cwd=tmp_path, environ=checker)
    written = ".proof-makefile/dodo.project"
    assert f"CHECKER check -f {written} --arg=-w --arg=none" in lines(checked)
    assert (tmp_path / written).read_text() == "-Q . Top\nA.v\n"


@pytest.mark.ends
def test_a_source_that_does_not_exist_yet_is_named_and_no_proof_is_called_wrong(
    coq: Coq, tmp_path: Path
) -> None:
    root = write_files(tmp_path, {**CHAIN, "_CoqProject": "-Q . Top\nA.v later/L.v B.v sub/C.v\n"})
    for output in ("Makefile", "dodo.py"):
        written = coq.run("proof-makefile", "-f", "_CoqProject", "-o", output, cwd=root)
        assert written.returncode == 0
        assert "_CoqProject:2: no file later/L.v" in written.stderr
    commands = [("make",), ("doit",), ("doit", "checkproofs"), ("doit", "-n", "2", "quick")]
    for command in (*commands, ("make", "checkproofs")):
        done = coq.run(*command, cwd=root)
        said = done.stdout + done.stderr
        assert (done.returncode, said.count("later/L.v")) == (2, 1), said
        assert "Traceback" not in said
    assert coq.run("doit", "list", "--all", cwd=root).returncode == 0
    write_files(root, {"later/L.v": "Definition l := 0.\n"})
    assert coq.run("doit", "checkproofs", cwd=root).returncode == 0
    (root / "A.v").write_text(A.replace("reflexivity", "exact I"))
    for checker, code in (("", 1), ("sh -c 'exit 3'", 2)):
        done = coq.run("doit", "checkproofs", cwd=root, environ={"PROOF_CHECKER": checker})
        assert done.returncode == code
