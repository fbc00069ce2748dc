"""The command proof-makefile: coq_makefile's options, exit codes, all or nothing."""

import ast
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from makegen.base.errors import MachineError
from makegen.base.files import write_outputs
from makegen.cli.main import main
from makegen.cli.manual import manual
from makegen.project.coqproject import REMOVED
from tests.helpers import Coq, write_files

Output = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project; the command runs in its folder."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, {"_Project": "-R th Foo\nth", "th/A.v": "", "th/sub/B.v": "", "C.v": ""})
    return tmp_path


def listing(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()}


def refusal(words: str, capsys: Output) -> str:
    """The one line that the command answers with exit code 2."""
    assert main(words.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("proof-makefile: error: ")
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("proof-makefile: error: ").rstrip("\n")


def test_o_writes_the_makefile_and_its_conf(folder: Path) -> None:
    before = listing(folder)
    assert main(["-f", "_Project", "-o", "M"]) == 0
    assert listing(folder) - before == {"M", "M.conf"}
    assert "th/sub/B.v" in (folder / "M.conf").read_text()


def test_o_with_a_python_name_writes_a_doit_task_file(folder: Path) -> None:
    before = listing(folder)
    assert main(["-f", "_Project", "-o", "dodo.py"]) == 0
    assert listing(folder) - before == {"dodo.py"}
    compile((folder / "dodo.py").read_text(), "dodo.py", "exec")


def test_a_doit_task_file_knows_the_words_of_the_command_line(folder: Path) -> None:
    words = ["-f", "_Project", "-arg", "-set 'A=b \"c'", "C.v", "-Q", ".", "Top", "-o", "dodo.py"]
    assert main(words) == 0
    calls = re.findall(r"read_tasks(\(.*\))$", (folder / "dodo.py").read_text(), re.MULTILINE)
    assert [list(ast.literal_eval(call)) for call in calls] == [words]


@pytest.mark.parametrize("output", ["M", "dodo.py"])
def test_the_makefile_and_the_task_file_come_with_the_meta_file(folder: Path, output: str) -> None:
    write_files(folder, {"th/META.foo.in": "version = 1\n"})
    assert main(["-f", "_Project", "th/META.foo.in", "-o", output]) == 0
    assert (folder / "th/META.foo").read_text() == "version = 1\n"


def test_without_o_the_makefile_is_printed(folder: Path, capsys: Output) -> None:
    before = listing(folder)
    assert main(["-f", "_Project"]) == 0
    captured = capsys.readouterr()
    assert "include CoqMakefile.conf" in captured.out
    assert "without -o" in captured.err
    assert listing(folder) - before == {"CoqMakefile.conf"}


@pytest.mark.usefixtures("folder")
def test_options_on_the_command_line_add_to_the_project_file(capsys: Output) -> None:
    assert main(["-sources-of", "C.v", "-f", "_Project", "-Q", ".", "Top"]) == 0
    assert capsys.readouterr().out == "C.v th/A.v th/sub/B.v"


@pytest.mark.usefixtures("folder")
def test_no_project_file_is_needed(capsys: Output) -> None:
    assert main(["C.v", "X", "=", "-f", "-arg", "-h", "-sources-of"]) == 0
    assert capsys.readouterr().out == "C.v"


@pytest.mark.parametrize(
    "words",
    [
        "-R th Foo th/A.v th/sub/B.v",
        "-Q . Foo.Bar th/A.v",
        "-I th -R nowhere Foo",
        "-I th -R x Foo -R y Bar",
        "-R . Foo -I th th/A.v",
        "-I . -R . Top C.v",
    ],
)
def test_destination_of_is_that_of_coq_makefile(
    coq: Coq, folder: Path, capsys: Output, words: str
) -> None:
    for asked in ("th/A.vo", "th/sub/B.vo", "C.vo", "nowhere/x.cmxs", "../outside.vo"):
        query = ["-destination-of", asked, *words.split()]
        theirs = coq.run("coq_makefile", *query, cwd=folder).stdout
        assert main(query) == 0
        assert capsys.readouterr().out == theirs


def test_destination_of_an_empty_logical_path_is_a_relative_folder(
    folder: Path, capsys: Output
) -> None:
    write_files(folder, {"_Project": '-R . ""'})
    assert main(["-destination-of", "th/A.vo", "-f", "_Project"]) == 0
    assert main(["-destination-of", "C.vo", "-f", "_Project"]) == 0
    assert capsys.readouterr().out == "th''"


def test_the_meta_file_of_a_package_is_that_of_coq_makefile(coq: Coq, folder: Path) -> None:
    write_files(folder, {"p": "-R th Foo -I src src/p.mllib", "src/p.mllib": "P", "src/P.ml": ""})
    for tool, package in (("coq_makefile", "theirs"), ("proof-makefile", "ours")):
        words = ("-f", "p", "-o", "M", "-generate-meta-for-package", package)
        assert coq.run(tool, *words, cwd=folder).returncode == 0
    assert (folder / "src/META.ours").read_text() == (folder / "src/META.theirs").read_text()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("-o M -o N", "command line: option -o is given twice; keep one"),
        ("-f", "command line: missing argument of -f; write `-f FILE`"),
        ("-f _Project -o -Q", "command line: missing argument of -o; write `-o FILE`"),
        ("-f none -o M", "none: no such project file; write one, or name another with -f"),
        ("-f th -o M", "th: the project file is a folder; name the file in it, as -f th/_Project"),
        ("-f _Project -dest x", "command line: unknown option -dest; "),
        ("-f _Project -sources", "command line: unknown option -sources; did you mean -sources-of"),
        ("-f _Project -extra a b c", "command line: option -extra was removed from coq_makefile; "),
        ("-f _Project -o out/M", "command line: output out/M is not in the current folder; "),
        ("-f _Project -o _Project", "command line: output _Project would replace a file of the"),
        ("C.v -o C.v", "command line: output C.v would replace a file of the project; choose"),
        ("-f _Project -o th", "command line: output th is a folder; choose another name"),
        ("-f _Project -o M:N", "command line: make cannot take the name 'M:N' of the output; "),
    ],
)
def test_what_is_wrong_is_refused_in_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: Output, words: str, message: str
) -> None:
    before = listing(tmp_path)
    assert refusal(words, capsys).startswith(message)
    assert listing(tmp_path) == before


