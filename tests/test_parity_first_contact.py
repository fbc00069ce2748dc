"""Projects as people have them, that coq_makefile takes: with ours the result is the same."""

import re
from pathlib import Path

import pytest

from tests import coqscripts
from tests.helpers import TESTS, Coq, generate, write_files
from tests.sides import copies, files_below, project, unprepared, write_makefiles

pytestmark = pytest.mark.ends

A = "Lemma a : 0 = 0. Proof. reflexivity. Qed.\n"
USE = "From Foo Require Import A.\nLemma use : 0 = 0. Proof. exact a. Qed.\n"


def test_a_file_outside_of_every_load_path_is_built_checked_and_not_installed(
    coq: Coq, tmp_path: Path
) -> None:
    wrong = "Lemma wrong : 0 = 1.\nProof. reflexivity. Qed.\n"
    files = {"th/A.v": A, "ex/E.v": USE, "ex/sub/E.v": USE + wrong}  # two of one name
    files["_CoqProject"] = "-Q th Foo\nth/A.v ex/E.v ex/sub/E.v\n"
    root = write_files(tmp_path / "project", files)
    sides = copies(coq, root)
    assert sides.make() != 0
    checked = coq.run("make", "checkproofs", "J=2", cwd=sides.ours)
    assert 'File "./ex/sub/E.v", line 4, characters 7-18:' in checked.stderr
    assert "4 proofs in 3 files" in checked.stdout
    assert "1 wrong, 1 file not good" in checked.stdout
    for side in (sides.theirs, sides.ours):
        write_files(side, {"ex/sub/E.v": USE})
    assert sides.make("all") == 0
    assert coq.run("make", "checkproofs", "J=2", cwd=sides.ours).returncode == 0
    theirs, ours = sides.output("install")
    skipped = {line for line in ours if line.startswith("SKIP ")}
    assert "SKIP ex/E.vo since it has no logical path" in skipped
    assert skipped == {line for line in theirs if line.startswith("SKIP ")}
    assert not any(name.endswith("E.vo") for name in sides.files("installed"))
    assert sides.make("uninstall") == 0
    sides.files("installed")


def test_sources_that_are_not_there_yet_are_for_make_to_miss(coq: Coq, tmp_path: Path) -> None:
    words = ("-Q", ".", "Foo", "Use.v", "A.v", "-o", "Makefile")
    sides = unprepared(coq, write_files(tmp_path / "project", {"Use.v": USE}))
    write_makefiles(sides, words)
    for goal in ("all", "vos", "Use.vo"):
        assert sides.make(goal) != 0
    said = coq.run("make", cwd=sides.ours).stderr
    assert "No rule to make target 'A.v'" in said
    check = coq.run(
        "proof-checker", "check", "-f", ".proof-makefile/Makefile.project", cwd=sides.ours
    )
    assert check.returncode != 0
    for side in (sides.theirs, sides.ours):
        write_files(side, {"A.v": A})
    assert sides.make("all") == 0
    sides.files()
    (sides.ours / "A.v").unlink()
    write_files(sides.ours, {"P": "-Q . Foo Use.v A.v"})
    check = coq.run("proof-checker", "check", "-f", "P", cwd=sides.ours)
    said = "A.v: no such file; make it, restore it or take it out of P\n"
    assert (check.returncode, check.stdout, check.stderr) == (
        2,
        "",
        f"proof-checker: error: {said}",
    )


def test_a_source_and_a_meta_file_that_an_outer_makefile_makes(coq: Coq, tmp_path: Path) -> None:
    files = {"Use.v": USE, "_CoqProject": "-Q . Foo\nA.v Use.v META.foo\n"}
    sides = unprepared(coq, write_files(tmp_path / "project", files))
    write_makefiles(sides, ("-f", "_CoqProject", "-o", "Inner"))
    assert sides.make("-f", "Inner") != 0
    for side in (sides.theirs, sides.ours):
        write_files(side, {"A.v": A, "META.foo": "version = 1\n"})
    assert sides.make("-f", "Inner") == 0
    assert {"A.vo", "Use.vo"} <= files_below(sides.ours)


def test_a_project_file_without_sources_gives_a_makefile_with_nothing_to_do(
    coq: Coq, tmp_path: Path
) -> None:
    sides = project(coq, tmp_path, {"_CoqProject": "-Q th Foo\n-arg -noinit\n"})
    for goals in ("all", "quick" if coq.name == "8.16" else "vos", "install", "clean", "cleanall"):
        assert sides.make(*goals.split()) == 0


def test_what_is_listed_twice_or_has_the_name_of_another_is_built(coq: Coq, tmp_path: Path) -> None:
    files = {"a/A.v": "Definition x := 0.\n", "b/A.v": A, "b/Use.v": A}
    files["_CoqProject"] = "-R a Foo -R b Foo\na/A.v b/A.v\na/A.v b/Use.v\n"
    sides = project(coq, tmp_path, files)
    assert sides.make("all") == 0
    assert {"a/A.vo", "b/A.vo", "b/Use.vo"} <= sides.files()
    assert coq.run("make", "checkproofs", cwd=sides.ours).returncode == 0


