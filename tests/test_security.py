"""SECURITY.md, sentence by sentence, where a test can say whether it is true.

What crafted ledgers, caches and temporary folders of others do is tested beside their modules.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from rich.text import Text

from checker.knowledge.entries import read_entry
from checker.knowledge.inputs import Contents
from checker.knowledge.records import PROOFS
from checker.knowledge.store import Entry, Ledger
from checker.lsp.desk import project_of
from checker.report.progress import OurConsole
from checker.shim.loader import private_folder
from checker.shim.protocol import Listener
from makegen.base.errors import UserError
from makegen.base.files import leads_out
from makegen.base.side import FOLDER, make_side_folder, open_lock
from makegen.base.visible import shown, visible
from makegen.cli.main import main
from makegen.project.project import read_project
from tests.helpers import GOOD, REPOSITORY, Coq, check, generate, write_files, write_project

ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
TRAP = "traps"  # a file that whatever must not run adds itself to


def traps(root: Path) -> Path:
    """A project full of files that other programs would run or read; the folder's path."""
    write_project(root, {"A.v": GOOD, "B.v": f"Require Import Top.A.\n{GOOD}"})
    script = f'#!/bin/sh\necho "$0" >> "{root / TRAP}"\nexit 1\n'
    python = f"open({str(root / TRAP)!r}, 'a').write(__file__)\n"
    programs = "coqc coqdep rocq git sh make setpriv python3 ocamlfind cc proof-checker nproc"
    for name in programs.split():
        write_files(root, {name: script})
        (root / name).chmod(0o755)
    modules = "sitecustomize jinja2 rich psutil json sqlite3 dodo platformdirs evil"
    write_files(root, {f"{name}.py": python for name in modules.split()})
    write_files(root, {f"{name}/__init__.py": python for name in ("checker", "makegen")})
    point = "[proof_makefile.blocks]\nevil = evil:find\n"
    write_files(root, {"evil-1.dist-info/entry_points.txt": point, "evil.pth": "import evil\n"})
    write_files(root, {".git/config": '[core]\nfsmonitor = "./git"\n', "coqrc": "Fail evil."})
    return root


@pytest.mark.ends
def test_a_check_runs_no_program_and_no_python_of_the_project(coq: Coq, tmp_path: Path) -> None:
    root = traps(tmp_path)
    generate(coq, root)
    commands = (["check", "-j", "2"], ["plan"], ["proofs", "A.v"], ["ledger"], ["report"])
    for words in commands:
        done = coq.run("proof-checker", *words, cwd=root)
        assert done.returncode == 0, (words, done.stderr)
    assert not (root / TRAP).exists()


def test_what_we_start_in_python_does_not_look_into_the_projects_folder() -> None:
    found = 0
    for path in (*REPOSITORY.glob("makegen/**/*.py"), *REPOSITORY.glob("checker/**/*.py")):
        for words in re.findall(r"sys\.executable,(.*)", path.read_text()):
            found += 1
            assert words.startswith(' "-P", "-m"'), path
    assert found == 3


HOSTILE = (
    "$(touch traps)",
    "`touch traps`",
    "; touch traps",
    "'; touch traps; '",
    "$$(touch traps)",
)


@pytest.mark.ends
def test_no_word_of_a_project_file_is_executed(coq: Coq, tmp_path: Path) -> None:
    words = ", ".join(f'"-I", "{word}"' for word in HOSTILE)
    project = f'[project]\nsources = ["A.v"]\narguments = [{words}]\n[load-path]\nQ."." = "Top"\n'
    root = write_files(tmp_path, {"A.v": GOOD, "_Project": project})
    generate(coq, root)
    assert check(coq, root).returncode == 0
    for goal in ("all", "checkproofs", "vos", "printenv"):
        done = coq.run("make", goal, cwd=root)
        assert done.returncode == 0, done.stderr
    assert not (root / TRAP).exists()


@pytest.mark.parametrize("word", ["$(touch traps)", "`touch traps`", "'", '";"', "a;b", "$x"])
def test_docroot_takes_nothing_that_a_shell_executes(word: str, tmp_path: Path) -> None:
    project = f"[project]\nsources = []\ndocroot = '''{word}'''\n"
    with pytest.raises(UserError, match="make cannot take"):
        read_project(write_files(tmp_path, {"_Project": project}) / "_Project")


def test_a_package_is_no_path(tmp_path: Path) -> None:
    project = "-generate-meta-for-package x/../../y\na.mllib\n"
    with pytest.raises(UserError, match="no name of a package"):
        read_project(write_files(tmp_path, {"_Project": project}) / "_Project")