def test_what_is_doubted_is_told_in_one_line_and_the_makefile_is_written(
    folder: Path, capsys: Output
) -> None:
    write_files(folder, {"other": "-Q . Top C.v X = 1"})
    for words, message in {
        "D.v": "warning: command line: no file D.v in ",
        "-Q . Foo": "warning: the project has no source\n",
        "-f _Project -f other -o M": "",
    }.items():
        assert main([*words.split(), *([] if "-o" in words else ["-o", "M"])]) == 0
        captured = capsys.readouterr().err
        assert message in captured
        assert captured.count("\n") == bool(message)
    conf = (folder / "M.conf").read_text()
    assert "COQMF_VFILES = th/A.v th/sub/B.v C.v\n" in conf
    assert "C.v" in (folder / "M").read_text()  # the checker gets both files in one


def test_the_line_of_a_wrong_project_file_is_named(folder: Path, capsys: Output) -> None:
    write_files(folder, {"sub/p": "-R th Foo\n\nth -kaboom"})
    assert refusal("-f sub/p -o M", capsys).startswith("sub/p:3: unknown option -kaboom; ")


def test_help_and_version(capsys: Output) -> None:
    assert main(["--help"]) == 0
    assert "-generate-meta-for-package" in capsys.readouterr().out
    assert main(["-f", "none", "--version"]) == 0
    assert capsys.readouterr().out.startswith("proof-makefile ")


