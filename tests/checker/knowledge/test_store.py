"""The ledger: remembers, is shared by processes, and survives what happens to files."""

import contextlib
import multiprocessing
import os
import resource
import sqlite3
from pathlib import Path

import pytest

from checker.knowledge.schema import MIGRATIONS
from checker.knowledge.store import OLD_PLACE, PLACE, Entry, Ledger


def test_what_is_remembered_is_recalled_by_the_next_run(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        ledger.remember("topic", [("a", [1, 2]), ("b", "x")])
        ledger.remember("topic", [("a", [3])])
    with Ledger(tmp_path) as ledger:
        assert ledger.recall("topic", "a") == [3]
        assert ledger.recall("topic", "b") == "x"
        assert ledger.recall("other", "a") is None


def test_a_broken_file_is_set_aside_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / PLACE).parent.mkdir()
    (tmp_path / PLACE).write_bytes(b"this is no database, " * 100)
    said: list[str] = []
    with Ledger(tmp_path, said.append) as ledger:
        assert "set aside" in said.pop()
        ledger.remember("topic", [("a", 1)])
    with Ledger(tmp_path, said.append) as ledger:
        assert said == []
        assert ledger.recall("topic", "a") == 1
    assert len(list(tmp_path.glob(f"{PLACE}.broken-*"))) == 1


