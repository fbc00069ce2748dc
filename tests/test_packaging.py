"""An installed wheel works from any folder, without this checkout."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.helpers import REPOSITORY, Coq, write_files


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment with our wheel, and our dependencies by a .pth file."""
    root = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
    wheel = (*pip, "wheel", "--no-deps", "-w", str(root), str(REPOSITORY))
    subprocess.run(wheel, check=True, capture_output=True)
    environment = root / "venv"
    venv.create(environment)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = environment / "lib" / version / "site-packages"
    (file,) = root.glob("*.whl")
    target = ("install", "--no-deps", "--prefix", str(environment), "--ignore-installed", str(file))
    subprocess.run((*pip, *target), check=True, capture_output=True)
    dependencies = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("\n".join(dependencies) + "\n")
    return environment / "bin"


def test_the_commands_of_the_wheel_do_the_main_job(
    installed: Path, coq: Coq, tmp_path: Path
) -> None:
    write_files(
        tmp_path,
        {"_Project": "-Q . P\na.v\n", "a.v": "Lemma a : True. Proof. exact I. Qed.\n"},
    )
    environ = {"PATH": os.pathsep.join([str(installed), coq.environ["PATH"]])}
    where = (str(installed / "python"), "-c", "import makegen; print(makegen.__file__)")
    assert coq.run(*where, cwd=tmp_path).stdout.startswith(str(installed.parent))
    for command in (
        ("proof-makefile", "-f", "_Project", "-o", "Makefile"),
        ("make", "quick"),
        ("make", "vio2vo", "J=1"),
        ("make", "checkproofs", "J=1"),
    ):
        done = coq.run(*command, cwd=tmp_path, environ=environ)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.vo").exists()