def test_every_option_of_coq_makefile_is_known(coq: Coq, tmp_path: Path) -> None:
    done = coq.run("coq_makefile", "--help", cwd=tmp_path)
    theirs = set(re.findall(r"\[(--?[\w-]+)", done.stdout + done.stderr))
    assert theirs >= {"-Q", "-arg", "-docroot", "-generate-meta-for-package", "--help"}
    assert theirs <= {*re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", manual().format_help()), *REMOVED}


def test_paths_are_relative_to_the_folder_of_the_run_as_for_coq_makefile(
    coq: Coq, folder: Path, capsys: Output
) -> None:
    write_files(folder, {"sub/p": "-R th Foo th/A.v"})
    done = coq.run("coq_makefile", "-f", "sub/p", "-o", "Theirs", cwd=folder)
    assert done.returncode == 0
    assert "-R th Foo" in (folder / "Theirs.conf").read_text()
    assert main(["-sources-of", "-f", "sub/p"]) == 0
    assert capsys.readouterr().out == "th/A.v"


def test_outputs_are_written_all_or_none(tmp_path: Path) -> None:
    write_files(tmp_path, {"a": "old"})
    with pytest.raises(MachineError, match=r"cannot write .*no/b: "):
        write_outputs({tmp_path / "a": "new", tmp_path / "no/b": "new"})
    assert (tmp_path / "a").read_text() == "old"
    assert listing(tmp_path) == {"a"}


def test_an_output_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    write_files(tmp_path, {"real/M": "old"})
    (tmp_path / "real/M").chmod(0o640)
    (tmp_path / "M").symlink_to("real/M")
    write_outputs({tmp_path / "M": "new"})
    assert (tmp_path / "M").is_symlink()
    assert (tmp_path / "real/M").read_text() == "new"
    assert (tmp_path / "real/M").stat().st_mode & 0o777 == 0o640


def test_an_interrupted_writer_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    write_files(tmp_path, {"a": "old"})
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_outputs({tmp_path / "a": "new"}, is_durable=True)
    assert (tmp_path / "a").read_text() == "old"
    assert listing(tmp_path) == {"a"}


def test_a_pipe_is_written_to_and_stays_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "M")
    with ThreadPoolExecutor() as reader:
        said = reader.submit((folder / "M").read_text)
        assert main(["-f", "_Project", "-o", "M"]) == 0
        assert "include M.conf" in said.result()
    assert (folder / "M").is_fifo()
    assert (folder / "M.conf").is_file()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make devices")
def test_a_full_device_fails_and_stays_a_device(folder: Path, capsys: Output) -> None:
    try:
        os.mknod(folder / "M", 0o600 | stat.S_IFCHR, os.makedev(1, 7))  # as /dev/full
        (folder / "M").open("wb").close()
    except OSError:
        pytest.skip("no devices in this folder")
    before = listing(folder)
    assert main(["-f", "_Project", "-o", "M"]) == 3
    assert capsys.readouterr().err.endswith("M: No space left on device\n")
    assert (folder / "M").is_char_device()
    assert listing(folder) == before


def test_a_folder_that_cannot_be_written_is_the_machines_fault(
    folder: Path, capsys: Output
) -> None:
    (folder / "M.conf").symlink_to("no/such/M.conf")
    before = listing(folder)
    assert main(["-f", "_Project", "-o", "M"]) == 3
    assert capsys.readouterr().err.startswith("proof-makefile: error: cannot write ")
    assert listing(folder) == before


def test_an_installed_file_takes_the_place_of_a_link(folder: Path) -> None:
    write_files(folder, {"list": "th/A.v\n", "shared/A.v": "other", "into/Foo/B.v": ""})
    (folder / "into/Foo/A.v").symlink_to(folder / "shared/A.v")
    assert main(["--install", "list", "--into", "into", "-R", "th", "Foo"]) == 0
    assert not (folder / "into/Foo/A.v").is_symlink()
    assert (folder / "into/Foo/A.v").stat().st_mode & 0o777 == 0o644
    assert (folder / "shared/A.v").read_text() == "other"
