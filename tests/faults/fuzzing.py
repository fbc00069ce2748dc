"""Fuzzers: what is damaged, and what must hold after that.

Each of FUZZERS takes examples of a kind and raises AssertionError where one is not met by a right
answer or by one clear message. The suite tries a few of each; tests.benchmarks.faults goes on.
"""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from checker.knowledge.schema import MIGRATIONS
from checker.knowledge.store import PLACE
from checker.shim.protocol import Channel
from makegen.base.errors import MachineError, UserError
from makegen.generate.dodo import render_dodo
from makegen.generate.makefile import render_makefile
from makegen.project.project import read_project
from tests.faults.damage import DAMAGES, PROJECT_FILE, Damage, damaged
from tests.helpers import Coq, workers_of, write_files, write_project
from tests.managers import manager

PATIENCE = 600  # seconds: then it hangs

SECTION = """\
Section Own.
  Variable n : nat.
  Hypothesis positive : n <> 0.
  Lemma not_zero : n <> 0.
  Proof. exact positive. Qed.
End Own.
Lemma one : 1 = 1.
Proof. reflexivity. Qed.
"""
LEFT = """\
Require Import Top.Base.
Lemma good : 1 = 1.
Proof. exact one. Qed.
Lemma bad : 1 = 2.
Proof. exact one. Qed.
"""
SOURCES = {"Base.v": SECTION, "Left.v": LEFT}
TRUTH = {"not_zero": "checked", "one": "checked", "good": "checked", "bad": "wrong"}
COMMANDS = {
    "check": ("check",),
    "recheck": ("check", "--recheck"),
    "vio2vo": ("vio2vo",),
    "using": ("using",),
    "plan": ("plan",),
    "ledger": ("ledger",),
    "report": ("report", "-o", "report.html"),
}


@dataclass(frozen=True)
class Place:
    """Where a fuzzer works: a folder of its own, and a project that was checked and made."""

    coq: Coq
    folder: Path

    @property
    def made(self) -> Path:
        """The project; made the first time."""
        made = self.folder / "made"
        if not made.exists():
            write_project(made, SOURCES)
            for words in (COMMANDS["vio2vo"], COMMANDS["check"]):
                said = self.coq.run("proof-checker", *words, "-f", "_Project", "-j2", cwd=made)
                assert said.returncode == 1, said
        return made

    def copy(self) -> Path:
        """A copy of it, to be damaged; its files are as old as in the original."""
        root = self.folder / "work"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.made, root)
        return root

    def run(self, root: Path, command: str) -> str:
        """Run a command to its end; what it says is right or one clear message."""
        told = root / "told.json"
        more = ("--json", str(told)) if command in ("check", "recheck", "vio2vo") else ()
        words = ("proof-checker", *COMMANDS[command], "-f", "_Project", *more)
        done = self.coq.run("timeout", "-s", "KILL", str(PATIENCE), *words, cwd=root)
        said = f"{command}: exit {done.returncode}\n{done.stdout[-600:]}\n{done.stderr[-1500:]}"
        see_one_answer(done, said)
        assert not workers_of(root), said
        if done.returncode == 1:
            assert more, said
        if more and done.returncode in (0, 1):
            see_the_truth(json.loads(told.read_text()), said, is_whole=command != "vio2vo")
        return said


def see_one_answer(done: subprocess.CompletedProcess[str], said: str) -> None:
    """No traceback, no defect, no hang; where it gave up, it says why."""
    assert "Traceback" not in said, said
    assert "defect" not in said, said
    assert done.returncode in (0, 1, 2, 3), said
    assert done.returncode < 2 or done.stderr.strip(), said


def see_the_truth(found: dict[str, Any], said: str, *, is_whole: bool) -> None:
    """Every proof has its verdict; where not all is run, none has another."""
    verdicts = {p["name"]: p["verdict"] for file in found["files"] for p in file["proofs"]}
    for name, verdict in TRUTH.items():
        told = verdicts.get(name, "skipped")
        assert told == verdict or (not is_whole and told in ("skipped", "lost")), f"{name}: {said}"


@dataclass(frozen=True)
class Fuzzer:
    """One kind of input, and what must hold of it."""

    examples: st.SearchStrategy[Any]
    holds: Callable[[Place, Any], object]  # raises AssertionError
    few: int  # how many the suite tries

    def run(self, place: Place, count: int, number: int) -> None:
        """Try so many."""

        @given(self.examples)
        def one(example: Any) -> None:
            self.holds(place, example)

        settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )(seed(number)(one))()


# ---- project files ----


def project_file(place: Place, content: bytes) -> None:
    """It is refused in one line, with its place and what to do, or can be made files of."""
    names = ("a.v", "sub/b.v", "c.ml", "d.mlg", "e.mlpack", "META.x")
    root = write_files(place.folder / "listed", dict.fromkeys(names, ""))
    (root / "_Project").write_bytes(content)
    try:
        project = read_project(root / "_Project")
        texts = render_makefile(project, "Makefile", ())
        dodo = render_dodo(project, "dodo.py", ())
    except (UserError, MachineError) as error:
        message = str(error).removeprefix(f"{root}/")
        assert message.isprintable()
        assert re.match(r"_Project(:\d+)?: .*; ", message), message
        return
    assert all(doubt.isprintable() for doubt in project.doubts)
    compile(dodo, "dodo.py", "exec")
    assert all(text.endswith("\n") for text in texts)


