"""What is known of a project from earlier runs, kept in one sqlite file among our side files.

Safe under several processes at once (WAL, a busy timeout, short transactions). The file is a
cache: a broken one is set aside and begun anew, and where the folder cannot be written to, the
ledger lives in memory for the run.
"""

import contextlib
import errno
import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from checker.document.section_variables import is_stand_in
from checker.knowledge.schema import migrate, refuse_foreign
from makegen.base.side import FOLDER, make_side_folder

PLACE = f"{FOLDER}/proofs.db"
OLD_PLACE = ".proofs.db"  # of earlier versions
BUSY_SECONDS = 20.0

# Columns hold values of any type, where somebody else wrote them: such rows count as absent.
_VERDICTS = """
SELECT key, verdict, seconds, memory, messages, uses FROM verdict
WHERE typeof(key) || typeof(verdict) || typeof(messages) || typeof(uses) = 'texttexttexttext'
AND typeof(seconds) = 'real' AND seconds BETWEEN 0 AND 1e12
AND typeof(memory) = 'integer' AND memory >= 0
"""
_MEMO = "FROM memo WHERE typeof(topic) || typeof(key) || typeof(value) = 'texttexttext'"
_DAYS = "SELECT key, day FROM used WHERE typeof(key) = 'text' AND typeof(day) = 'integer'"

_HOSTS = "SELECT key, host FROM elsewhere WHERE typeof(host) = 'text'"

# Nothing is written for what was used before on the same day.
_USED = """
INSERT INTO used VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET day = excluded.day WHERE day <> excluded.day
"""
_UNUSED = """
DELETE FROM used WHERE key NOT IN (SELECT key FROM verdict UNION SELECT key FROM memo)
"""
_UNKNOWN = "DELETE FROM elsewhere WHERE key NOT IN (SELECT key FROM verdict)"


@dataclass(frozen=True)
class Entry:
    """A verdict that is kept; its key says of what (checker.knowledge.keys)."""

    key: str
    verdict: str  # the value of a Verdict
    seconds: float = 0.0  # CPU
    memory: int = 0  # at most, bytes (results.ProofResult); 0: not known
    messages: str = "[]"  # JSON
    uses: str = ""  # what says the same of section variables as the proof, where it does not say
    host: str = ""  # the machine that found it out, if that was another one; not read again


