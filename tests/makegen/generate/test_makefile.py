"""A generated Makefile, run by GNU make with each Coq of the matrix."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from makegen.generate.makefile import doc_root, render_makefile
from makegen.project.project import LoadPath, PathKind, Project, read_project
from tests.goldens import check_golden
from tests.helpers import Coq, every_coq, write_files

A = """Section S. Variable n : nat.
Lemma a : n = n. Proof. reflexivity. Qed.
Lemma polymorphic : Type. Proof. exact Type. Qed.
End S.
"""
B = "From Top Require Import A.\nLemma b : forall n : nat, n = n. Proof. exact a. Qed.\n"
C = "From Top Require Import B.\nDefinition c := b.\n"
CHAIN = {"_CoqProject": "-Q . Top\nA.v B.v sub/C.v\n", "A.v": A, "B.v": B, "sub/C.v": C}
NAMES = ("A", "B", "sub/C")

TOLD = "PROOF_CHECKER=echo CHECKER"  # prints its own command line

MEMORY_OF = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)  # KB
"""

Make = Callable[..., subprocess.CompletedProcess[str]]


def generate(root: Path, name: str = "Makefile") -> None:
    project = read_project(root / "_CoqProject")
    makefile, conf = render_makefile(project, name)
    write_files(root, {name: makefile, f"{name}.conf": conf})


@pytest.fixture
def make(coq: Coq, tmp_path: Path) -> Make:
    """Runs make in the chain A <- B <- C."""
    write_files(tmp_path, CHAIN)
    generate(tmp_path)

    def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return coq.run("make", *words, cwd=tmp_path, environ=environ)

    return run


