"""The example project: the main job on every Coq, no axioms, and run.sh in a fresh clone."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from makegen.project.project import Project, read_project
from tests.helpers import REPOSITORY, Coq, write_files

EXAMPLE = REPOSITORY / "example_project"
STATEMENT = re.compile(r"^ *(?:Lemma|Theorem|Corollary|Example) (\w+)", re.MULTILINE)
END_OF_PROOF = re.compile(r"\b(?:Qed|Defined)\.")


def copy_example(root: Path) -> Path:
    """The sources of the example, without what a build in place may have left there."""
    shutil.copytree(EXAMPLE / "theories", root / "theories", ignore=lambda _, names: built(names))
    for name in ("_Project", "project.toml"):
        shutil.copyfile(EXAMPLE / name, root / name)
    return root


def built(names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".v")]


def sources() -> dict[str, str]:
    """The text of each source, by its module's name."""
    return {path.stem: path.read_text() for path in sorted((EXAMPLE / "theories").glob("*.v"))}


@pytest.mark.ends
def test_the_main_job_checks_every_proof(coq: Coq, tmp_path: Path) -> None:
    """And no Coq has a warning to print, and no theorem rests on an axiom."""
    root = copy_example(tmp_path)
    proofs = sum(len(END_OF_PROOF.findall(text)) for text in sources().values())
    everything = f"{proofs} proofs in {len(sources())} files checked"
    job = (
        ("proof-makefile -f _Project -o Makefile", ""),
        ("make quick", ""),
        ("make vio2vo J=2", everything),
        ("make checkproofs J=2", everything.removesuffix(" checked")),  # known, once compiled
    )
    for command, expected in job:
        done = coq.run(*command.split(), cwd=root)
        assert (done.returncode, done.stderr) == (0, ""), command
        assert expected in done.stdout
        assert "Warning" not in done.stdout
    assert all((root / "theories" / f"{name}.vo").exists() for name in sources())
    assert_no_axioms(coq, root)


def assert_no_axioms(coq: Coq, root: Path) -> None:
    modules = sources()
    names = [f"{file}.{name}" for file in modules for name in STATEMENT.findall(modules[file])]
    assert len(names) > 100
    lines = [f"From Example Require {' '.join(sources())}."]
    lines += [f"Print Assumptions Example.{name}." for name in names]
    write_files(root, {"Axioms.v": "\n".join(lines)})
    command = [*coq.toolchain.coqc, "-q", *read_project(root / "_Project").coq_flags, "Axioms.v"]
    done = coq.run(*command, cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Closed under the global context"] * len(names)


def test_both_forms_of_the_project_file_say_the_same() -> None:
    classic, toml = (read_project(EXAMPLE / name) for name in ("_Project", "project.toml"))

    def said(project: Project) -> tuple[object, ...]:
        return project.load_paths, project.arguments, sorted(project.sources), project.variables

    assert said(classic) == said(toml)
    assert sorted(classic.sources) == [f"theories/{name}.v" for name in sources()]


@pytest.mark.full
def test_run_sh_needs_a_clone_only_runs_twice_and_leaves_the_checkout_clean(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git("clone", "-q", str(REPOSITORY), str(clone), cwd=tmp_path)
    command = ["bash", str(clone / "example_project" / "run.sh")]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        shown = [line for line in done.stdout.splitlines() if line.startswith("$ ")]
        assert shown == [
            "$ proof-makefile -f _Project -o Makefile",
            "$ make quick",
            "$ make vio2vo J=2",
            "$ make checkproofs J=2",
        ]
        assert git("status", "--porcelain", cwd=clone) == ""
    groups = clone / "example_project" / "theories" / "Groups.v"
    groups.write_text(groups.read_text() + "\nLemma wrong : 1 = 2.\nProof. reflexivity. Qed.\n")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert 'File "./theories/Groups.v", line' in done.stderr


def git(*words: str, cwd: Path) -> str:
    return subprocess.run(
        ["git", *words], cwd=cwd, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
