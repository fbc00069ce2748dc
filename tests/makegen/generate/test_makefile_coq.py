"""Which coqc a generated Makefile runs, and what it says of it to the user's own make files."""

import subprocess
from pathlib import Path

import pytest

from tests.helpers import Coq, write_files
from tests.makegen.generate.test_makefile import compiled, done, generate

ONE = {"_CoqProject": "-Q . Top\nA.v\n", "A.v": "Definition a := 0.\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of one file, with its Makefile."""
    write_files(tmp_path, ONE)
    generate(tmp_path)
    return tmp_path


def wrapper(coq: Coq, path: Path, tool: str) -> Path:
    """A script that tells what it is called for, and runs the tool."""
    text = f'#!/bin/sh\necho "$@" >> "$0.calls"\nexec "{coq.folder}/{tool}" "$@"\n'
    write_files(path.parent, {path.name: text})
    path.chmod(0o755)
    return path


def run(coq: Coq, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return coq.run("make", *words, cwd=folder)


def test_a_coqc_that_is_given_compiles_and_tells_its_version(coq: Coq, folder: Path) -> None:
    mine = wrapper(coq, folder / "mine", "coqc")
    assert compiled(run(coq, f"COQC={mine}", folder=folder)) == ["A.v"]
    calls = (folder / "mine.calls").read_text()
    assert "--print-version" in calls
    assert "-Q . Top A.v" in calls
    assert str(mine) in (folder / ".proof-makefile/Makefile.toolchain").read_text()


def test_a_rocq_that_is_given_does_everything(coq: Coq, folder: Path) -> None:
    if coq.name != "9.2":
        pytest.skip("no rocq before Rocq 9")
    mine = wrapper(coq, folder / "mine", "rocq")
    done(run(coq, f"ROCQ={mine}", "all", "html", folder=folder))
    calls = (folder / "mine.calls").read_text()
    assert {line.split()[0] for line in calls.splitlines()} == {"c", "dep", "doc"}


@pytest.mark.parametrize("goal", ["all", "clean"])
def test_the_late_file_knows_the_version(goal: str, coq: Coq, folder: Path) -> None:
    late = "$(info made for $(COQMAKEFILE_VERSION), run by $(COQ_VERSION))\n"
    write_files(folder, {"Makefile.local-late": late})
    lines = done(run(coq, goal, folder=folder))
    assert f"made for {coq.version}, run by {coq.version}" in lines


def test_profiles_are_written_where_coqc_can_write_them(coq: Coq, folder: Path) -> None:
    done(run(coq, "PROFILING=1", "all", "validate", folder=folder))
    expected = {
        "8.16": set(),
        "8.20": {"A.v.prof.json.gz"},
        "9.2": {"A.vo.prof.json.gz", "validate.prof.json.gz"},
    }
    assert {path.name for path in folder.glob("*.prof.*")} == expected[coq.name]
    done(run(coq, "clean", folder=folder))
    assert not list(folder.glob("*.prof.*"))


def test_the_configuration_names_every_source(coq: Coq, folder: Path) -> None:
    write_files(folder, {"own.mk": "include Makefile.conf\nsources: ; @echo $(COQMF_SOURCES)\n"})
    assert done(run(coq, "-f", "own.mk", "sources", folder=folder)) == ["A.v"]