def done(result: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines that a make printed that went well."""
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.splitlines()


@pytest.mark.parametrize("file", ["A.v", "_CoqProject"])
def test_a_build_ends_where_a_file_is_newer_than_the_clock(file: str, tmp_path: Path) -> None:
    write_files(tmp_path, {**CHAIN, "_CoqProject": "-Q . Top\nsub/C.v B.v A.v\n"})
    generate(tmp_path)
    future = 4_000_000_000  # what coq_makefile writes begins anew for ever
    os.utime(tmp_path / file, (future, future))
    built = every_coq()[0].run("timeout", "60", "make", cwd=tmp_path)
    assert "COQC sub/C.v" in done(built)


def compiled(result: subprocess.CompletedProcess[str]) -> list[str]:
    """The files that coqc compiled, with its mode, in order."""
    return [line.removeprefix("COQC ") for line in done(result) if line.startswith("COQC ")]


def have(root: Path, suffix: str) -> list[str]:
    return [name for name in NAMES if (root / f"{name}{suffix}").exists()]


def edit(file: Path, text: str | None = None) -> None:
    """Changes the file so that make sees it, whatever the clock's grain."""
    newest = max(path.stat().st_mtime_ns for path in file.parent.rglob("*"))
    file.write_text(file.read_text() + "\n" if text is None else text)
    os.utime(file, ns=(newest + 10**7, newest + 10**7))


def has_vio(coq: Coq) -> bool:
    return coq.name == "8.16"


def test_golden() -> None:
    project = Project(
        root=Path("/project"),
        origin="_CoqProject",
        load_paths=(
            LoadPath(PathKind.I, "src"),
            LoadPath(PathKind.Q, "theories", "Top"),
            LoadPath(PathKind.R, "extra", "Top.Extra"),
        ),
        arguments=("-w", "none", "-set", "Default Goal Selector=!"),
        sources=("theories/A.v", "extra/B.v", "src/plug.mlg", "src/plug.mlpack", "src/plug.mli"),
        variables=(("CAMLDEBUG", "-g"),),
        meta_file="META.plug",
        told_by_origin=True,
    )
    makefile, conf = render_makefile(project, "Makefile")
    check_golden("Makefile", makefile)
    check_golden("Makefile.conf", conf)


@pytest.mark.parametrize(
    ("logical", "root"),
    [
        (("A.B", "A.C"), "A"),
        (("A.B",), "A/B"),
        (("",), "orphan_"),
        (("A", "B.C"), "orphan_A_B.C"),
        ((), "orphan_"),
    ],
)
def test_documentation_goes_below_the_common_logical_root(
    logical: tuple[str, ...], root: str
) -> None:
    paths = tuple(LoadPath(PathKind.R, str(n), path) for n, path in enumerate(logical))
    assert doc_root(Project(Path("/"), load_paths=paths)) == root


def test_make_compiles_in_dependency_order_and_then_has_nothing_to_do(
    make: Make, tmp_path: Path
) -> None:
    assert compiled(make("-j2")) == ["A.v", "B.v", "sub/C.v"]
    for suffix in (".vo", ".vos", ".vok", ".glob"):
        assert have(tmp_path, suffix) == list(NAMES)
    assert done(make("all")) == ["make: Nothing to be done for 'all'."]
    for goal in ("vos", "vok"):
        assert done(make(goal)) == []


@pytest.mark.once
def test_an_edit_recompiles_what_depends_on_it(make: Make, tmp_path: Path) -> None:
    done(make())
    edit(tmp_path / "B.v")
    assert compiled(make()) == ["B.v", "sub/C.v"]


def test_quick_makes_vio_where_coq_has_it_else_vos(make: Make, coq: Coq, tmp_path: Path) -> None:
    done(make("quick", "J=2"))
    assert have(tmp_path, ".vio") == (list(NAMES) if has_vio(coq) else [])
    assert have(tmp_path, ".vos") == ([] if has_vio(coq) else list(NAMES))
    assert have(tmp_path, ".vo") == []
    note = [f"Coq {coq.version} has no .vio: these are .vos files."]
    assert done(make("vio"))[-1:] == ([] if has_vio(coq) else note) or has_vio(coq)


@pytest.mark.ends
def test_vok_checks_each_file_against_the_vos(make: Make, tmp_path: Path) -> None:
    assert sorted(compiled(make("vok"))) == [
        *("-vok A.v", "-vok B.v", "-vok sub/C.v"),
        *("-vos A.v", "-vos B.v"),
    ]
    assert have(tmp_path, ".vok") == list(NAMES)


@pytest.mark.ends
def test_quick_leaves_the_vos_alone(make: Make, tmp_path: Path) -> None:
    done(make("vos"))
    before = [(tmp_path / f"{name}.vos").stat() for name in NAMES]
    done(make("quick"))
    after = [(tmp_path / f"{name}.vos").stat() for name in NAMES]
    assert [(s.st_size, s.st_mtime_ns) for s in after] == [
        (s.st_size, s.st_mtime_ns) for s in before
    ]
    assert compiled(make("vos")) == []


@pytest.mark.ends
def test_an_empty_vos_without_a_vo_is_made_again(make: Make, tmp_path: Path) -> None:
    done(make())
    for name in NAMES:
        (tmp_path / f"{name}.vo").unlink()
    assert compiled(make("vos")) == ["-vos A.v", "-vos B.v", "-vos sub/C.v"]


@pytest.mark.ends
def test_files_of_make_and_of_quick_are_never_mixed(make: Make, coq: Coq, tmp_path: Path) -> None:
    done(make())
    done(make("quick"))
    edit(tmp_path / "B.v")
    assert compiled(make()) == ["B.v", "sub/C.v"]
    # Were B.vo built on A.vio, whatever reads it after A.vio has gone would be refused.
    assert "several-object-files" not in make("quick").stderr
    for vio in tmp_path.rglob("*.vio"):
        vio.unlink()
    assert coq.run("coqc", "-Q", ".", "Top", "sub/C.v", cwd=tmp_path).returncode == 0


@pytest.mark.ends
def test_several_kinds_at_once_do_not_disturb_each_other(make: Make, tmp_path: Path) -> None:
    lines = done(make("-j4", "all", "checkproofs", "vos", "quick", "vok"))
    kinds = [line.split()[1] for line in lines if line.startswith("COQC")]
    assert sorted(kinds[-3:]) == ["A.v", "B.v", "sub/C.v"]  # every .vo after all the rest
    assert have(tmp_path, ".vo") == list(NAMES)
    assert done(make("all"))[-1] == "make: Nothing to be done for 'all'."
    done(make("vok"))


def test_a_wrong_file_fails_the_build_and_leaves_no_vo(make: Make, tmp_path: Path) -> None:
    with (tmp_path / "B.v").open("a") as file:
        file.write("Lemma wrong : 0 = 1. Proof. reflexivity. Qed.\n")
    for _ in range(2):
        result = make("-k")
        assert result.returncode == 2
        assert 'File "./B.v", line 3, characters 28-39:' in result.stderr
        assert have(tmp_path, ".vo") == ["A"]


@pytest.mark.once
@pytest.mark.parametrize("goal", ["all", "quick", "vos", "vok", "checkproofs", "vio2vo", "html"])
def test_a_listed_file_that_is_absent_fails_every_goal(
    goal: str, make: Make, tmp_path: Path
) -> None:
    done(make())
    (tmp_path / "A.v").unlink()
    result = make(goal)
    assert result.returncode == 2
    assert "A.v" in result.stderr


@pytest.mark.ends
def test_an_unresolved_require_fails_with_its_name(make: Make, tmp_path: Path) -> None:
    (tmp_path / "A.v").write_text("From Top Require Import Absent.\n")
    result = make()
    assert result.returncode == 2
    assert "Absent" in result.stderr


@pytest.mark.once
def test_what_was_made_from_a_deleted_file_no_longer_counts(make: Make, tmp_path: Path) -> None:
    done(make())
    (tmp_path / "A.v").unlink()
    (tmp_path / "_CoqProject").write_text("-Q . Top\nB.v sub/C.v\n")
    generate(tmp_path)
    result = make()
    assert result.returncode == 2
    assert "FORGET A.v" in result.stdout
    assert list(tmp_path.glob(".A.*")) == []
    assert have(tmp_path, ".vo") == ["sub/C"]  # old, and its B.vo is not there
    (tmp_path / "B.v").write_text("Definition b := 0.\n")
    assert compiled(make()) == ["B.v", "sub/C.v"]


@pytest.mark.once
def test_a_deleted_file_may_leave_the_project_before_the_next_make(
    make: Make, tmp_path: Path
) -> None:
    done(make())
    (tmp_path / "A.v").unlink()
    edit(tmp_path / "_CoqProject", "-Q . Top\nB.v sub/C.v\n")
    edit(tmp_path / "B.v", "Definition b := 0.\n")
    result = make()
    assert "FORGET A.v" in result.stdout
    assert compiled(result) == ["B.v", "sub/C.v"]


@pytest.mark.ends
@pytest.mark.parametrize("goal", ["all", "quick", "vos", "vok", "checkproofs", "vio2vo", "html"])
def test_a_source_that_coqdep_refuses_fails_every_goal(
    goal: str, make: Make, tmp_path: Path
) -> None:
    (tmp_path / "B.v").write_text("Lemma b : Require Import")
    result = make(goal)
    assert result.returncode == 2
    assert 'File "B.v"' in result.stderr
    assert have(tmp_path, ".vo") == have(tmp_path, ".vos") == have(tmp_path, ".vio") == []


@pytest.mark.ends
def test_clean_leaves_the_sources_and_what_is_not_ours(make: Make, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    (tmp_path / "notes.vo.txt").touch()
    done(make("-j2", "all", "vos", "quick", "vok"))
    done(make("clean"))
    aux = list(tmp_path.rglob(".*.aux"))
    assert len(aux) == 3
    done(make("cleanall"))
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before | {tmp_path / "notes.vo.txt"}


@pytest.mark.once
def test_verbose_shows_the_commands(make: Make) -> None:
    lines = done(make("VERBOSE=1", "A.vo"))
    assert any("coqc" in line and "-Q . Top" in line and "A.v" in line for line in lines)


@pytest.mark.once
def test_extra_flags_reach_coqc_and_the_checker_word_by_word(make: Make) -> None:
    flags = """-set "Default Goal Selector=!" -w none"""
    result = make("checkproofs", "J=2", "VERBOSE=1", f"COQEXTRAFLAGS={flags}", TOLD)
    lines = done(result)
    assert any('-set "Default Goal Selector=!"' in line for line in lines)
    words = "--arg=-set --arg=Default Goal Selector=! --arg=-w --arg=none"
    assert lines[-1] == f"CHECKER check -f _CoqProject -j 2 {words}"


@pytest.mark.once
@pytest.mark.parametrize("arguments", ["", "-arg -w\n-arg none\n"])
def test_flags_added_to_those_of_the_project_reach_the_checker(
    arguments: str, make: Make, tmp_path: Path
) -> None:
    project = (tmp_path / "_CoqProject").read_text()
    write_files(tmp_path, {"_CoqProject": arguments + project})
    for flags in ("OTHERFLAGS += -type-in-type\n", "OTHERFLAGS += -type-in-type -w none\n"):
        write_files(tmp_path, {"Makefile.local": flags})
        words = "".join(f" --arg={word}" for word in flags.split()[2:])
        told = f"CHECKER check -f _CoqProject{words}"
        assert done(make("checkproofs", TOLD))[-1] == told
    write_files(tmp_path, {"Makefile.local": "OTHERFLAGS = -noinit\n"})
    assert done(make("checkproofs", TOLD))[-1] == "CHECKER check -f _CoqProject --arg=-noinit"


@pytest.mark.once
def test_the_checker_gets_j_or_chooses_itself(make: Make) -> None:
    assert done(make("vio2vo", "J=3", TOLD))[-1] == "CHECKER vio2vo -f _CoqProject -j 3"
    assert done(make("checkproofs", TOLD))[-1] == "CHECKER check -f _CoqProject"


@pytest.mark.once
def test_interfaces_are_made_one_by_one_unless_make_was_told_otherwise(make: Make) -> None:
    told = "CHECKER interfaces --vos -j 1 -f _CoqProject"
    assert done(make("vos", TOLD))[-1] == told
    assert done(make("A.vos", "-j2", TOLD))[-1] == "CHECKER interfaces A.vos -f _CoqProject"
    told = "CHECKER interfaces --quick --least 0 -f _CoqProject -j 2"
    assert done(make("quick", "J=2", "HINTSFLAGS=--least 0", TOLD))[-1] == told


@pytest.mark.ends
def test_what_needs_no_checker_works_without_it(make: Make, tmp_path: Path) -> None:
    nothing = ("PROOF_CHECKER=false", "PROOF_MAKEFILE=false")
    assert compiled(make("-j2", *nothing)) == ["A.v", "B.v", "sub/C.v"]
    for goal in ("html", "validate", "A.tex", "clean", "sub/C.vo", "cleanall"):
        done(make(goal, *nothing))
    assert not (tmp_path / ".proof-makefile").exists()


@pytest.mark.ends
def test_git_sees_the_makefile_and_nothing_else_of_ours(make: Make, tmp_path: Path) -> None:
    coqs = "*.vo\n*.vos\n*.vok\n*.vio\n*.glob\n.*.aux\n"
    write_files(tmp_path, {".gitignore": coqs})
    done(make("quick", "vos", "vok", "checkproofs", "vio2vo", "all", "J=2"))
    git = ("git", "-c", "init.defaultBranch=main", "-C", str(tmp_path))
    subprocess.run([*git, "init", "-q"], check=True)
    status = [*git, "status", "--porcelain", "--untracked-files=all"]
    seen = subprocess.run(status, stdout=subprocess.PIPE, text=True, check=True).stdout
    ours = {line.removeprefix("?? ") for line in seen.splitlines()} - {".gitignore", *CHAIN}
    assert ours == {"Makefile", "Makefile.conf"}


@pytest.mark.once
def test_the_check_gets_further_options(make: Make) -> None:
    result = make("checkproofs", "CHECKPROOFSFLAGS=--memory 6G", TOLD)
    assert done(result)[-1] == "CHECKER check --memory 6G -f _CoqProject"


@pytest.mark.once
@pytest.mark.parametrize(("goal", "command"), [("checkproofs", "check"), ("vio2vo", "vio2vo")])
def test_the_check_leaves_the_files_that_the_command_line_names(
    make: Make, goal: str, command: str
) -> None:
    files = ("REPORT=a report.html", "TRACE=t.json", "JUNIT=j.xml", "JSON=c.json", "SARIF=s.sarif")
    told = "--report a report.html --trace t.json --junit j.xml --json c.json --sarif s.sarif"
    assert done(make(goal, *files, TOLD))[-1] == f"CHECKER {command} {told} -f _CoqProject"
    assert done(make(goal, TOLD, JSON="1"))[-1] == f"CHECKER {command} -f _CoqProject"


@pytest.mark.once
def test_a_makefile_above_hands_the_files_on(make: Make, tmp_path: Path) -> None:
    write_files(tmp_path, {"above.mk": "checkproofs:\n\t+$(MAKE) -f Makefile checkproofs\n"})
    lines = done(make("-f", "above.mk", "checkproofs", "REPORT=r.html", TOLD))
    assert "CHECKER check --report r.html -f _CoqProject" in lines


@pytest.mark.once
def test_dry_runs_start_no_checker(make: Make) -> None:
    lines = done(make("-n", "checkproofs", TOLD))
    assert not any(line.startswith("CHECKER") for line in lines)


@pytest.mark.once
@pytest.mark.usefixtures("make")
def test_the_checker_is_inside_the_jobserver_of_make(coq: Coq, tmp_path: Path) -> None:
    opens = "import os; os.fstat(3); os.fstat(4); print(os.environ['MAKEFLAGS'])"
    write_files(tmp_path, {"checker.py": opens})
    checker = "PROOF_CHECKER=python3 -I checker.py"
    result = coq.run("make", "-j2", "checkproofs", checker, cwd=tmp_path)
    assert "--jobserver-auth=3,4" in done(result)[-1]


@pytest.mark.once
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("J=x",), "J=x"),
        (("J=0", "checkproofs"), "J=0"),
        (("only",), "TGTS"),
        (("nonsense",), "nonsense"),
        (("COQBIN=/nowhere",), "/nowhere"),
    ],
)
def test_what_is_impossible_fails_and_is_named(
    words: tuple[str, ...], named: str, make: Make
) -> None:
    result = make(*words)
    assert result.returncode == 2
    assert named in result.stderr