# ---- what is written, and where


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file of the user's outside of the project."""
    return write_files(tmp_path, {"home/.bashrc": "precious"}) / "home/.bashrc"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, which is the current folder."""
    root = write_project(tmp_path / "project", {"A.v": GOOD})
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("name", ["Makefile", "Makefile.conf", "dodo.py", "src/META.foo"])
def test_a_link_in_a_project_does_not_have_proof_makefile_write_elsewhere(
    name: str, project: Path, victim: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(project, {"src/META.foo.in": "evil", "_Project": "-Q . Top\nA.v src/META.foo.in"})
    (project / name).symlink_to(victim)
    output = "dodo.py" if name == "dodo.py" else "Makefile"
    assert main(["-f", "_Project", "-o", output]) == 2
    assert f"output {name}: a link leads out" in capsys.readouterr().err
    assert victim.read_text() == "precious"


def test_nor_does_a_linked_folder_in_it(
    project: Path, victim: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(project, {"_Project": "-Q . Top\nA.v src/META.foo.in"})
    write_files(victim.parent, {"META.foo.in": "evil"})
    (project / "src").symlink_to(victim.parent)
    assert main(["-f", "_Project", "-o", "Makefile"]) == 2
    assert "output src/META.foo: a link leads out" in capsys.readouterr().err
    assert not victim.with_name("META.foo").exists()


def test_a_project_may_be_reached_by_a_link(project: Path) -> None:
    write_files(project, {"src/META.foo.in": "good", "_Project": "-Q . Top\nA.v src/META.foo.in"})
    project.with_name("link").symlink_to(project)
    assert main(["-C", "../link", "-f", "_Project", "-o", "Makefile"]) == 0
    assert not leads_out(project.with_name("link") / "src/META.foo", project.with_name("link"))


def test_nor_does_init(project: Path, victim: Path) -> None:
    (project / "_Project").unlink()
    (project / "_CoqProject").symlink_to(victim.with_name("new"))
    assert main(["--init"]) == 2
    assert not victim.with_name("new").exists()


def test_an_output_stands_below_the_project(project: Path, victim: Path) -> None:
    write_files(project, {"_Project": "-Q . Top\nA.v ../home/META.foo.in"})
    write_files(victim.parent, {"META.foo.in": "evil"})
    assert main(["-f", "_Project", "-o", "Makefile"]) == 2
    assert not victim.with_name("META.foo").exists()


@pytest.mark.parametrize("name", ["META.foo", "..src/META.foo", "{root}/src/META.foo"])
def test_whatever_is_below_the_project_may_be_an_output(name: str, project: Path) -> None:
    output = name.format(root=project)
    write_files(project, {f"{output}.in": "good", "_Project": f"-Q . Top\nA.v {output}.in"})
    assert main(["-f", "_Project", "-o", "Makefile"]) == 0
    assert (project / output).read_text() == "good"


def test_a_link_within_the_project_is_followed(project: Path) -> None:
    write_files(project, {"build/M": "old"})
    (project / "M").symlink_to("build/M")
    assert main(["-f", "_Project", "-o", "M"]) == 0
    assert (project / "M").is_symlink()


@pytest.mark.ends
def test_nor_does_a_link_have_proof_checker_write_elsewhere(
    coq: Coq, project: Path, victim: Path
) -> None:
    (project / "report.html").symlink_to(victim)
    commands = (["check", "--json"], ["report", "-o"], ["ledger", "export"])
    for words in commands:
        done = coq.run("proof-checker", *words, "report.html", cwd=project)
        assert done.returncode == 2
        assert "a link leads out of the project" in done.stderr
    assert victim.read_text() == "precious"


def test_links_among_the_side_files_are_not_followed(project: Path, victim: Path) -> None:
    (project / FOLDER).mkdir()
    (project / FOLDER / ".gitignore").symlink_to(victim.with_name("new"))
    (project / FOLDER / "lock").symlink_to(victim)
    make_side_folder(project)
    with pytest.raises(OSError, match="symbolic links"):
        open_lock(project / FOLDER)
    assert not victim.with_name("new").exists()
    assert victim.read_text() == "precious"


# ---- what is read


def test_a_ledger_that_names_a_pipe_or_a_device_has_nobody_wait_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "A.vo")
    with Ledger(None) as ledger:
        contents = Contents(ledger, tmp_path, {})
        assert contents.digest("A.vo") is None
        assert contents.digest("/dev/zero") is None


EVIL = 'Proof using positive. Admitted. Redirect "pwned" Print nat. Admitted.'
SECTION = f"""\
Section S.
  Variable n : nat.
  Hypothesis positive : n <> 0.
  Lemma not_zero : n <> 0.
  Proof. (* {"room for what is to stand here " * 5} *) exact positive. Qed.
  Lemma itself : n = n.
  Proof. reflexivity. Qed.
