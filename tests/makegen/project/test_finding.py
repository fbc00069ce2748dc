"""The project file of those who name none: here, else in the nearest folder above."""

import os
from pathlib import Path

import pytest

from makegen.base.errors import UserError
from makegen.cli.main import main
from makegen.project.finding import NAMES, find_project_file
from tests.helpers import write_files

PROJECT = "-Q theories T\ntheories/A.v\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_one_that_is_here_is_found(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, {name: "", "unrelated.toml": ""})
    assert find_project_file(tmp_path) == Path(name)


def test_else_that_of_the_nearest_folder_above(tmp_path: Path) -> None:
    write_files(tmp_path, {"_Project": "", "lib/_CoqProject": "", "lib/theories/sub/A.v": ""})
    assert find_project_file(tmp_path / "lib/theories/sub") == Path("../../_CoqProject")
    assert find_project_file(tmp_path / "lib") == Path("_CoqProject")


def test_of_several_in_one_folder_none_is_chosen(tmp_path: Path) -> None:
    write_files(tmp_path, {"_Project": "", "project.toml": "", "theories/A.v": ""})
    for folder, named in ((tmp_path, "_Project"), (tmp_path / "theories", "../_Project")):
        with pytest.raises(UserError) as refused:
            find_project_file(folder)
        expected = f"{tmp_path} has _Project and project.toml; say which, as -f {named}"
        assert str(refused.value) == expected


def test_the_home_folder_is_the_last_to_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, {"_Project": "", "home/lib/A.v": ""})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(UserError, match=r"^no _CoqProject, .* or project.toml in .*; name one"):
        find_project_file(tmp_path / "home/lib")
    write_files(tmp_path, {"home/_Project": ""})
    assert find_project_file(tmp_path / "home/lib") == Path("../_Project")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_one_of_a_stranger_above_is_taken_only_when_it_is_named(tmp_path: Path) -> None:
    write_files(tmp_path, {"_Project": "", "mine/A.v": ""})
    os.chown(tmp_path / "_Project", 12345, 12345)
    with pytest.raises(UserError, match=r"^\.\./_Project belongs to another user; .* -f "):
        find_project_file(tmp_path / "mine")
    os.chown(tmp_path / "mine", 12345, 12345)  # as in a container: all of it is somebody else's
    assert find_project_file(tmp_path / "mine") == Path("../_Project")


def test_a_makefile_is_written_where_the_project_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(tmp_path, {"_CoqProject": PROJECT, "theories/A.v": ""})
    monkeypatch.chdir(tmp_path / "theories")
    assert main(["-o", "Makefile"]) == 0
    assert capsys.readouterr().err == f"proof-makefile: in {tmp_path}, where the project file is\n"
    assert "$(PROOF_MAKEFILE) -f _CoqProject -o Makefile\n" in (tmp_path / "Makefile").read_text()
    assert not (tmp_path / "theories/Makefile").exists()
    monkeypatch.chdir(tmp_path / "theories")
    assert main(["-destination-of", "A.vo"]) == 0
    assert capsys.readouterr().out == "T/"


def test_without_a_project_file_and_without_sources_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["-o", "Makefile"]) == 2
    assert "proof-makefile --init" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_minus_c_goes_there_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(tmp_path, {"lib/_CoqProject": PROJECT, "lib/theories/A.v": ""})
    monkeypatch.chdir(tmp_path)
    assert main(["-C", "lib", "-f", "_CoqProject", "-o", "Makefile"]) == 0
    written = (tmp_path / "lib/Makefile").read_text()
    assert "$(PROOF_MAKEFILE) -f _CoqProject -o Makefile\n" in written
    monkeypatch.chdir(tmp_path)
    for words, complaint in (
        (["-C"], "command line: missing argument of -C; write `-C FOLDER`"),
        (["-C", "nowhere"], "command line: -C nowhere: No such file or directory; name a folder"),
    ):
        assert main(words) == 2
        assert capsys.readouterr().err == f"proof-makefile: error: {complaint}\n"


def test_a_mistyped_project_file_is_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(tmp_path, {"lib/_CoqProject": ""})
    monkeypatch.chdir(tmp_path)
    assert main(["-f", "lib/_CoqProjct", "-o", "Makefile"]) == 2
    assert "no such project file; did you mean lib/_CoqProject?" in capsys.readouterr().err