@pytest.mark.once
def test_only_makes_the_targets_that_are_asked_for(make: Make, tmp_path: Path) -> None:
    done(make("only", "TGTS=A.vo B.vos"))
    assert have(tmp_path, ".vo") == ["A"]
    assert have(tmp_path, ".vos") == ["A", "B"]


@pytest.mark.once
def test_hooks_of_the_local_files_run_in_order(make: Make, tmp_path: Path) -> None:
    local = "pre-all::\n\t@echo before\npost-all::\n\t@echo after\nclean::\n\t@echo cleaned\n"
    late = "names:\n\t@echo $(VOFILES) $(ALLDFILES)\n"
    write_files(tmp_path, {"Makefile.local": local, "Makefile.local-late": late})
    built = make("-j2")
    assert [line for line in done(built) if line != "COQDEP VFILES"] == [
        *("before", "COQC A.v", "COQC B.v", "COQC sub/C.v", "after")
    ]
    assert built.stderr == ""  # not even that make's jobserver is out of reach
    assert done(make("names")) == ["A.vo B.vo sub/C.vo .proof-makefile/Makefile.d"]
    assert "cleaned" in done(make("clean"))


@pytest.mark.once
def test_a_rule_of_the_local_file_makes_a_source(make: Make, tmp_path: Path) -> None:
    (tmp_path / "A.v").rename(tmp_path / "A.in")
    rule = "A.v: A.in\n\t@echo MADE $@; cp $< $@\n"
    write_files(tmp_path, {"Makefile.local": rule})
    assert [line for line in done(make()) if line.startswith("MADE")] == ["MADE A.v"]
    assert have(tmp_path, ".vo") == list(NAMES)