class Ledger:
    """The ledger of one project; use as a context manager."""

    def __init__(self, folder: Path | None, warn: Callable[[str], None] = lambda _: None) -> None:
        """Without a folder nothing outlives the run; nor where `warn` is told that it cannot."""
        self.trusts_others = True  # else verdicts that other machines found count as absent
        self._warn = warn
        self._touched: set[str] = set()
        self._db = self._open(_path(folder)) if folder else _connect(":memory:")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._touched:
            self._write(_USED, [(key, today()) for key in self._touched])
        self._db.close()

    def touch(self, keys: Iterable[str]) -> None:
        """These verdicts and records are used today; written at the end, all at once."""
        self._touched.update(keys)

    def days(self) -> dict[str, int]:
        """When what has such a key was last used, as `today` has it."""
        return {**dict(self._db.execute(_DAYS)), **dict.fromkeys(self._touched, today())}

    def recall(self, topic: str, key: str) -> Any:
        """What was remembered under this key, or None."""
        row = self._db.execute(
            f"SELECT value {_MEMO} AND topic = ? AND key = ?", (topic, key)
        ).fetchone()
        return None if row is None else _value(row[0])

    def remember(self, topic: str, facts: Iterable[tuple[str, Any]]) -> None:
        """Keep a JSON value for each key, in place of what was there."""
        rows = [(topic, key, json.dumps(value)) for key, value in facts]
        self._write("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", rows)

    def forget(self, topic: str, keys: Iterable[str]) -> None:
        """Drop what was remembered under these keys."""
        rows = [(topic, key) for key in keys]
        self._write("DELETE FROM memo WHERE topic = ? AND key = ?", rows)

    def topics(self) -> list[str]:
        """The topics under which something is remembered."""
        return [row[0] for row in self._db.execute(f"SELECT DISTINCT topic {_MEMO} ORDER BY 1")]

    def memories(self, topic: str) -> dict[str, Any]:
        """All that is remembered of a topic."""
        rows = self._db.execute(f"SELECT key, value {_MEMO} AND topic = ?", (topic,))
        return {key: _value(value) for key, value in rows}

    def entries(self, keys: Iterable[str] | None = None) -> dict[str, Entry]:
        """The verdicts kept under these keys; all of them when none are given."""
        if keys is None:
            return _entries(self._db.execute(_VERDICTS))
        rows = [self._db.execute(f"{_VERDICTS} AND key = ?", (key,)).fetchone() for key in keys]
        found = _entries(filter(None, rows))
        if not self.trusts_others:
            elsewhere = self.hosts_of(found)
            found = {key: entry for key, entry in found.items() if key not in elsewhere}
        self.touch(found)
        return found

    def hosts_of(self, keys: Iterable[str]) -> dict[str, str]:
        """The machines that found these verdicts out, of those that others did."""
        rows = [self._db.execute(f"{_HOSTS} AND key = ?", (key,)).fetchone() for key in keys]
        return dict(filter(None, rows))

    @property
    def is_lasting(self) -> bool:
        """Whether what is kept outlives the run."""
        return bool(self._db.execute("PRAGMA database_list").fetchone()[2])

    @property
    def is_empty(self) -> bool:
        """Whether no verdict is kept."""
        return self._db.execute("SELECT 1 FROM verdict LIMIT 1").fetchone() is None

    def keep(self, entries: Iterable[Entry]) -> None:
        """Keep these verdicts; at once, so that an interrupted run has them."""
        kept = list(entries)
        rows = [(e.key, e.verdict, e.seconds, e.memory, e.messages, e.uses) for e in kept]
        self.touch(row[0] for row in rows)
        self._write("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?)", rows)
        ours = self.hosts_of(e.key for e in kept if not e.host)  # no more of others
        self._write("DELETE FROM elsewhere WHERE key = ?", [(key,) for key in ours])
        hosts = [(e.key, e.host) for e in kept if e.host]
        self._write("INSERT OR REPLACE INTO elsewhere VALUES (?, ?)", hosts)

    def drop(self, keys: Iterable[str]) -> None:
        """Drop the verdicts under these keys."""
        rows = [(key,) for key in keys]
        self._touched.difference_update(key for (key,) in rows)
        self._write("DELETE FROM verdict WHERE key = ?", rows)

    def shrink(self) -> None:
        """Give back the room of what was dropped."""
        self._write(_UNUSED, [()])
        self._write(_UNKNOWN, [()])
        self._db.execute("VACUUM")

    @property
    def size(self) -> int:
        """In bytes."""
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        (bytes_each,) = self._db.execute("PRAGMA page_size").fetchone()
        return int(pages * bytes_each)

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Where there is no room, or no right, to write, the ledger goes on in memory."""
        try:
            with self._db:
                self._db.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            self._warn(f"the ledger cannot be written ({error}); what is learnt now is forgotten")
            file, self._db = self._db, sqlite3.connect(":memory:")
            with closing(file):
                file.backup(self._db)
            with self._db:
                self._db.executemany(statement, rows)

    def _open(self, path: Path) -> sqlite3.Connection:
        try:
            if path.is_symlink():  # it came with the project: what it leads to is not ours
                raise sqlite3.DatabaseError("it is a link")
            _see_that_locks_work(path)
            with _turn(path.parent):
                return _connect(str(path))
        except sqlite3.OperationalError as error:  # no such folder, not writable
            self._warn(f"{path} cannot be written ({error}); what is learnt now is forgotten")
            return _connect(":memory:")
        except sqlite3.DatabaseError as error:
            aside = path.with_name(f"{path.name}.broken-{os.getpid()}")
            _move(path, aside)
            self._warn(f"{path} is broken ({error}); set aside as {aside.name}, begun anew")
            return _connect(str(path))


def _entries(rows: Iterable[Any]) -> dict[str, Entry]:
    """The verdicts; one with words that are no stand-in counts as absent: coqc executes these."""
    entries = (Entry(*row) for row in rows)
    return {e.key: e for e in entries if not e.uses or is_stand_in(e.uses)}


def today() -> int:
    """The number of the day."""
    return int(time.time() // 86_400)


def is_there(folder: Path) -> bool:
    """Whether there is a ledger in the project's folder."""
    return any((folder / place).exists() for place in (PLACE, OLD_PLACE))


def _path(root: Path) -> Path:
    """Where the ledger is; one in the place of old is taken over, or used where it cannot be."""
    path, old = root / PLACE, root / OLD_PLACE
    try:
        with _turn(make_side_folder(root)):
            needs_nothing = path.exists() or not old.is_file()
            return path if needs_nothing or _take_over(old, path) else old
    except OSError:
        return old if old.is_file() else path


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Of those who open a ledger there: sqlite does not wait for who sets the mode of a new one."""
    try:
        place = os.open(folder, os.O_RDONLY)
    except OSError:  # it will say so itself
        yield
        return
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def _see_that_locks_work(path: Path) -> None:
    """Raises OperationalError where they do not; sqlite would take the file for a busy one.

    Tried on another file: to close the ledger's would undo what this process has locked of it.
    """
    try:
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC  # it may be a pipe
        other = os.open(path.with_name(".gitignore"), flags)
        try:
            fcntl.lockf(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
        finally:
            os.close(other)
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise sqlite3.OperationalError(f"locks: {error.strerror}") from error


def _take_over(old: Path, path: Path) -> bool:
    """Move the ledger, unless a process has it open: what it writes then would be lost."""
    try:
        with closing(sqlite3.connect(old, timeout=0)) as db:
            refuse_foreign(db)
            db.execute("PRAGMA journal_mode = DELETE")  # fails where others have it open
            db.execute("BEGIN EXCLUSIVE")
            _move(old, path)
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:  # broken: it is set aside in the new place
        _move(old, path)
    return True


def _move(path: Path, to: Path) -> None:
    """With what sqlite keeps beside it, which it would take for another file's."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(to.with_name(to.name + suffix))


def _value(text: str) -> Any:
    """What was remembered; as good as nothing where nobody can read it."""
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None


def _connect(name: str) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=BUSY_SECONDS)
    try:
        refuse_foreign(db)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        migrate(db)
    except BaseException:
        db.close()
        raise
    return db