# ---- files beside the sources, and ours ----

FILES = st.sampled_from(
    [
        *("Base.vo", "Base.vos", "Base.vok", "Base.vio", "Base.glob", ".Base.aux", ".Left.aux"),
        *("Left.vo", "Left.vos", "Left.vio", "_Project"),
        *(PLACE, f"{PLACE}-wal", f"{PLACE}-shm", ".proof-makefile/lock"),
        *(".proof-makefile/.gitignore", "stand-in"),
    ]
)
RUNS = st.sampled_from(["check", "check", "recheck", "vio2vo", "using", "plan", "ledger", "report"])


@dataclass(frozen=True)
class Rot:
    """A file that is damaged, and looks new, or not."""

    file: str
    damages: list[Damage]
    is_new: bool
    runs: list[str]


ROT = st.builds(Rot, FILES, DAMAGES, st.booleans(), st.lists(RUNS, min_size=1, max_size=2))
LEDGERS = st.sampled_from([PLACE, f"{PLACE}-wal"])
ROT_OF_LEDGER = st.builds(
    Rot, LEDGERS, DAMAGES, st.booleans(), st.lists(RUNS, min_size=1, max_size=1)
)


def rotten(place: Place, rot: Rot) -> None:
    """What is said after that is right, or one message; and again, once the damage is away."""
    root = place.copy()
    for path in _files(root, rot.file):
        was = path.stat() if path.exists() else None
        content = path.read_bytes() if was else b""
        path.unlink(missing_ok=True)
        path.write_bytes(damaged(content, rot.damages))
        if was and not rot.is_new:
            os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    for command in rot.runs:
        place.run(root, command)


def _files(root: Path, name: str) -> list[Path]:
    if name != "stand-in":
        return [root / name]
    return sorted(p for p in root.glob(".proof-makefile/stand-ins/**/*") if p.is_file())[:1]


# ---- ledgers of another kind ----

VALUE = st.one_of(
    st.none(), st.integers(-9, 9), st.floats(), st.text(max_size=9), st.binary(max_size=9)
)
ROWS = st.lists(st.tuples(VALUE, VALUE, VALUE, VALUE, VALUE, VALUE), max_size=3)


@dataclass(frozen=True)
class Odd:
    """What stands in a ledger in the place of what we wrote."""

    version: int
    change: str  # rows, other, dropped, columns, empty
    rows: list[tuple[Any, ...]]


ODD_LEDGER = st.builds(
    Odd,
    st.integers(0, len(MIGRATIONS) + 2),
    st.sampled_from(["rows", "values", "other", "dropped", "columns", "empty"]),
    ROWS,
)


def odd_ledger(place: Place, odd: Odd) -> None:
    """A ledger whose values, tables or version are not ours."""
    import sqlite3  # noqa: PLC0415

    root = place.copy()
    with contextlib.closing(sqlite3.connect(root / PLACE)) as db, db:
        match odd.change:
            case "rows":
                keys = [key for (key,) in db.execute("SELECT key FROM verdict")]
                for key, row in zip(keys, odd.rows, strict=False):
                    with contextlib.suppress(sqlite3.Error, OverflowError):
                        db.execute(
                            "UPDATE verdict SET seconds = ?, memory = ?, messages = ?, uses = ?"
                            " WHERE key = ?",
                            (*row[:4], key),
                        )
            case "values":
                for value, *_ in odd.rows:
                    with contextlib.suppress(sqlite3.Error):
                        db.execute("UPDATE memo SET value = ?", (json.dumps(str(value)),))
            case "other":
                for table in ("memo", "verdict", "used"):
                    db.execute(f"DROP TABLE {table}")
                db.execute("CREATE TABLE other (a, b)")
            case "dropped":
                db.execute("DROP TABLE verdict")
            case "columns":
                db.execute("ALTER TABLE verdict RENAME COLUMN uses TO used")
            case _:
                db.execute("DELETE FROM memo")
        db.execute(f"PRAGMA user_version = {odd.version}")
    place.run(root, "check")


EXPORTED = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["key", "verdict", "seconds", "memory", "messages", "uses", "x"]),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=8,
)


def imported(place: Place, values: list[Any]) -> None:
    """An export that nobody wrote is imported or refused, and a check is right after it."""
    root = place.copy()
    lines = [json.dumps("proof-checker ledger 1"), *map(json.dumps, values)]
    (root / "export").write_text("\n".join(lines) + "\n")
    words = ("proof-checker", "ledger", "-f", "_Project", "import", "export")
    done = place.coq.run(*words, cwd=root)
    said = f"import: {done.returncode} {done.stdout}{done.stderr}"
    see_one_answer(done, said)
    assert done.returncode in (0, 2), said
    if done.returncode == 0:
        place.run(root, "check")


