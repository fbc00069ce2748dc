"""What find_toolchain says of each Coq of the matrix, and of what is no Coq."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from makegen.base.errors import ExitCode, MachineError
from makegen.coq.toolchain import Toolchain, find_toolchain
from tests.helpers import Coq, write_coqc, write_files

TOOLS = ("coqc", "coqdep", "coqchk", "coqdoc", "coqtop")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of our own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def links(folder: Path, coq: Coq, *names: str) -> Path:
    """A folder with these tools of a Coq, and no others."""
    folder.mkdir(parents=True)
    for name in names:
        target = folder / name
        script = f'#!/bin/sh\nexec "{coq.folder}/{name}" "$@"\n'
        target.write_text(script)
        target.chmod(0o755)
    return folder


def script(folder: Path, name: str, text: str) -> Path:
    """An executable shell script of that name."""
    path = write_files(folder, {name: f"#!/bin/sh\n{text}\n"}) / name
    path.chmod(0o755)
    return path


def with_coqbin(folder: Path) -> dict[str, str]:
    return {**os.environ, "COQBIN": f"{folder}/"}


# What each Coq is.


def test_the_version_is_what_coqc_says(coq: Coq) -> None:
    said = coq.run("coqc", "--print-version", cwd=Path.cwd()).stdout.strip()
    major_minor = tuple(map(int, said.split()[0].split(".")))[:2]
    assert coq.toolchain.build == said
    assert coq.toolchain.version[:2] == major_minor


def test_the_name_is_the_name_of_its_time(coq: Coq) -> None:
    brand = {"8.16": "Coq 8.16.", "8.20": "Coq 8.20.", "9.2": "Rocq 9.2."}[coq.name]
    assert coq.toolchain.name.startswith(brand)


def test_vio_and_vok_are_what_coqc_does(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.v": "Lemma a : True. Proof. exact I. Qed.\n"})
    vio = coq.run("coqc", "-vio", "a.v", cwd=tmp_path)
    coq.run("coqc", "-vok", "a.v", cwd=tmp_path)
    assert coq.toolchain.has_vio == (vio.returncode == 0 and (tmp_path / "a.vio").exists())
    assert coq.toolchain.writes_vok == (tmp_path / "a.vok").exists()


def test_the_magic_is_that_of_its_files(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.v": "Lemma a : True. Proof. exact I. Qed.\n"})
    for option, name in (("-vos", "a.vos"), ("-vio", "a.vio"), ("-q", "a.vo")):
        coq.run("coqc", option, "a.v", cwd=tmp_path)
        if coq.toolchain.has_vio or name != "a.vio":
            assert (tmp_path / name).read_bytes()[:8].hex() == coq.toolchain.vo_magic


def assert_every_tool_works(found: Toolchain, coq: Coq, folder: Path) -> None:
    write_files(folder, {"a.v": "Lemma a : True. Proof. exact I. Qed.\n"})
    assert coq.run(*found.coqc, "a.v", cwd=folder).returncode == 0
    assert coq.run(*found.coqdep, "a.v", cwd=folder).stdout.startswith("a.vo ")
    assert coq.run(*found.coqchk, "-silent", "a", cwd=folder).returncode == 0
    assert coq.run(*found.coqdoc, "a.v", cwd=folder).returncode == 0
    assert coq.run(*found.coqtop, "-batch", cwd=folder).returncode == 0
    assert (folder / "a.html").exists()


def test_every_tool_works(coq: Coq, tmp_path: Path) -> None:
    assert_every_tool_works(coq.toolchain, coq, tmp_path)


# Where it is looked for.


def test_coqbin_wins_over_path(coq: Coq, tmp_path: Path) -> None:
    chosen = links(tmp_path / "bin", coq, *TOOLS)
    assert find_toolchain({**coq.environ, "COQBIN": f"{chosen}/"}).coqc == (f"{chosen}/coqc",)


def test_the_first_folder_of_path_wins(coq: Coq, tmp_path: Path) -> None:
    first = links(tmp_path / "bin", coq, *TOOLS)
    path = os.pathsep.join([str(tmp_path / "none"), str(first), coq.environ["PATH"]])
    assert find_toolchain({**coq.environ, "PATH": path}).coqdep == (f"{first}/coqdep",)


def test_rocq_alone_is_enough(coq: Coq, tmp_path: Path) -> None:
    if not (coq.folder / "rocq").exists():
        assert coq.toolchain.version < (9,)  # it has no such launcher
        return
    folder = links(tmp_path / "bin", coq, "rocq")
    found = find_toolchain(with_coqbin(folder))
    rocq = f"{folder}/rocq"
    assert found.coqc == (rocq, "c")
    assert found.build == coq.toolchain.build
    assert_every_tool_works(found, coq, tmp_path)


def test_a_link_to_coqc_finds_the_tools_beside_its_target(coq: Coq, tmp_path: Path) -> None:
    real = links(tmp_path / "real", coq, *TOOLS)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/coqc").symlink_to(real / "coqc")
    assert find_toolchain(with_coqbin(tmp_path / "bin")).coqdep == (f"{real}/coqdep",)


# What is no Coq: one line each.


def refusal(folder: Path) -> str:
    with pytest.raises(MachineError) as caught:
        find_toolchain(with_coqbin(folder))
    assert caught.value.exit_code == ExitCode.MACHINE
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_no_coq_on_path(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="no coqc and no rocq on PATH; install Coq"):
        find_toolchain({"PATH": str(tmp_path)})


def test_no_coq_in_coqbin_although_path_has_one(coq: Coq, tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=f"no coqc and no rocq in COQBIN={tmp_path}"):
        find_toolchain({**coq.environ, "COQBIN": str(tmp_path)})


def test_a_coq_that_is_too_old(tmp_path: Path, cache: Path) -> None:
    script(tmp_path, "coqdep", "exit 0")
    coqc = script(tmp_path, "coqc", "echo 8.11.2 4.07.1")
    assert refusal(tmp_path) == f"{coqc} is Coq 8.11.2, too old; install Coq 8.12 or newer"
    assert not cache.exists()


@pytest.mark.ends
@pytest.mark.parametrize(
    "version", ["9.3.0 5.4.1", "9.4+alpha 5.4.1", "10.0.1 5.5.0", "11.2 6.0.0"]
)
def test_a_coq_that_is_newer_than_any_we_know_is_asked_what_it_can_do(
    version: str, coq: Coq, tmp_path: Path
) -> None:
    said = f'case " $* " in *" --print-version "*) echo {version}; exit;; esac\n'
    write_coqc(coq, tmp_path, said)
    found = find_toolchain(with_coqbin(tmp_path))
    assert found.build == version
    assert found.name.startswith("Rocq ")
    assert found.writes_vok == coq.toolchain.writes_vok
    assert not found.has_packages
    write_coqc(coq, tmp_path, f'{said}[ "$1" != --help ] || echo "  -package pkg  add it"')
    assert find_toolchain(with_coqbin(tmp_path)).has_packages


def test_something_that_is_not_coqc(tmp_path: Path) -> None:
    script(tmp_path, "coqdep", "exit 0")
    coqc = script(tmp_path, "coqc", "echo hello")
    assert refusal(tmp_path) == f"{coqc} --print-version gives no version: exit code 0"


def test_a_coqc_that_cannot_be_executed(tmp_path: Path) -> None:
    script(tmp_path, "coqdep", "exit 0")
    coqc = script(tmp_path, "coqc", "")
    coqc.write_text("#!/nonexistent/interpreter\n")
    assert refusal(tmp_path) == f"{coqc} cannot be run: No such file or directory"


def test_a_coqc_that_is_killed(coq: Coq, tmp_path: Path) -> None:
    script(tmp_path, "coqdep", "exit 0")
    coqc = script(
        tmp_path,
        "coqc",
        f'[ "$1" != --print-version ] || exec "{coq.folder}/coqc" "$@"\nkill -9 $$',
    )
    told = refusal(tmp_path)
    assert told == f"{coqc} cannot compile a file of one line: killed by SIGKILL"


def test_a_coqc_that_has_lost_its_library(coq: Coq, tmp_path: Path) -> None:
    script(tmp_path, "coqdep", "exit 0")
    nowhere = f'COQLIB={tmp_path} ROCQLIB={tmp_path} exec "{coq.folder}/coqc" "$@"'
    coqc = script(tmp_path, "coqc", nowhere)
    assert re.match(
        rf"{coqc} (cannot compile|--print-version gives no version).*: .+", refusal(tmp_path)
    )


def test_a_coqc_without_coqdep(coq: Coq, tmp_path: Path) -> None:
    folder = links(tmp_path / "bin", coq, "coqc")
    assert refusal(folder) == f"no coqdep beside {folder}/coqc; install all of Coq"


# What is kept.


def counting_coqc(folder: Path, coq: Coq) -> Path:
    """A folder whose coqc leaves a line in `runs` each time that it is run."""
    links(folder, coq, *TOOLS)
    script(folder, "coqc", f'echo run >>"{folder}/runs"\nexec "{coq.folder}/coqc" "$@"')
    return folder


def runs(folder: Path) -> int:
    file = folder / "runs"
    return len(file.read_text().splitlines()) if file.exists() else 0


def test_a_known_coqc_is_not_run_again(coq: Coq, tmp_path: Path, cache: Path) -> None:
    folder = counting_coqc(tmp_path / "bin", coq)
    first = find_toolchain(with_coqbin(folder))
    before = runs(folder)
    assert before > 0
    assert find_toolchain(with_coqbin(folder)) == first
    assert runs(folder) == before
    assert list(cache.rglob("*.json"))


def test_another_time_or_size_is_another_coqc(coq: Coq, tmp_path: Path, cache: Path) -> None:
    folder = counting_coqc(tmp_path / "bin", coq)
    find_toolchain(with_coqbin(folder))
    for change in (
        lambda: os.utime(folder / "coqc", ns=(1, 1)),
        lambda: (folder / "coqc").write_text((folder / "coqc").read_text() + "\n"),
    ):
        before = runs(folder)
        change()
        find_toolchain(with_coqbin(folder))
        assert runs(folder) > before
    assert cache.exists()


def test_a_broken_cache_is_replaced(coq: Coq, tmp_path: Path, cache: Path) -> None:
    folder = counting_coqc(tmp_path / "bin", coq)
    first = find_toolchain(with_coqbin(folder))
    (file,) = cache.rglob("*.json")
    file.write_text("{")
    assert find_toolchain(with_coqbin(folder)) == first
    before = runs(folder)
    assert find_toolchain(with_coqbin(folder)) == first
    assert runs(folder) == before


def test_a_cached_answer_of_the_wrong_kind_is_not_believed(
    coq: Coq, tmp_path: Path, cache: Path
) -> None:
    folder = counting_coqc(tmp_path / "bin", coq)
    first = find_toolchain(with_coqbin(folder))
    (file,) = cache.rglob("*.json")
    kept = json.loads(file.read_text())
    kept["answer"]["version"] = "9.9"
    file.write_text(json.dumps(kept))
    assert find_toolchain(with_coqbin(folder)) == first


def test_no_cache_folder_is_no_error(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, {"file": ""})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert find_toolchain(coq.environ).has_vio == coq.toolchain.has_vio


def test_many_processes_agree(coq: Coq, cache: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        found: list[Toolchain] = list(pool.map(find_toolchain, [coq.environ] * 8))
    assert set(found) == {find_toolchain(coq.environ)}
    assert [file.suffix for file in cache.rglob("*") if file.is_file()] == [".json"]


def test_a_work_manager_does_not_hold_up_the_probe(coq: Coq, cache: Path) -> None:
    program = "from makegen.coq.toolchain import find_toolchain; print(find_toolchain().name)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**coq.environ, "COQWORKMGR_SOCK": "127.0.0.1:1", "ROCQWORKMGR_SOCK": "127.0.0.1:1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == coq.toolchain.name
    assert cache.exists()