def test_a_neighbours_folder_that_its_own_makefile_built_is_used_as_it_is(
    coq: Coq, tmp_path: Path
) -> None:
    files = {"th/A.v": A, "main/_CoqProject": "-Q ../th Foo\n-Q . Main\nUse.v\n", "main/Use.v": USE}
    write_files(tmp_path, files)
    main = tmp_path / "main"
    generate(coq, main, project="_CoqProject")
    its_own_make = ("coqc", "-Q", ".", "Foo", "A.v")
    assert coq.run(*its_own_make, cwd=tmp_path / "th").returncode == 0
    for goals in ("quick", "checkproofs J=2", "vos", "vok", "vio2vo J=2", "all"):
        done = coq.run("make", *goals.split(), cwd=main)
        assert done.returncode == 0, (goals, done.stderr)
        again = coq.run("make", "-q", goals.split()[0], cwd=main)
        assert again.returncode == 0 or "J=2" in goals, goals
    assert coq.run(*its_own_make, cwd=tmp_path / "th").returncode == 0
    for goal in ("all", "vos"):  # made again: the neighbour's is newer
        assert coq.run("make", "-q", goal, cwd=main).returncode == 1


def test_tables_of_two_builds_are_laid_out_as_those_of_the_coq_at_hand(
    coq: Coq, tmp_path: Path
) -> None:
    log = "A.vo (real: {0}.50, user: {0}.25, sys: 0.10, mem: 331000 ko)\n"
    logs = {"time-of-build-before.log": log.format(2), "time-of-build-after.log": log.format(1)}
    chars = "Chars 0 - 9 [Lemma~a] {0}. secs ({0}.u,0.s)\n"
    sentences = {"A.v.before-timing": chars.format(2), "A.v.after-timing": chars.format(1)}
    sides = project(coq, tmp_path, {"_CoqProject": "-Q . Foo\nA.v", "A.v": A, **logs, **sentences})
    theirs = coqscripts.variables(coq)
    for goals in (
        "print-pretty-timed-diff",
        "print-pretty-timed-diff TIMING_SORT_BY=diff TIMING_REAL=1 TIMING_INCLUDE_MEM=0",
        "print-pretty-single-time-diff BEFORE=A.v.before-timing AFTER=A.v.after-timing",
    ):
        table = coq.run("make", *goals.split(), cwd=sides.ours)
        assert "After" in table.stdout
        wanted = coq.run("make", *goals.split(), *theirs, cwd=sides.theirs)
        assert (table.returncode, table.stdout) == (0, wanted.stdout)


def test_make_shows_commands_as_the_makefile_of_coqs_own_generator_does(
    coq: Coq, tmp_path: Path
) -> None:
    sides = project(coq, tmp_path, {"_CoqProject": "-Q . Foo\nA.v", "A.v": A})
    words = ("--no-print-directory", "-o", "Makefile", f"COQDEP=sh {TESTS}/visible_coqdep.sh")
    for goal in ("all", "vos", "vok"):
        shown = [
            coq.run("env", "-u", "SHOWN_COQC", "-u", "SHOWN_COQDEP", "make", goal, *words, cwd=side)
            for side in (sides.theirs, sides.ours)
        ]
        theirs, ours = (
            [line for line in side.stdout.splitlines() if not line.startswith("make")]
            for side in shown
        )
        assert ours == theirs
        assert ours or goal != "all"


def test_a_timed_build_shows_the_same_commands_and_names(coq: Coq, tmp_path: Path) -> None:
    sides = project(coq, tmp_path, {"_CoqProject": "-Q . Foo\nA.v", "A.v": A})
    words = ("-o", "Makefile", f"COQDEP=sh {TESTS}/visible_coqdep.sh", "TGTS=all", "-j1")
    unset = ("env", "-u", "SHOWN_COQC", "-u", "SHOWN_COQDEP")
    logs = []
    for side in (sides.theirs, sides.ours):
        coq.run(*unset, "make", "make-pretty-timed-before", *words, cwd=side)
        log = (side / "time-of-build-before.log").read_text()
        logs.append(re.findall(r"^(?:COQ|ROCQ).*|^\S+(?= \(real)", log, re.MULTILINE))
    theirs, ours = logs
    assert ours == theirs
    assert "A.vo" in ours


def test_a_meta_file_that_is_not_there_yet_is_no_obstacle(coq: Coq, tmp_path: Path) -> None:
    files = {"_CoqProject": "META.foo\n-Q . Foo\nA.v", "A.v": A}
    sides = project(coq, tmp_path, files)
    word = f"COQDEP=sh {TESTS}/visible_coqdep.sh"
    for side in (sides.theirs, sides.ours):
        assert coq.run("make", "A.vo", word, cwd=side).returncode == 0