# ---- sources ----


def source(place: Place, damages: list[Damage]) -> None:
    """A damaged source is judged as by coqc."""
    root = place.folder / "source"
    shutil.rmtree(root, ignore_errors=True)
    write_project(root, {"A.v": SECTION})
    (root / "A.v").write_bytes(damaged(SECTION.encode(), damages))
    flags = ("-q", "-Q", ".", "Top", "-o", str(place.folder / "A.vo"), "-noglob")
    theirs = place.coq.run(*place.coq.toolchain.coqc, *flags, "A.v", cwd=root)
    words = ("proof-checker", "check", "-f", "_Project", "-j2")
    done = place.coq.run("timeout", "-s", "KILL", str(PATIENCE), *words, cwd=root)
    said = f"exit {done.returncode}, coqc {theirs.returncode}\n{done.stdout}{done.stderr}"
    see_one_answer(done, f"{said}\n{theirs.stderr}")
    assert (done.returncode == 0) == (theirs.returncode == 0), f"{said}\n{theirs.stderr}"
    assert done.returncode in (0, 1), said


# ---- sockets ----

LINE = st.one_of(
    st.binary(max_size=40),
    st.builds(
        lambda word, number: f"{word} {number}\n".encode(),
        st.sampled_from(["HELLO", "GET", "TRYGET", "GIVEBACK", "PING", "TOKENS", "HELLO LOW", ""]),
        st.sampled_from(["", "LOW", "HIGH", "1", "0", "-1", "99999999999999", "1 1", "x"]),
    ),
)


def work_manager(place: Place, sessions: list[list[bytes]]) -> None:
    """Whatever its clients say, the next one gets all its tokens."""
    with manager(place.coq, 2) as running:
        for lines in sessions:
            address = ("127.0.0.1", running.port)
            with socket.create_connection(address) as one, contextlib.suppress(OSError):
                for line in lines:
                    one.sendall(line)
        with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as last:
            last.sendall(b"HELLO HIGH\nGET 2\n")
            assert last.recv(64).startswith(b"TOKENS ")
        assert running.process.poll() is None


def worker_channel(_: Place, packets: list[bytes]) -> None:
    """A packet of a coqc is a request, or refused as none of our shim's."""
    import asyncio  # noqa: PLC0415

    async def hear() -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        channel = Channel(ours)
        with theirs:
            for packet in packets:
                theirs.send(packet)
        for _ in packets:
            with contextlib.suppress(ValueError):
                await channel.receive()
        channel.close()

    asyncio.run(hear())


def editor(place: Place, chunks: list[bytes]) -> None:
    """The language server ends with its input, whatever that was."""
    done = subprocess.run(
        ["proof-checker", "lsp", "-j", "1"],
        cwd=place.folder,
        env=place.coq.environ,
        input=b"".join(chunks),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    said = f"exit {done.returncode}\n{done.stdout[-500:]!r}\n{done.stderr[-3000:].decode()}"
    assert b"defect" not in done.stderr, said
    assert b"Traceback" not in done.stderr + done.stdout, said
    assert done.returncode in (0, 1, 2, 3), said


def _framed(body: bytes, length: int) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body) + length, body)


METHODS = st.sampled_from(
    [
        *("initialize", "initialized", "shutdown", "exit", "textDocument/didOpen"),
        *("textDocument/hover", "textDocument/didChange", "workspace/executeCommand", "none", ""),
    ]
)
MESSAGE = st.builds(
    lambda number, method, params: json.dumps(
        {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    ).encode(),
    st.one_of(st.integers(), st.text(max_size=3), st.none()),
    METHODS,
    EXPORTED,
)
CHUNK = st.one_of(
    st.binary(max_size=30),
    st.builds(
        _framed, st.one_of(MESSAGE, st.binary(max_size=20)), st.sampled_from([0, 0, 0, 1, -1])
    ),
)

PACKET = st.one_of(
    st.binary(min_size=1, max_size=60),
    st.builds(
        lambda kind, rest: kind + rest,
        st.sampled_from([b"H", b"R", b"K", b"E", b"X"]),
        st.binary(min_size=39, max_size=39),
    ),
)

FUZZERS = {
    "project files": Fuzzer(PROJECT_FILE, project_file, 100),
    "rotten files": Fuzzer(ROT, rotten, 3),
    "rotten ledgers": Fuzzer(ROT_OF_LEDGER, rotten, 3),
    "odd ledgers": Fuzzer(ODD_LEDGER, odd_ledger, 3),
    "imports": Fuzzer(st.lists(EXPORTED, max_size=3), imported, 2),
    "sources": Fuzzer(DAMAGES, source, 2),
    "work manager": Fuzzer(st.lists(st.lists(LINE, max_size=6), max_size=6), work_manager, 5),
    "channel of a worker": Fuzzer(st.lists(PACKET, max_size=4), worker_channel, 100),
    "editors": Fuzzer(st.lists(CHUNK, max_size=5), editor, 3),
}
