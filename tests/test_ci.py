"""docs/ci.md: its workflows are valid, and what they run does what the page says."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helpers import Coq, write_project

PAGE = (Path(__file__).parents[1] / "docs/ci.md").read_text()
WORKFLOWS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
pytestmark = pytest.mark.ends
SOURCES = {"A.v": "Lemma a : 1 = 1. Proof. reflexivity. Qed.\n", "B.v": "Require Top.A.\n"}


@pytest.mark.parametrize(
    ("number", "schema"), [(0, "vendor.github-workflows"), (1, "vendor.gitlab-ci")]
)
def test_the_workflows_are_valid(number: int, schema: str, tmp_path: Path) -> None:
    path = tmp_path / "workflow.yml"
    path.write_text(WORKFLOWS[number])
    words = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, path)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def commands(number: int) -> str:
    """What a workflow runs for its check."""
    read: Any = yaml.safe_load(WORKFLOWS[number])
    if number == 1:
        return "\n".join(read["check"]["script"])
    (step,) = (s for s in read["jobs"]["check"]["steps"] if s.get("name") == "Check")
    return str(step["run"])


@pytest.mark.parametrize("number", [0, 1])
def test_the_second_run_finds_all_known_in_another_checkout(
    number: int, coq: Coq, tmp_path: Path
) -> None:
    said = []
    for name in ("first", "second"):
        root = write_project(tmp_path / name, SOURCES)
        (root / "_Project").rename(root / "_CoqProject")
        if name == "second":
            os.utime(root / "A.v")
            shutil.copytree(tmp_path / "first/.proof-makefile", root / ".proof-makefile")
        done = coq.run("bash", "-e", "-c", commands(number), cwd=root)
        assert done.returncode == 0, done.stderr
        assert (root / "junit.xml").exists()
        said.append(next(line for line in done.stdout.splitlines() if "2 files" in line))
    assert "1 proof in 2 files checked" in said[0]
    assert "0 checked now, 1 known" in said[1]


def test_the_first_command_of_the_page_leaves_what_it_says(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, SOURCES)
    (root / "_Project").rename(root / "_CoqProject")
    (command,) = re.findall(r"^    (proof-checker check .*)$", PAGE, re.MULTILINE)
    assert coq.run(*shlex.split(command), cwd=root).returncode == 0
    left = {path.name for path in root.iterdir()}
    assert {"junit.xml", "check.json", "check.sarif", "trace.json"} <= left
