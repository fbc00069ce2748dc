"""What is wrong with the machine: verdicts are right, or one message says what is wrong.

Nothing stays behind: when all is well again, the next check in the same folder is right.
"""

import shutil
from pathlib import Path

import pytest

from tests.faults.environment import (
    COMMANDS,
    FAULTS,
    IS_ROOT,
    compile_no_locks,
    see_a_command_meet,
    see_that_nothing_is_left,
)
from tests.helpers import Coq, every_coq

# What the suite tries always, each in some three seconds; with --full all, with each command.
ALWAYS = (
    *(("disk full soon", "check"), ("no inodes", "vio2vo"), ("150 MB of memory", "interfaces")),
    *(("folder of another", "check"), ("no locks", "check"), ("no /proc", "interfaces")),
)


@pytest.fixture(scope="module")
def no_locks(tmp_path_factory: pytest.TempPathFactory) -> str:
    return compile_no_locks(tmp_path_factory.mktemp("no_locks"))


def see(coq: Coq, name: str, command: str, folder: Path, no_locks: str) -> None:
    fault, root = FAULTS[name], folder / "work"
    if fault.needs_root and not IS_ROOT:
        pytest.skip("only root can bring that about")
    if fault.needs and not shutil.which(fault.needs):
        pytest.skip(f"needs {fault.needs}")
    see_a_command_meet(name, command, coq, root, no_locks)
    if command in ("check", "vio2vo") and not name.startswith(("our folder", "ledger", "lock")):
        see_that_nothing_is_left(coq, root)


@pytest.mark.parametrize(("name", "command"), ALWAYS)
def test_a_fault_of_the_machine_is_met(
    name: str, command: str, tmp_path: Path, no_locks: str
) -> None:
    see(every_coq()[0], name, command, tmp_path, no_locks)


@pytest.mark.full
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_the_machine_is_met(
    coq: Coq, name: str, command: str, tmp_path: Path, no_locks: str
) -> None:
    see(coq, name, command, tmp_path, no_locks)
