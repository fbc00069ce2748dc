"""What is known of a project from earlier runs, kept in one sqlite file beside the project file.

Safe under several processes at once (WAL, a busy timeout, short transactions). The file is a
cache: a broken one is set aside and begun anew, and where the folder cannot be written to, the
ledger lives in memory for the run.
"""

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FILE_NAME = ".proofs.db"
BUSY_SECONDS = 20.0

# Each entry lifts the schema by one version; a file written by an older release is lifted in place.
MIGRATIONS = (
    """
    CREATE TABLE memo (
        topic TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (topic, key)
    ) WITHOUT ROWID;
    """,
)


class Ledger:
    """The ledger of one project; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.warning = ""  # one line when a broken file was set aside
        self._db = self._open(folder / FILE_NAME)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._db.close()

    def recall(self, topic: str, key: str) -> Any:
        """What was remembered under this key, or None."""
        row = self._db.execute(
            "SELECT value FROM memo WHERE topic = ? AND key = ?", (topic, key)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def remember(self, topic: str, facts: Iterable[tuple[str, Any]]) -> None:
        """Keep a JSON value for each key, in place of what was there."""
        rows = [(topic, key, json.dumps(value)) for key, value in facts]
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", rows)

    def _open(self, path: Path) -> sqlite3.Connection:
        try:
            return _connect(str(path))
        except sqlite3.OperationalError:  # no such folder, not writable
            return _connect(":memory:")
        except sqlite3.DatabaseError as error:
            aside = path.with_name(f"{FILE_NAME}.broken-{os.getpid()}")
            path.replace(aside)
            self.warning = f"{path} is broken ({error}); set aside as {aside.name}, begun anew"
            return _connect(str(path))


def _connect(name: str) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=BUSY_SECONDS)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        _migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def _migrate(db: sqlite3.Connection) -> None:
    if _version(db) >= len(MIGRATIONS):
        return
    with db:
        db.execute("BEGIN IMMEDIATE")  # another process may be migrating
        for step in MIGRATIONS[_version(db) :]:
            for statement in filter(str.strip, step.split(";")):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(db: sqlite3.Connection) -> int:
    with closing(db.execute("PRAGMA user_version")) as rows:
        return int(rows.fetchone()[0])