@pytest.mark.once
def test_a_change_of_the_project_file_writes_the_makefile_again(
    make: Make, coq: Coq, tmp_path: Path
) -> None:
    coq.run("proof-makefile", "-f", "_CoqProject", "-o", "Makefile", cwd=tmp_path)
    assert compiled(make()) == ["A.v", "B.v", "sub/C.v"]
    write_files(tmp_path, {"D.v": "From Top Require Import A.\nDefinition d := a.\n"})
    edit(tmp_path / "_CoqProject", CHAIN["_CoqProject"] + "-arg -w -arg none\nD.v\n")
    assert compiled(make()) == ["D.v"]
    edit(tmp_path / "A.v")
    assert "D.v" in compiled(make())
    assert "COQMF_OTHERFLAGS = -w none\n" in (tmp_path / "Makefile.conf").read_text()
    edit(tmp_path / "_CoqProject", "-Q . Top\nA.v -foo\n")
    refused = make()
    assert refused.returncode == 2
    assert "_CoqProject:2:" in refused.stderr


@pytest.mark.once
def test_a_source_that_comes_into_a_listed_folder_or_leaves_it_is_seen(
    coq: Coq, tmp_path: Path
) -> None:
    write_files(tmp_path, {"_CoqProject": "-Q theories Top\ntheories\n", "theories/A.v": A})
    done(coq.run("proof-makefile", "-f", "_CoqProject", "-o", "Makefile", cwd=tmp_path))
    assert done(coq.run("make", cwd=tmp_path)) == ["COQDEP VFILES", "COQC theories/A.v"]
    assert done(coq.run("make", cwd=tmp_path)) == ["make: Nothing to be done for 'all'."]
    write_files(tmp_path, {"theories/sub/B.v": B})
    assert compiled(coq.run("make", cwd=tmp_path)) == ["theories/sub/B.v"]
    (tmp_path / "theories" / "A.v").unlink()
    left = coq.run("make", cwd=tmp_path)
    assert left.returncode == 2
    assert "FORGET theories/A.v" in left.stdout
    assert not (tmp_path / "theories" / "A.vo").exists()