End S.
"""


@pytest.mark.ends
def test_coqc_executes_nothing_that_a_ledger_says(coq: Coq, tmp_path: Path) -> None:
    """What a ledger knows of section variables stands in for proofs: words that coqc executes."""
    root = write_project(tmp_path, {"A.v": SECTION})
    assert check(coq, root).returncode == 0
    with Ledger(root) as ledger:
        records = PROOFS.recall(ledger, "A.v")
        assert records
        evil = dict.fromkeys(records.variables, EVIL)
        assert evil
        PROOFS.remember(ledger, [("A.v", replace(records, variables=evil))])
        ledger.keep([replace(e, uses=EVIL) for e in ledger.entries().values() if e.uses])
        assert not any(entry.uses for entry in ledger.entries().values())
    write_files(root, {"A.v": SECTION.replace("reflexivity", "exact (eq_refl n)")})
    assert check(coq, root).returncode == 0
    assert list(root.glob("pwned*")) == []


def test_an_import_with_other_words_for_coqc_is_refused() -> None:
    entry = Entry("key", "checked", uses="Proof using n . Admitted.")
    assert read_entry(asdict(entry)) == entry
    with pytest.raises(ValueError, match="says nothing of section variables"):
        read_entry(asdict(replace(entry, uses=EVIL)))


@ONLY_ROOT
def test_an_editor_takes_no_project_file_of_another_user_from_above(tmp_path: Path) -> None:
    write_files(tmp_path, {"_CoqProject": "-arg -evil\n", "mine/A.v": GOOD})
    assert project_of(tmp_path / "mine/A.v").arguments == ("-evil",)
    os.chown(tmp_path / "_CoqProject", 65533, 65533)
    assert project_of(tmp_path / "mine/A.v").arguments == ()


@ONLY_ROOT
def test_no_other_user_gets_at_the_private_folder() -> None:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("no setpriv here")
    other = (setpriv, "--reuid=65533", "--regid=65533", "--clear-groups")
    with private_folder() as private, Listener(private.folder / "socket") as listener:
        above = [*other, "ls", "-d", f"{private.folder.parent}/."]
        if subprocess.run(above, capture_output=True, check=False).returncode != 0:
            pytest.skip("another user does not get into the temporary folder at all")
        assert subprocess.run([*other, "ls", "-d", private.folder], check=False).returncode == 0
        for words in (
            ("ls", private.folder),
            ("cat", private.shim),
            ("ls", listener.path),
            ("mv", private.folder, f"{private.folder}.away"),
        ):
            done = subprocess.run([*other, *words], capture_output=True, check=False)
            assert done.returncode != 0, words


# ---- what is shown

ESCAPES = "\x1b]52;c;aGk=\x07 \x1b[2J \x9b2J \rgood \x00 \udc9b"
WRITTEN_OUT = r"\x1b]52;c;aGk=\x07 \x1b[2J \x9b2J \x0dgood \x00 \x9b"


def on_terminal(write: Callable[[], object]) -> bytes:
    """What reaches a terminal that is standard output meanwhile."""
    master, slave = os.openpty()
    before = sys.stdout
    try:
        with os.fdopen(slave, "w", errors="surrogateescape") as terminal:
            sys.stdout = shown(terminal)
            write()
            sys.stdout.flush()
            return os.read(master, 10_000)
    finally:
        sys.stdout = before
        os.close(master)


def test_a_terminal_obeys_nothing_in_a_text() -> None:
    assert visible(ESCAPES) == WRITTEN_OUT
    assert visible("été\t∀\n") == "été\t∀\n"
    assert on_terminal(lambda: print(ESCAPES)) == f"{WRITTEN_OUT}\r\n".encode()


def test_what_we_draw_is_drawn() -> None:
    styled = Text("wrong", style="bold red")
    drawn = on_terminal(lambda: OurConsole(sys.stdout, force_terminal=True).print(styled))
    assert b"\x1b[" in drawn


def test_elsewhere_a_text_stays_as_it_is(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        assert shown(log) is log


MESSAGE = "::add-path::/evil\n::error::evil\n##[group]evil"


@pytest.mark.ends
def test_github_obeys_nothing_in_a_message_of_coqc(coq: Coq, tmp_path: Path) -> None:
    source = f'Lemma wrong : 1 = 1.\nProof. fail "\n{MESSAGE}". Qed.\n'
    root = write_project(tmp_path, {"A.v": source})
    lines = check(coq, root, GITHUB_ACTIONS="true").stdout.splitlines()
    first, *before = lines
    token = first.removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    after = before[before.index(f"::{token}::") + 1 :]
    assert [line.partition("file=")[0] for line in after] == ["::error "]
    assert "%0A::add-path::/evil%0A" in after[0]
