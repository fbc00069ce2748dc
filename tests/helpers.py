"""What tests share: the Coqs that are there, small projects, copies of real libraries."""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from checker.knowledge.store import Ledger
from checker.report.events import Tell
from checker.run.run import Run
from checker.workers.manager.limit import Limit
from makegen.coq.toolchain import Toolchain, find_toolchain
from makegen.project.project import read_project

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parent


@dataclass(frozen=True)
class Coq:
    """One Coq of the test matrix, prepared by tests/matrix.sh."""

    name: str  # 8.16, 8.20 or 9.2
    version: str  # such as 8.16.1
    folder: Path  # with coqc, coqdep, ...

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a user who has this Coq, and our commands, first on PATH."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("COQ", "ROCQ", "MAKE"))}
        path = (str(Path(sys.executable).parent), str(self.folder), os.environ["PATH"])
        seen = {"PROOF_CHECKER_SYSROOT": str(self.folder.parent / "root")}
        shown = {"SHOWN_COQC": "COQC", "SHOWN_COQDEP": "COQDEP"}  # by make, with every Coq
        return {**kept, **seen, **shown, "PATH": os.pathsep.join(path)}

    @property
    def toolchain(self) -> Toolchain:
        """What find_toolchain says of it."""
        return find_toolchain(self.environ)

    def run(
        self, *command: str | Path, cwd: Path, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command for this Coq to its end, whatever its exit code; `environ` adds to ours.

        Errors come in stderr, apart from stdout.
        """
        return subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env={**self.environ, **(environ or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(
        self, *command: str | Path, cwd: Path, environ: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Starts a command as `run` does, in a process group of its own.

        What it says on both outputs comes in stdout.
        """
        return subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env={**self.environ, **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def library(self, package: str) -> Path:
        """Debian's libcoq-`package` for this Coq: the folder that holds its logical root.

        Only read it: the folder is a cache that all tests share. Fetched the first time.
        """
        return _library(self.name, package)


@functools.cache
def _library(name: str, package: str) -> Path:
    command = ["bash", str(TESTS / "matrix.sh"), "--library", name, package]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Path(done.stdout.strip())


@functools.cache
def every_coq() -> tuple[Coq, ...]:
    """The Coqs that are ready to use."""
    command = ["bash", str(TESTS / "matrix.sh"), "--print"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = (line.split(" ", 2) for line in done.stdout.splitlines())
    return tuple(Coq(name, version, Path(folder)) for name, version, folder in rows)


@dataclass(frozen=True)
class Make:
    """A GNU make, with one form of its jobserver."""

    name: str
    command: tuple[str, ...]


@functools.cache
def makes() -> tuple[Make, ...]:
    """This machine's make, and a make 4.4 of the matrix, whose jobserver is a fifo or a pipe."""
    found = [Make("own", ("make",))]
    for coq in every_coq():
        root = coq.folder.parent / "root"
        loader = root / "lib64/ld-linux-x86-64.so.2"
        if loader.exists():
            libraries = root / "lib/x86_64-linux-gnu"
            command = (str(loader), "--library-path", str(libraries), str(root / "usr/bin/make"))
            for style in ("fifo", "pipe"):
                found.append(Make(f"4.4 {style}", (*command, f"--jobserver-style={style}")))
            break
    return tuple(found)


# Two files to take as they are, where it does not matter what is good or wrong in them.
GOOD = "Lemma good : 1 = 1.\nProof. reflexivity. Qed.\n"
WRONG = "Lemma wrong : 1 = 2.\nProof. reflexivity. Qed.\n"

# Two proofs that do not say which section variables they use: one uses `positive`, one does not.
NUMBERS = """\
Section Numbers.
  Variable n : nat.
  Hypothesis positive : n <> 0.
  Lemma not_zero : n <> 0.
  Proof. exact positive. Qed.
  Lemma itself : n = n.
  Proof. reflexivity. Qed.
End Numbers.
"""


# Two files for tests that edit one and look what that does to the other.
BASE = f"""\
Definition two := 2.
Lemma two_is : two = 2.
Proof. reflexivity. Qed.
Lemma four : two + two = 4.
Proof. reflexivity. Qed.
{NUMBERS}"""
LEAF = """\
Require Import Top.Base.
Lemma use : two + two = 4.
Proof. exact four. Qed.
Lemma at_one : 1 <> 0.
Proof. apply (not_zero 1). discriminate. Qed.
"""


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """Writes the files, named relative to root, with the folders they need; gives root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def write_project(root: Path, sources: Mapping[str, str], flags: str = "-Q . Top") -> Path:
    """Writes the sources, and the _Project that lists them; gives root."""
    return write_files(root, {**sources, "_Project": "\n".join([flags, *sources, ""])})


def generate(coq: Coq, root: Path, output: str = "Makefile", project: str = "_Project") -> None:
    """Has proof-makefile write the output."""
    done = coq.run("proof-makefile", "-f", project, "-o", output, cwd=root)
    assert (done.returncode, done.stderr) == (0, "")


def write_coqc(coq: Coq, folder: Path, script: str) -> None:
    """Writes a coqc into the folder, and a coqdep, that run this script first."""
    run = f'exec "{coq.folder}/$(basename "$0")" "$@"\n'
    write_files(folder, dict.fromkeys(("coqc", "coqdep"), f"#!/bin/sh\n{script}\n{run}"))
    for tool in folder.iterdir():
        tool.chmod(0o755)


def check_words(*words: str, engine: str = "snapshot") -> tuple[str, ...]:
    """The command that checks a _Project with two workers."""
    return ("proof-checker", "check", "--engine", engine, "-f", "_Project", "-j", "2", *words)


def check(
    coq: Coq, root: Path, *words: str, engine: str = "snapshot", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Runs that command to its end, whatever it finds."""
    return coq.run(*check_words(*words, engine=engine), cwd=root, environ=environ)


class Project:
    """The files Base.v and Leaf.v, edited and checked again and again."""

    def __init__(self, coq: Coq, root: Path, base: str = BASE, leaf: str = LEAF) -> None:
        self.coq = coq
        self.root = write_project(root, {"Base.v": base, "Leaf.v": leaf})

    def check(self, *words: str, engine: str = "snapshot") -> subprocess.CompletedProcess[str]:
        """Runs a check to its end."""
        return check(self.coq, self.root, *words, engine=engine)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replaces a text that is there."""
        text = (self.root / file).read_text()
        assert old in text
        (self.root / file).write_text(text.replace(old, new))


def run_of(coq: Coq, project: Path, ledger: Ledger, tell: Tell = lambda _: None) -> Run:
    """A run over all files of a project file, with two workers."""
    sources = read_project(project)
    return Run(
        project=sources,
        toolchain=coq.toolchain,
        files=sources.v_files,
        workers=2,
        environ=coq.environ,
        ledger=ledger,
        tokens=Limit(2),
        tell=tell,
    )


# For each Debian package: its logical root, and the files that its own build leaves out.
LIBRARIES = {
    "ext-lib": ("ExtLib", frozenset({"Generic/Ind.v"})),
    "stdpp": ("stdpp", frozenset[str]()),
    "flocq": ("Flocq", frozenset[str]()),
}


def library_project(coq: Coq, package: str, root: Path) -> Path:
    """A project of the library's sources: root/theories/ and root/_Project; gives root."""
    logical, left_out = LIBRARIES[package]
    source = coq.library(package) / logical
    names = sorted(str(path.relative_to(source)) for path in source.rglob("*.v"))
    kept = [name for name in names if name not in left_out]
    for name in kept:
        target = root / "theories" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target)
    lines = [f"-Q theories {logical}", *(f"theories/{name}" for name in kept)]
    return write_files(root, {"_Project": "\n".join(lines) + "\n"})


def workers_of(root: Path) -> list[psutil.Process]:
    """The processes that work in this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(root) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found