@pytest.mark.ends
def test_installed_files_go_away_again(make: Make, tmp_path: Path) -> None:
    top = tmp_path / "installed"
    refused = make("install", f"DSTROOT={top}")
    assert refused.returncode == 2
    assert "A.vo does not exist" in refused.stderr
    assert not top.exists()
    done(make("-j2"))
    done(make("install", f"DESTDIR={top}"))
    installed = {path.name for path in top.rglob("user-contrib/Top/**/*") if path.is_file()}
    assert installed == {f"{n}{s}" for n in "ABC" for s in (".vo", ".v", ".glob")}
    done(make("uninstall", f"DESTDIR={top}"))
    assert [path for path in top.rglob("*") if path.is_file()] == []
    assert [path.name for path in top.rglob("user-contrib")] == ["user-contrib"]
    assert not list(top.rglob("Top"))


@pytest.mark.ends
def test_the_checker_learns_what_only_the_command_line_says(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"A.v": "Definition a := 0.\n"})
    words = ("-Q", ".", "Top", "-arg", "-w none", "A.v", "-o", "Makefile")
    assert coq.run("proof-makefile", *words, cwd=tmp_path).returncode == 0
    result = coq.run("make", "checkproofs", "PROOF_CHECKER=echo CHECKER", cwd=tmp_path)
    written = ".proof-makefile/Makefile.project"
    assert done(result)[-1] == f"CHECKER check -f {written} --arg=-q --arg=-w --arg=none"
    assert (tmp_path / written).read_text() == "-Q . Top\nA.v\n"
    done(coq.run("make", "checkproofs", "quick", cwd=tmp_path))


