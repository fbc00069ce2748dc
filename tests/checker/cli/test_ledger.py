"""proof-checker ledger: shows, cleans and moves what is known."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checker.knowledge.store import Ledger
from tests.helpers import Coq, check, write_files, write_project

SOURCE = "Lemma one : 1 = 1.\nProof. reflexivity. Qed.\nLemma two : 2 = 2.\nProof. auto. Qed.\n"


@pytest.fixture
def root(coq: Coq, tmp_path: Path) -> Path:
    """A project that was checked."""
    root = write_project(tmp_path / "first", {"F.v": SOURCE})
    assert "2 proofs in 1 file checked" in checked(coq, root)
    return root


def checked(coq: Coq, root: Path) -> str:
    """The summary of a check that finds nothing wrong."""
    done = check(coq, root)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def ledger(coq: Coq, root: Path, *words: str) -> str:
    done = coq.run("proof-checker", "ledger", "-f", "_Project", *words, cwd=root)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_proofs_and_files_are_shown_with_their_seconds(coq: Coq, root: Path) -> None:
    facts = json.loads(ledger(coq, root, "show", "--json"))
    assert set(facts["files"]["F.v"]["proofs"]) == {"one", "two"}
    memory = facts["files"]["F.v"]["memory"]
    assert set(memory) == {"one", "two"}
    assert all(10 << 20 < peak < 10 << 30 for peak in memory.values())
    assert facts["verdicts"] == 4  # two proofs, the text, the file as it stands
    shown = ledger(coq, root)
    assert "2 proofs in 1 file" in shown
    assert " MB " in shown


def test_what_is_known_moves_to_another_machine(coq: Coq, root: Path, tmp_path: Path) -> None:
    ledger(coq, root, "export", str(tmp_path / "known"))
    other = write_project(tmp_path / "second", {"F.v": SOURCE})
    ledger(coq, other, "import", str(tmp_path / "known"))
    assert "0 checked now, 2 known" in checked(coq, other)


def test_no_path_of_the_project_is_exported(coq: Coq, root: Path, tmp_path: Path) -> None:
    ledger(coq, root, "export", str(tmp_path / "known"))
    assert str(tmp_path) not in (tmp_path / "known").read_text()


def test_a_file_that_is_no_export_is_refused_whole(coq: Coq, root: Path) -> None:
    wrong = write_files(root, {"known": '"proof-checker ledger 1"\n["loaded", "k"'}) / "known"
    done = coq.run("proof-checker", "ledger", "-f", "_Project", "import", str(wrong), cwd=root)
    assert done.returncode == 2
    assert "cannot be imported" in done.stderr


def test_gc_keeps_what_the_sources_use(coq: Coq, root: Path) -> None:
    write_files(root, {"F.v": SOURCE.replace("2 = 2", "3 = 3")})
    assert "1 checked now, 1 known" in checked(coq, root)
    assert "3 verdicts dropped, 4 kept" in ledger(coq, root, "gc")
    assert "0 checked now, 2 known" in checked(coq, root)


def test_gc_drops_all_that_is_known_of_a_source_that_is_gone(coq: Coq, root: Path) -> None:
    write_files(root, {"G.v": SOURCE, "_Project": "-Q . Top\nF.v\nG.v\n"})
    for engine in ("vok", "vio", "snapshot"):
        check(coq, root, engine=engine)
    write_files(root, {"_Project": "-Q . Top\nF.v\n"})
    (root / "G.v").unlink()
    ledger(coq, root, "gc")
    with Ledger(root) as found:
        kept = {key for topic in found.topics() for key in found.memories(topic)}
    assert [key for key in kept if key.startswith("F.")]
    assert [key for key in kept if key.startswith("G.") and not (root / key).exists()] == []


def test_nothing_is_left_where_nothing_was_known(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"F.v": SOURCE})
    assert json.loads(ledger(coq, root, "show", "--json"))["verdicts"] == 0
    assert ledger(coq, root, "gc") == "0 verdicts dropped, 0 kept\n"
    ledger(coq, root, "export", str(tmp_path / "exported"))
    assert not (root / ".proof-makefile").exists()


def test_an_export_goes_through_a_pipe_and_a_link(coq: Coq, tmp_path: Path) -> None:
    root = write_files(tmp_path, {"F.v": SOURCE, "_Project": "-Q . Top\nF.v\n", "real/known": ""})
    (root / "link").symlink_to("real/known")
    os.mkfifo(root / "pipe")
    ledger(coq, root, "export", "link")
    with ThreadPoolExecutor() as reader:
        said = reader.submit((root / "pipe").read_text)
        ledger(coq, root, "export", "pipe")
        assert said.result() == (root / "real/known").read_text() != ""
    assert (root / "link").is_symlink()
    assert (root / "pipe").is_fifo()
