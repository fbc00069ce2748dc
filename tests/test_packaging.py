"""What `python -m build` makes works from any folder, without this checkout."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers import REPOSITORY, Coq, write_files

PROJECT = {"_Project": "-Q . P\na.v\n", "a.v": "Lemma a : True. Proof. exact I. Qed.\n"}


@dataclass(frozen=True)
class Built:
    """A release: the sdist, the wheel that was built from it, and one built without a compiler."""

    sdist: Path
    wheel: Path
    without_compiler: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = tmp_path_factory.mktemp("built")
    build = (sys.executable, "-m", "build", "--outdir", str(root), str(REPOSITORY))
    run(*build, environ={"CFLAGS": "-Werror"})
    (sdist,), (wheel,) = root.glob("*.tar.gz"), root.glob("*.whl")
    again = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-cache-dir")
    run(*again, "-w", str(root / "without"), str(sdist), environ={"CC": "false"})
    (without,) = (root / "without").glob("*.whl")
    return Built(sdist, wheel, without)


def run(*command: str, environ: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, env={**os.environ, **(environ or {})}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def install(wheel: Path, environment: Path) -> Path:
    """The bin folder of a fresh environment with the wheel, and our dependencies by a .pth file."""
    venv.create(environment)
    pip = (sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"))
    run(*pip, "--disable-pip-version-check", "install", "-q", "--no-deps", str(wheel))
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = environment / "lib" / version / "site-packages"
    dependencies = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("\n".join(dependencies) + "\n")
    return environment / "bin"


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(built.wheel, tmp_path_factory.mktemp("wheel") / "venv")


@pytest.fixture(scope="module")
def installed_without(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(built.without_compiler, tmp_path_factory.mktemp("without") / "venv")


def sources(*folders: str, suffixes: Iterable[str] = ()) -> set[str]:
    """The files of these folders of the repository, of all kinds or of these."""
    wanted = set(suffixes)
    return {
        str(path.relative_to(REPOSITORY))
        for folder in folders
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".so"}
        if not wanted or path.suffix in wanted
    }


def test_the_sdist_holds_code_tests_documentation_and_the_example(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    top = {"LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "setup.py"}
    wanted = sources("makegen", "checker", "templates", "tests", "docs") | top
    wanted |= sources("example_project", suffixes={".v", ".sh"}) | {"example_project/_Project"}
    assert wanted - names == set()


def test_wheels_hold_every_package_and_serve_every_python(built: Built) -> None:
    for wheel, libraries in ((built.wheel, 1), (built.without_compiler, 0)):
        names = set(zipfile.ZipFile(wheel).namelist())
        templates = {f"makegen/{name}" for name in sources("templates")}
        dropins = sources("makegen/dropin")
        wanted = sources("makegen", "checker", suffixes={".py"}) | templates | dropins
        wanted |= sources("checker/report/page/template")
        modules = {name for name in names if ".dist-info/" not in name}
        # Besides there is the library that coqc loads, where it could be compiled.
        extra = modules - wanted
        assert wanted - names == set()
        assert len(extra) == libraries
        assert all(name.endswith("/_shim.so") for name in extra)
        assert "-py3-none-" in wheel.name


@pytest.mark.ends
def test_the_commands_of_the_wheel_do_the_main_job(
    installed: Path, coq: Coq, tmp_path: Path
) -> None:
    write_files(tmp_path, PROJECT)
    environ = {"PATH": os.pathsep.join([str(installed), coq.environ["PATH"]])}
    script = (installed / "proof-checker").read_text()
    assert script.startswith(f"#!{installed}/python")
    where = (str(installed / "python"), "-c", "import makegen; print(makegen.__file__)")
    assert coq.run(*where, cwd=tmp_path).stdout.startswith(str(installed.parent))
    dropin = coq.run("proof-makefile", "--drop-in", cwd=tmp_path, environ=environ).stdout.strip()
    environ["PATH"] = os.pathsep.join([dropin, environ["PATH"]])
    for command in (
        ("coq_makefile", "-f", "_Project", "-o", "Makefile"),
        ("make", "quick"),
        ("make", "vio2vo", "J=1"),
        ("make", "checkproofs", "J=1"),
    ):
        done = coq.run(*command, cwd=tmp_path, environ=environ)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.vo").exists()


@pytest.mark.ends
def test_installed_without_a_c_compiler_a_check_takes_another_engine(
    installed_without: Path, coq: Coq, tmp_path: Path
) -> None:
    write_files(tmp_path, PROJECT)
    environ = {"PATH": os.pathsep.join([str(installed_without), coq.environ["PATH"]])}
    check = ("proof-checker", "check", "-f", "_Project", "-j", "1")
    done = coq.run(*check, cwd=tmp_path, environ=environ)
    assert (done.returncode, "checked a.v" in done.stdout) == (0, True), done.stderr
    done = coq.run(*check, "--engine", "snapshot", cwd=tmp_path, environ=environ)
    assert done.returncode == 2
    assert "install proof-makefile where a C compiler is" in done.stderr