@pytest.mark.once
def test_any_name_of_the_output_has_its_own_files(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, CHAIN)
    generate(tmp_path, "CoqMakefile")
    write_files(tmp_path, {"CoqMakefile.local": "post-all::\n\t@echo after\n"})
    assert done(coq.run("make", "-f", "CoqMakefile", cwd=tmp_path))[-1] == "after"
    assert (tmp_path / ".proof-makefile/CoqMakefile.d").exists()
    assert not list(tmp_path.glob(".proof-makefile/Makefile*"))


@pytest.mark.once
def test_a_path_given_by_coqbin_may_end_in_a_slash(coq: Coq, make: Make) -> None:
    folder = Path(shutil.which("coqc", path=coq.environ["PATH"]) or "").parent
    assert compiled(make("A.vo", COQBIN=f"{folder}/")) == ["A.v"]
    assert done(make("A.vo", COQBIN=str(folder))) == ["make: 'A.vo' is up to date."]


@pytest.mark.once
@pytest.mark.parametrize("where", ["command line", "environment", "local file"])
def test_flags_are_taken_from_everywhere(where: str, make: Make, tmp_path: Path) -> None:
    words = ["A.vo", "VERBOSE=1"]
    environ = {}
    if where == "command line":
        words.append("COQEXTRAFLAGS=-w none")
    elif where == "environment":
        environ["COQEXTRAFLAGS"] = "-w none"
    else:
        write_files(tmp_path, {"Makefile.local": "COQEXTRAFLAGS += -w none\n"})
    assert any(" -w none " in line and "A.v" in line for line in done(make(*words, **environ)))


