"""proof-checker ledger: shows, cleans and moves what is known."""

import json
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from checker.knowledge.store import PLACE, Entry, Ledger, today
from tests.helpers import Coq, check, write_files, write_project

pytestmark = pytest.mark.once

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


@pytest.mark.ends
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
    known = tmp_path / "known"
    assert ledger(coq, root, "export", str(known)) == f"4 verdicts exported to {known}\n"
    other = write_project(tmp_path / "second", {"F.v": SOURCE})
    said = f"4 verdicts imported from {known}, 4 new; 4 are kept\n"
    assert ledger(coq, other, "import", str(known)) == said
    assert "0 checked now, 2 known" in checked(coq, other)


def test_no_path_of_the_project_is_exported(coq: Coq, root: Path, tmp_path: Path) -> None:
    ledger(coq, root, "export", str(tmp_path / "known"))
    assert str(tmp_path) not in (tmp_path / "known").read_text()


NO_EXPORTS = {
    '"proof-checker ledger 1"\n["loaded", "k"': "known:2: this line is broken",
    '"proof-checker ledger 1"\n["loaded", "k", []]\n7\n': "known:3: this line is broken",
    "[]\n": "known: this is no export of a ledger",
    "": "known: this is no export of a ledger",
    None: "known: No such file or directory",
}


@pytest.mark.parametrize(("text", "said"), NO_EXPORTS.items())
def test_a_file_that_is_no_export_is_refused_whole(
    coq: Coq, root: Path, text: str | None, said: str
) -> None:
    if text is not None:
        write_files(root, {"known": text})
    done = coq.run("proof-checker", "ledger", "-f", "_Project", "import", "known", cwd=root)
    assert done.returncode == 2
    assert done.stderr.startswith(f"proof-checker: error: {said}")
    assert done.stderr.count("\n") == 1


def test_gc_keeps_what_the_sources_use(coq: Coq, root: Path) -> None:
    write_files(root, {"F.v": SOURCE.replace("2 = 2", "3 = 3")})
    assert "1 checked now, 1 known" in checked(coq, root)
    assert ledger(coq, root, "gc", "--older-than", "0") == "3 verdicts dropped, 4 kept\n"
    assert "0 checked now, 2 known" in checked(coq, root)


def last_used(root: Path, days_ago: int) -> None:
    """All that is known was last used then, as it were."""
    with closing(sqlite3.connect(root / PLACE)) as db, db:
        db.execute("UPDATE used SET day = ?", (today() - days_ago,))


def test_gc_keeps_what_another_branch_uses_until_nobody_has_for_long(coq: Coq, root: Path) -> None:
    main, branch = SOURCE, SOURCE.replace("2 = 2", "3 = 3")
    last_used(root, 29)
    write_files(root, {"F.v": branch})
    checked(coq, root)
    said = "0 verdicts dropped, 7 kept, 3 of them for sources that are no more"
    assert ledger(coq, root, "gc").startswith(said)
    write_files(root, {"F.v": main})
    assert "0 checked now, 2 known" in checked(coq, root)
    last_used(root, 30)
    write_files(root, {"F.v": branch})
    assert "0 checked now, 2 known" in checked(coq, root)
    # Of the other branch nothing was used today, so all that it does not share is old.
    assert ledger(coq, root, "gc") == "3 verdicts dropped, 4 kept\n"
    write_files(root, {"F.v": main})
    assert "1 checked now, 1 known" in checked(coq, root)


def test_gc_forgets_the_oldest_first_where_there_is_no_room(coq: Coq, root: Path) -> None:
    with Ledger(root) as found:
        found.keep([Entry(f"{n:064}", "wrong", messages="x" * 500) for n in range(1000)])
    with closing(sqlite3.connect(root / PLACE)) as db, db:
        db.execute("UPDATE used SET day = ? WHERE key < ?", (today() - 5, f"{600:064}"))
    assert "0 verdicts dropped" in ledger(coq, root, "gc")
    size = (root / PLACE).stat().st_size
    ledger(coq, root, "gc", "--max-size", f"{size // 2048}K")
    assert (root / PLACE).stat().st_size <= size // 2 + 4096
    with Ledger(root) as found:
        left = [int(key) for key in found.entries() if key.startswith("00")]
    assert 100 < len(left) < 600
    assert set(range(600, 1000)) <= set(left)
    ledger(coq, root, "gc", "--max-size", "1")
    assert "0 checked now, 2 known" in checked(coq, root)


def test_a_ledger_of_an_older_release_ages_from_its_first_gc_on(coq: Coq, root: Path) -> None:
    with closing(sqlite3.connect(root / PLACE)) as db, db:
        db.executescript("DROP TABLE used; DROP TABLE elsewhere;")
        db.execute("PRAGMA user_version = 2")
    write_files(root, {"F.v": SOURCE.replace("2 = 2", "3 = 3")})
    checked(coq, root)
    assert "0 verdicts dropped" in ledger(coq, root, "gc", "--older-than", "1d")
    last_used(root, 1)
    assert "3 verdicts dropped" in ledger(coq, root, "gc", "--older-than", "1d")


@pytest.mark.parametrize("words", [("--older-than", "soon"), ("--max-size", "much")])
def test_what_is_no_limit_is_refused(coq: Coq, root: Path, words: tuple[str, str]) -> None:
    done = coq.run("proof-checker", "ledger", "-f", "_Project", "gc", *words, cwd=root)
    assert done.returncode == 2
    assert f"{words[1]!r} is not a" in done.stderr


def test_gc_drops_all_that_is_known_of_a_source_that_is_gone(coq: Coq, root: Path) -> None:
    write_files(root, {"G.v": SOURCE, "_Project": "-Q . Top\nF.v\nG.v\n"})
    for engine in ("vok", "vio", "snapshot"):
        check(coq, root, engine=engine)
    write_files(root, {"_Project": "-Q . Top\nF.v\n"})
    (root / "G.v").unlink()
    ledger(coq, root, "gc", "--older-than", "0")
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
