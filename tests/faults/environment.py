"""What can be wrong with a machine, as words before a command; most of it needs root."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.fuzzing import PATIENCE, SOURCES, see_one_answer, see_the_truth
from tests.helpers import Coq, workers_of, write_project


def _has_mounts() -> bool:
    """Whether we may mount what we like where nobody else sees it; root in a container may not."""
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        return False
    return subprocess.run([unshare, "-m", "true"], capture_output=True, check=False).returncode == 0


IS_ROOT = _has_mounts()
FUTURE, LONG_AGO = 4_000_000_000, 0
# Root without its rights: another user, to whom a folder of `nobody` is closed.
STRANGER = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--")
NOBODY = 65534


@dataclass(frozen=True)
class Fault:
    """A fault, and who can bring it about."""

    # Shell, before the command; in a name space of its own where root is needed. It must succeed.
    before: str = ":"
    environ: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Path], object] = lambda _: None
    prefix: tuple[str, ...] = ()
    after: str = ""  # shell, behind the command
    needs_root: bool = True
    needs: str = ""  # a program


def limit(words: str) -> Fault:
    """A limit of the shell."""
    return Fault(before=f"ulimit {words}", needs_root=False)


def environ(**given: str) -> Fault:
    """Variables."""
    return Fault(environ=given, needs_root=False)


def _disk(options: str, left: int) -> Fault:
    """The project is on a disk of its own, where so many kB are left."""
    mount = f"mkdir ../disk && mount -t tmpfs -o {options} none ../disk && cp -a . ../disk"
    room = f"$((1024 * ($(df --output=avail ../disk | tail -1) - {left})))"
    fill = f"head -c {room} /dev/zero > ../disk/filled"
    return Fault(before=f"{mount} && {fill} && mount --bind ../disk . && cd .")


def _hidden(folder: str) -> Fault:
    """A folder of the system in which nothing is, nor can be."""
    return Fault(before=f"mount -t tmpfs -o ro,size=4k none {folder}")


def _times(stamp: int) -> Callable[[Path], object]:
    def dated(root: Path) -> None:
        for path in root.iterdir():
            os.utime(path, (stamp, stamp))

    return dated


def _others(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def _blocked(name: str) -> Callable[[Path], object]:
    """Where we would write a file, there is a folder that is not empty."""
    return lambda root: (root / name / "x").mkdir(parents=True)


def _replaced(name: str) -> Callable[[Path], object]:
    """Where we would make a folder, there is a file."""
    return lambda root: (root / name).write_text("")


FAULTS = {
    "disk full at once": _disk("size=8m", 0),
    "disk full soon": _disk("size=8m", 60),
    "disk full later": _disk("size=8m", 4000),
    "no inodes": _disk("size=8m,nr_inodes=10", 4000),
    "files of 10 kB at most": limit("-f 20"),
    "files of 0 bytes at most": limit("-f 0"),
    "60 MB of memory": limit("-v 60000"),
    "150 MB of memory": limit("-v 150000"),
    "400 MB of memory": limit("-v 400000"),
    "10 open files": limit("-n 10"),
    "16 open files": limit("-n 16"),
    "24 open files": limit("-n 24"),
    "64 open files": limit("-n 64"),
    "256 kB of stack": limit("-s 256"),
    "1 s of CPU": limit("-t 1"),
    "read-only folder": Fault(before="mount --bind . . && mount -o remount,ro,bind . && cd ."),
    "folder of another": Fault(prepare=_others, prefix=STRANGER),
    "our folder is a file": Fault(prepare=_replaced(".proof-makefile"), needs_root=False),
    "ledger is a folder": Fault(prepare=_blocked(".proof-makefile/proofs.db"), needs_root=False),
    "lock is a folder": Fault(prepare=_blocked(".proof-makefile/lock"), needs_root=False),
    "HOME is not set": Fault(before="unset HOME", needs_root=False),
    "HOME is nowhere": environ(HOME="/nowhere/x"),
    "HOME is a file": environ(HOME="/etc/passwd"),
    "HOME is relative": environ(HOME="here", XDG_CACHE_HOME="there"),
    "nothing is set": Fault(prefix=("env", "-i"), needs_root=False),
    "TMPDIR is nowhere": environ(TMPDIR="/nowhere"),
    "no room in /tmp": Fault(
        before="mkdir ../tmp && mount -t tmpfs -o size=4k none ../tmp"
        " && export TMPDIR=$PWD/../tmp && ! head -c 9999 /dev/zero > ../tmp/x"
    ),
    "no /proc": _hidden("/proc"),
    "no /dev/shm": _hidden("/dev/shm"),
    "POSIX": environ(LC_ALL="POSIX", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
    "Turkish": environ(LC_ALL="tr_TR.UTF-8"),
    "ASCII": environ(PYTHONIOENCODING="ascii"),
    "files from the future": Fault(prepare=_times(FUTURE), needs_root=False),
    "files from 1970": Fault(prepare=_times(LONG_AGO), needs_root=False),
    "clock ahead": Fault(prefix=("faketime", "-f", "+400d"), needs="faketime", needs_root=False),
    "clock behind": Fault(prefix=("faketime", "-f", "-400d"), needs="faketime", needs_root=False),
    "clock goes on jumping": Fault(
        prefix=("faketime", "-f", "+0 x50"), needs="faketime", needs_root=False
    ),
    "no locks": environ(LD_PRELOAD="NO_LOCKS"),
    "stdin closed": Fault(after="<&-", needs_root=False),
    "stdout closed": Fault(after=">&-", needs_root=False),
    "stderr closed": Fault(after="2>&-", needs_root=False),
    "all closed": Fault(after="<&- >&- 2>&-", needs_root=False),
    "stdout is full": Fault(after="> /dev/full", needs_root=False),
    "stderr is full": Fault(after="2> /dev/full", needs_root=False),
    "who reads us goes": Fault(after="2>&1 | head -c 1", needs_root=False),
    "SIGPIPE is ignored": Fault(before="trap '' PIPE HUP", after="| true", needs_root=False),
}
COMMANDS = ("check", "interfaces", "vio2vo", "make")
NO_FAULT = 97  # exit code where it could not be brought about
SILENT = ("closed", "is full", "goes", "ignored")  # nobody hears what is said


def see_a_command_meet(name: str, command: str, coq: Coq, root: Path, no_locks: str) -> int:
    """What it says with the fault is right, or one message; the exit code."""
    fault = FAULTS[name]
    write_project(root, SOURCES)
    if command == "make":
        assert (
            coq.run("proof-makefile", "-f", "_Project", "-o", "Makefile", cwd=root).returncode == 0
        )
    fault.prepare(root)
    told = root.with_name("told.json")
    words = _words(command, told)
    given = {key: value.replace("NO_LOCKS", no_locks) for key, value in fault.environ.items()}
    temporary = root.with_name("temporary")
    temporary.mkdir()
    if fault.prefix[:1] == ("env",):
        words = (f"PATH={coq.environ['PATH']}", *words)
    inner = shlex.join((*fault.prefix, *words))
    script = f"{{ {fault.before}; }} || exit {NO_FAULT}; {inner} {fault.after}"
    space = ("unshare", "-m", "--propagation", "private") if fault.needs_root else ()
    done = coq.run(
        *("timeout", "-s", "KILL", str(PATIENCE), *space, "bash", "-o", "pipefail", "-c", script),
        cwd=root,
        environ={"TMPDIR": str(temporary), **given},
    )
    said = f"{name}, {command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.returncode != NO_FAULT, said
    if any(word in name for word in SILENT):
        assert done.returncode in (0, 1, 2, 3, 141), said
    elif command == "make":
        assert "Traceback" not in said, said
        assert done.returncode == 2, said
        assert done.stderr, said
    else:
        see_one_answer(done, said)
    assert not workers_of(root), said
    if command in ("check", "vio2vo") and done.returncode < 2:
        assert done.returncode == 1, said
        if told.exists() or not any(word in name for word in SILENT):
            see_the_truth(_read(told), said, is_whole=command == "check")
    return done.returncode


def see_that_nothing_is_left(coq: Coq, root: Path) -> None:
    """A check in the folder, when all is well again, is right."""
    told = root.with_name("told.json")
    told.unlink(missing_ok=True)
    done = coq.run(*_words("check", told), cwd=root)
    said = f"afterwards: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.returncode == 1, said
    see_the_truth(_read(told), said, is_whole=True)


def _words(command: str, told: Path) -> tuple[str, ...]:
    if command == "make":
        return ("make", "-k", "-j2")
    more = () if command == "interfaces" else ("--json", str(told))
    return ("proof-checker", command, "-f", "_Project", "-j2", *more)


def _read(told: Path) -> "dict[str, object]":
    import json  # noqa: PLC0415

    found: dict[str, object] = json.loads(told.read_text())
    return found


_NO_LOCK_WORKS = """
import fcntl, tempfile
with tempfile.TemporaryFile() as file:
    for lock in (fcntl.flock, fcntl.lockf):
        try:
            lock(file, fcntl.LOCK_EX)
        except OSError:
            continue
        raise SystemExit(f"{lock} works")
"""


def compile_no_locks(folder: Path) -> str:
    """The library that makes locks fail."""
    made = folder / "no_locks.so"
    source = Path(__file__).with_name("no_locks.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    environ = {**os.environ, "LD_PRELOAD": str(made)}
    subprocess.run([sys.executable, "-c", _NO_LOCK_WORKS], env=environ, check=True)
    return str(made)