@pytest.mark.once
def test_install_paths_are_taken_from_the_environment_and_the_local_file(
    make: Make, tmp_path: Path
) -> None:
    done(make())
    done(make("install", DESTDIR=str(tmp_path / "one")))
    assert list(tmp_path.glob("one/**/user-contrib/Top/A.vo"))
    write_files(tmp_path, {"Makefile.local": f"COQLIBINSTALL = {tmp_path}/two\n"})
    done(make("install"))
    assert (tmp_path / "two" / "Top" / "A.vo").exists()


@pytest.mark.once
def test_the_late_file_sees_variables_and_adds_to_what_is_installed(
    make: Make, tmp_path: Path
) -> None:
    late = "FILESTOINSTALL += extra.txt\nextra.vo: $(VOFILES)\n\ttouch $@\npost-all:: extra.vo\n"
    write_files(tmp_path, {"Makefile.local-late": late, "extra.txt": "words\n"})
    done(make())
    assert (tmp_path / "extra.vo").exists()
    done(make("install", f"DSTROOT={tmp_path}/installed"))
    assert list(tmp_path.glob("installed/**/Top/extra.txt"))


@pytest.mark.once
def test_a_makefile_of_the_user_may_call_and_include_the_generated_ones(
    coq: Coq, tmp_path: Path
) -> None:
    own = """\
all: CoqMakefile
\t+@$(MAKE) --no-print-directory -f CoqMakefile $@
%: CoqMakefile force
\t+@$(MAKE) --no-print-directory -f CoqMakefile $@
force: ;
CoqMakefile: _CoqProject
\tproof-makefile -f _CoqProject -o CoqMakefile
-include CoqMakefile.conf
names:
\t@echo $(COQMF_VFILES) $(notdir $(patsubst %/,%,$(COQMF_COQLIB)))
Makefile CoqMakefile.conf _CoqProject A.v B.v sub/C.v: ;
"""
    write_files(tmp_path / "inner", {**CHAIN, "Makefile": own})
    write_files(tmp_path, {"Makefile": "all quick names clean:\n\t+@$(MAKE) -sC inner $@\n"})
    done(coq.run("make", "-j2", cwd=tmp_path))
    assert have(tmp_path / "inner", ".vo") == list(NAMES)
    assert done(coq.run("make", "names", cwd=tmp_path)) == ["A.v B.v sub/C.v coq"]
    done(coq.run("make", "clean", cwd=tmp_path))
    assert have(tmp_path / "inner", ".vo") == []
    assert done(coq.run("make", "names", cwd=tmp_path)) == ["A.v B.v sub/C.v coq"]


@pytest.mark.once
def test_clean_and_all_in_one_make_build_once(make: Make, tmp_path: Path) -> None:
    done(make())
    assert compiled(make("-j2", "clean", "all")) == ["A.v", "B.v", "sub/C.v"]
    assert have(tmp_path, ".vo") == list(NAMES)
    assert compiled(make()) == []


@pytest.mark.ends
def test_files_are_installed_after_vio2vo_too(coq: Coq, make: Make, tmp_path: Path) -> None:
    words = ("J=2", f"DSTROOT={tmp_path}/installed")
    done(coq.run("make", "vio2vo", *words, cwd=tmp_path))
    assert compiled(make()) == []
    done(make("install", *words))
    assert len(list(tmp_path.glob("installed/**/*.vo"))) == 3


@pytest.mark.ends
def test_a_source_that_is_edited_while_vio2vo_runs_is_compiled_again(
    coq: Coq, make: Make, tmp_path: Path
) -> None:
    done(make("quick"))
    script = (
        "proof-checker \"$@\" && sleep 0.1 && echo 'Definition late := 0.' >> A.v && sleep 0.1\n"
    )
    write_files(tmp_path, {"edit.sh": script})
    words = ("PROOF_CHECKER=sh edit.sh", "J=2")
    done(coq.run("make", "vio2vo", *words, cwd=tmp_path))
    assert compiled(make()) == ["A.v", "B.v", "sub/C.v"]


