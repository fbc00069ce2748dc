"""The set-ups of well-known projects: what ours generates does the same as coq_makefile's.

Which projects, and what was read of them: tests/corpus/projects.
"""

import dataclasses
import re
from pathlib import Path

import pytest

from tests.helpers import Coq, every_coq
from tests.realprojects import RealProject, names, real_project
from tests.sides import Sides, files_below, unprepared, write_makefiles

WITHOUT_PRELUDE = "COQEXTRAFLAGS=-noinit"  # stubs need none, and coqc starts in half the time
OWN = re.compile(r"(^|/)(\.[^/]*\.d|[^/]*Makefile[^/]*|rocq\.mk.*)$")


def prepare(real: RealProject, coq: Coq, folder: Path) -> Sides:
    """The project twice, each with the Makefile of its generator, unless its own makes that."""
    sides = unprepared(coq, real.write(folder / "project"))
    if real.generates:
        return dataclasses.replace(sides, their_words=("GENERATOR=coq_makefile",))
    write_makefiles(sides, real.words)
    return sides


def same_files(sides: Sides) -> set[str]:
    """What is there on both sides, without the Makefiles themselves."""
    theirs, ours = (
        {name for name in files_below(side) if not OWN.search(name)}
        for side in (sides.theirs, sides.ours)
    )
    assert ours == theirs
    return ours


@pytest.mark.parametrize("name", names())
def test_a_well_known_project_is_built_installed_and_removed_the_same(
    name: str, coq: Coq, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    real = real_project(name)
    once = coq == every_coq()[0] and not real.setting("full")
    if not once and not pytestconfig.getoption("--full"):
        pytest.skip("with --full")
    sides = prepare(real, coq, tmp_path)
    goals = ("all", "install", *real.setting("goals").split())
    assert sides.make(*real.make, WITHOUT_PRELUDE, *goals) == 0
    made = same_files(sides)
    assert any(name.startswith("installed/") and name.endswith(".vo") for name in made)
    assert sides.make(*real.make, WITHOUT_PRELUDE, *real.uninstall, "cleanall") == 0
    left = same_files(sides)
    if real.uninstall:
        assert {name for name in left if name.startswith("installed/")} == set()


@pytest.mark.full
@pytest.mark.parametrize("name", names())
def test_a_well_known_project_has_the_same_targets(name: str, coq: Coq, tmp_path: Path) -> None:
    real = real_project(name)
    sides = prepare(real, coq, tmp_path)
    sides.make(*real.make, WITHOUT_PRELUDE, "all")
    theirs, ours = (_targets(coq, side, real.makefile) for side in (sides.theirs, sides.ours))
    assert theirs - ours == set()


def _targets(coq: Coq, folder: Path, makefile: str) -> set[str]:
    """What the Makefile has rules for, but for files of its own."""
    if not (folder / makefile).exists():
        makefile = "Makefile"
    said = coq.run("make", "-f", makefile, "-npq", "all", cwd=folder).stdout
    said = said.replace(f"{folder}/", "")  # some projects name their files absolutely
    found = re.findall(
        r"(?<!# Not a target:\n)^([^#\s:=%][^:=%\n]*?)::?(?: |$)", said, re.MULTILINE
    )
    # `merlin` is declared phony there, and has no rule; coqdep's own names are no goals
    others = re.compile(r"^(\..*|merlin|.*\.required_vos?)$")
    return {name for name in found if not OWN.search(name) and not others.match(name)}
