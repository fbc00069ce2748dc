"""The tables of the ledger, and that a file has these and nothing else.

The file may have come with a stranger's project: a view, a trigger or a computed column in it would
run while we read or write.
"""

import sqlite3
from contextlib import closing
from functools import cache

# Each step lifts the schema by one version; a file written by an older release is lifted in place.
MIGRATIONS = (
    """
    CREATE TABLE memo (
        topic TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (topic, key)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE verdict (
        key TEXT PRIMARY KEY, verdict TEXT NOT NULL, seconds REAL NOT NULL, memory INTEGER NOT NULL,
        messages TEXT NOT NULL, uses TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    # A table of its own: an older release goes on with the others.
    """
    CREATE TABLE used (key TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE elsewhere (key TEXT PRIMARY KEY, host TEXT NOT NULL) WITHOUT ROWID;
    """,
)
MOST_BYTES = 1 << 28  # of one value

Schema = dict[str, str]  # what made each table, by its name


def migrate(db: sqlite3.Connection) -> None:
    """Lift the schema to this release's; of a newer release, it stays as it is."""
    if _version(db) >= len(MIGRATIONS):
        return
    with db:
        db.execute("BEGIN IMMEDIATE")  # another process may be migrating
        for step in MIGRATIONS[_version(db) :]:
            _execute(db, step)
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def refuse_foreign(db: sqlite3.Connection) -> None:
    """Raises DatabaseError where this is no ledger; nothing has been written then.

    A later release may add tables, and nothing else: this one would take its ledger for foreign.
    """
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("BEGIN")  # version and tables of one moment: another process may be migrating
    try:
        version = _version(db)
        found = _schema(db)
    finally:
        db.rollback()
    known = _known(min(version, len(MIGRATIONS)))
    ours = {name: found.get(name) for name in known}
    if version < 0 or ours != known or (found != known and version <= len(MIGRATIONS)):
        raise sqlite3.DatabaseError("it is no ledger of ours")


def _schema(db: sqlite3.Connection) -> Schema:
    """Raises DatabaseError where there is anything but tables."""
    found = {}
    with closing(db.execute("SELECT type, name, sql FROM sqlite_master")) as rows:
        for kind, name, sql in rows:
            words = " ".join(str(sql).split())
            if kind != "table" or not words.startswith("CREATE TABLE "):
                raise sqlite3.DatabaseError(f"it has a {kind} {name!r}, which is none of ours")
            found[str(name)] = words
    return found


@cache
def _known(version: int) -> Schema:
    """The tables of a version."""
    with closing(sqlite3.connect(":memory:")) as db:
        for step in MIGRATIONS[: max(0, version)]:
            _execute(db, step)
        return _schema(db)


def _execute(db: sqlite3.Connection, step: str) -> None:
    for statement in filter(str.strip, step.split(";")):
        db.execute(statement)


def _version(db: sqlite3.Connection) -> int:
    with closing(db.execute("PRAGMA user_version")) as rows:
        return int(rows.fetchone()[0])