@pytest.mark.ends
def test_documentation_after_vio2vo_compiles_what_has_no_glob(
    coq: Coq, make: Make, tmp_path: Path
) -> None:
    done(coq.run("make", "vio2vo", "J=2", cwd=tmp_path))
    done(make("html", "-j2"))
    assert have(tmp_path, ".glob") == list(NAMES)
    assert "Top.A" in (tmp_path / "html" / "Top.B.html").read_text()
    assert compiled(make("html")) == []


@pytest.mark.once
def test_make_reads_a_project_of_3000_files_in_little_memory(coq: Coq, tmp_path: Path) -> None:
    files = [f"{number}.v" for number in range(3000)]
    write_files(
        tmp_path, {"_CoqProject": "-Q . Top\n" + "\n".join(files), **dict.fromkeys(files, "")}
    )
    generate(tmp_path)
    told = done(coq.run(sys.executable, "-c", MEMORY_OF, "make", "-n", "checkproofs", cwd=tmp_path))
    assert int(told[-1]) < 400_000


def test_what_another_coq_made_is_made_again(tmp_path: Path) -> None:
    first, *others = every_coq()
    if not others:
        pytest.skip("needs two Coqs; run bash tests/matrix.sh")
    write_files(tmp_path, CHAIN)
    generate(tmp_path)
    done(first.run("make", "all", "quick", cwd=tmp_path))
    result = others[-1].run("make", cwd=tmp_path)
    assert compiled(result) == ["A.v", "B.v", "sub/C.v"]
    assert f"and the files were made by coqc {first.version}" in result.stdout
    for suffix in (".vo", ".vos"):
        assert have(tmp_path, suffix) == list(NAMES)
    assert compiled(others[-1].run("make", cwd=tmp_path)) == []


@pytest.mark.once
def test_help_lists_goals_and_variables_where_nobody_else_helps(make: Make, tmp_path: Path) -> None:
    (tmp_path / "help").mkdir()
    text = make("help", COQBIN="/nowhere").stdout
    for word in ("checkproofs", "quick", "validate", "cleanall", "CHECKPROOFSFLAGS", "J=6"):
        assert word in text
    assert done(make("-n", "help"))[: text.count("\n")] == text.splitlines()
    (tmp_path / "help").rmdir()
    (tmp_path / "Makefile.local").write_text("help:\n\t@echo mine\n")
    result = make("help")
    assert (result.stdout, result.stderr) == ("mine\n", "")


@pytest.mark.once
def test_a_goal_that_nothing_makes_may_be_another_that_was_meant(
    make: Make, tmp_path: Path
) -> None:
    for goal, meant in (
        ("chekproofs", "did you mean checkproofs? "),
        ("C.vo", "did you mean sub/C.vo? "),
        ("sub/kaboom", ""),
        ("it's", ""),
    ):
        result = make(goal)
        assert result.returncode == 2
        first = result.stderr.splitlines()[0]
        assert first == f"make: nothing makes {goal}; {meant}make help lists what there is"
    assert "No rule to make target 'chekproofs'" in make("-n", "chekproofs").stderr
    rules = "-include absent.mk\nours: ; @echo ours\n%.txt: %.in ; @echo $@\nbroken: absent.txt\n"
    write_files(tmp_path, {"Makefile.local": rules, "a.in": ""})
    for goal, said in (("ours", "ours\n"), ("a.txt", "a.txt\n")):
        result = make(goal)
        assert (result.stdout.splitlines()[-1:], result.stderr) == ([said.strip()], "")
    assert "No rule to make target 'absent.txt', needed by 'broken'" in make("broken").stderr


@pytest.mark.once
def test_without_our_commands_make_says_what_is_missing(make: Make, tmp_path: Path) -> None:
    done(make())
    for goal, missing in (("checkproofs", "PROOF_CHECKER"), ("install", "PROOF_MAKEFILE")):
        result = make(goal, f"{missing}=nowhere/ours", "DESTDIR=" + str(tmp_path / "to"))
        assert result.returncode == 2
        assert result.stderr.splitlines()[0] == (
            "nowhere/ours: not found; put the folder where proof-makefile is installed on PATH "
            f"(. ~/proof-venv/bin/activate), or set {missing} to its file"
        )
    spaced = write_files(tmp_path, {"a b/ours": "#!/bin/sh\necho ours $1\n"}) / "a b/ours"
    spaced.chmod(0o755)
    assert done(make("checkproofs", f'PROOF_CHECKER="{spaced}"'))[-1] == "ours check"