def test_a_broken_file_takes_along_what_sqlite_keeps_beside_it(tmp_path: Path) -> None:
    """Which another process has not given up yet; it would count for the new file."""
    path = tmp_path / PLACE
    with Ledger(tmp_path) as other:
        other.remember("topic", [("a", 1)])
        with contextlib.closing(sqlite3.connect(path)) as whole:
            whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as stream:
            stream.write(b"this is no database, " * 100)
        said: list[str] = []
        with Ledger(tmp_path, said.append) as ledger:
            assert "set aside" in said.pop()
            assert ledger.recall("topic", "a") is None
            ledger.remember("topic", [("b", 2)])
        aside = f"{path.name}.broken-{os.getpid()}"
        names = {path.name for path in path.parent.iterdir()}
        assert names >= {aside, f"{aside}-wal", f"{aside}-shm"}
    with Ledger(tmp_path, said.append) as ledger:
        assert (said, ledger.recall("topic", "b")) == ([], 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_gets_a_ledger_in_memory(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with Ledger(tmp_path) as ledger:
        ledger.remember("topic", [("a", 1)])
        assert ledger.recall("topic", "a") == 1


def test_a_folder_that_is_not_there_gets_a_ledger_in_memory(tmp_path: Path) -> None:
    with Ledger(tmp_path / "gone") as ledger:
        ledger.remember("topic", [("a", 1)])
        assert ledger.recall("topic", "a") == 1
    assert not (tmp_path / "gone").exists()


def test_on_a_full_disk_the_ledger_goes_on_in_memory_with_one_warning(tmp_path: Path) -> None:
    said: list[str] = []
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Ledger(tmp_path, said.append) as ledger:
        ledger.remember("topic", [("a", 1)])
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        try:
            ledger.remember("topic", [(f"b{number}", "x" * 1000) for number in range(1000)])
            ledger.keep([Entry("key", "checked")])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert [text.split(" (")[0] for text in said] == ["the ledger cannot be written"]
        assert ledger.recall("topic", "a") == 1
        assert ledger.recall("topic", "b999") == "x" * 1000
        assert list(ledger.entries()) == ["key"]
    with Ledger(tmp_path) as ledger:
        assert ledger.recall("topic", "a") == 1
        assert ledger.recall("topic", "b999") is None


def test_an_old_schema_is_lifted(tmp_path: Path) -> None:
    (tmp_path / PLACE).parent.mkdir()
    sqlite3.connect(tmp_path / PLACE).close()
    with Ledger(tmp_path) as ledger:
        assert ledger.recall("topic", "a") is None
    version = sqlite3.connect(tmp_path / PLACE).execute("PRAGMA user_version").fetchone()
    assert version == (len(MIGRATIONS),)


def old_ledger(root: Path) -> sqlite3.Connection:
    """As an earlier version has it open, beside the project file."""
    with Ledger(root) as ledger:
        ledger.remember("topic", [("a", 1)])
    (root / PLACE).rename(root / OLD_PLACE)
    db = sqlite3.connect(root / OLD_PLACE)
    db.execute("INSERT INTO memo VALUES ('topic', 'late', '2')")
    db.commit()
    return db


def test_a_ledger_in_the_place_of_old_is_taken_over(tmp_path: Path) -> None:
    with contextlib.closing(old_ledger(tmp_path)) as db:
        assert (tmp_path / f"{OLD_PLACE}-wal").exists()
        # Who has it open goes on with it, and so does everybody else until then.
        with Ledger(tmp_path, pytest.fail) as ledger:
            assert ledger.memories("topic") == {"a": 1, "late": 2}
            ledger.remember("topic", [("new", 3)])
        assert db.execute("SELECT count(*) FROM memo").fetchone() == (3,)
        assert not (tmp_path / PLACE).exists()
    with Ledger(tmp_path, pytest.fail) as ledger:
        assert ledger.memories("topic") == {"a": 1, "late": 2, "new": 3}
        assert (tmp_path / PLACE).exists()
    assert list(tmp_path.glob(f"{OLD_PLACE}*")) == []


def test_a_broken_ledger_in_the_place_of_old_is_set_aside_in_the_new_one(tmp_path: Path) -> None:
    (tmp_path / OLD_PLACE).write_bytes(b"this is no database, " * 100)
    said: list[str] = []
    with Ledger(tmp_path, said.append) as ledger:
        ledger.remember("topic", [("a", 1)])
    assert ["set aside" in text for text in said] == [True]
    assert len(list(tmp_path.glob(f"{PLACE}.broken-*"))) == 1


def _write(folder: Path, process: int) -> None:
    with Ledger(folder) as ledger:
        for number in range(50):
            ledger.remember("topic", [(f"{process} {number}", number)])


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, n)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    with Ledger(tmp_path) as ledger:
        for process in range(4):
            assert ledger.recall("topic", f"{process} 49") == 49


FOREIGN = {
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON memo BEGIN SELECT 1; END",
    "a view": "CREATE VIEW v AS SELECT * FROM memo",
    "an index": "CREATE INDEX i ON memo (topic || key)",
    "a table": "CREATE TABLE t (x)",
    "a virtual table": "CREATE VIRTUAL TABLE t USING fts5 (x)",
    "no table": "DROP TABLE used",
    "another table": "ALTER TABLE memo ADD COLUMN x AS (zeroblob(1000000000))",
    "another version": "PRAGMA user_version = 1",
    "a negative version": "PRAGMA user_version = -1",
    "a negative version of nothing": (
        "DROP TABLE memo; DROP TABLE verdict; DROP TABLE used; PRAGMA user_version = -1"
    ),
}


def crafted(root: Path, *statements: str) -> None:
    """A ledger to which somebody has done this."""
    with Ledger(root) as ledger:
        ledger.remember("topic", [("a", 1)])
        ledger.keep([Entry("key", "checked")])
    with contextlib.closing(sqlite3.connect(root / PLACE)) as db:
        for statement in statements:
            db.executescript(statement)
        db.commit()


@pytest.mark.parametrize("statement", FOREIGN.values(), ids=FOREIGN)
def test_a_file_with_other_tables_is_set_aside_and_nothing_in_it_runs(
    statement: str, tmp_path: Path
) -> None:
    crafted(tmp_path, statement)
    said: list[str] = []
    with Ledger(tmp_path, said.append) as ledger:
        assert ["set aside" in text for text in said] == [True]
        assert ledger.recall("topic", "a") is None
        ledger.remember("topic", [("a", 2)])
    with Ledger(tmp_path, pytest.fail) as ledger:
        assert ledger.recall("topic", "a") == 2


def test_a_ledger_of_a_newer_release_may_have_more_tables(tmp_path: Path) -> None:
    newer = len(MIGRATIONS) + 1
    crafted(tmp_path, "CREATE TABLE t (x)", f"PRAGMA user_version = {newer}")
    with Ledger(tmp_path, pytest.fail) as ledger:
        assert ledger.recall("topic", "a") == 1


@pytest.mark.parametrize("place", [PLACE, OLD_PLACE])
def test_no_other_database_of_the_user_is_written_to(place: str, tmp_path: Path) -> None:
    other = tmp_path / "bookmarks"
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE bookmark (url)")
    before = other.read_bytes()
    root = tmp_path / "project"
    (root / PLACE).parent.mkdir(parents=True)
    (root / place).symlink_to(other)
    said: list[str] = []
    with Ledger(root, said.append) as ledger:
        ledger.remember("topic", [("a", 1)])
    assert ["set aside" in text for text in said] == [True]
    assert other.read_bytes() == before
    assert not (root / PLACE).is_symlink()


def test_rows_that_hold_no_texts_count_as_absent(tmp_path: Path) -> None:
    crafted(
        tmp_path,
        "INSERT INTO memo VALUES (x'00', x'01', x'02'), ('topic', 'b', x'ff')",
        "INSERT INTO memo VALUES ('topic', x'00', '1')",
        "INSERT INTO verdict VALUES (x'00', x'01', 'a', 'b', x'02', x'03')",
        "INSERT INTO verdict VALUES ('big', 'checked', 9e999, 0, '[]', '')",
        "INSERT INTO used VALUES (x'01', 'never')",
    )
    with Ledger(tmp_path, pytest.fail) as ledger:
        assert ledger.topics() == ["topic"]
        assert ledger.memories("topic") == {"a": 1}
        assert list(ledger.entries()) == list(ledger.entries(["key", "big"])) == ["key"]
        assert list(ledger.days()) == ["key"]


def test_a_pipe_beside_the_ledger_makes_nobody_wait(tmp_path: Path) -> None:
    (tmp_path / PLACE).parent.mkdir()
    os.mkfifo((tmp_path / PLACE).with_name(".gitignore"))
    with Ledger(tmp_path, pytest.fail) as ledger:
        ledger.remember("topic", [("a", 1)])
