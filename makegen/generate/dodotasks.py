"""The doit tasks of a project: what a generated dodo.py calls. What they do is in dodoactions.

doit compares contents: a file that was touched is not compiled again, nor is what requires a .vos
that came out the same.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from doit import get_var
from doit.exceptions import InvalidDodoFile
from doit.tools import Interactive, config_changed

from makegen.base.errors import UserError
from makegen.base.exit import Exit
from makegen.base.guard import explain
from makegen.coq import coqfiles
from makegen.coq.requires import Requires, forget_deleted, read_requires
from makegen.coq.toolchain import Toolchain, find_toolchain
from makegen.generate import completed, dodoplugins
from makegen.generate.dodoactions import (
    Checker,
    Installer,
    action,
    compile_one,
    compile_vo,
    destdir,
    install_all,
    print_times,
    refuse,
    run_coqdoc,
    run_quietly,
    write,
)
from makegen.generate.install import install, uninstall
from makegen.generate.makefile import checked_project, files_text
from makegen.project.loadpath import PathKind
from makegen.project.project import Project
from makegen.project.request import parse, project_of

Task = dict[str, object]
MEMORY = Path(".dodo.requires.json")
DATABASE = ".dodo.db"  # doit's
OWN_FILES = (DATABASE, str(MEMORY), str(completed.RECORD), str(completed.BEGUN), ".dodo.project")


@dataclass(frozen=True)
class Tasks:
    """The tasks of one project; each method gives the tasks of one function of dodo.py."""

    project: Project
    toolchain: Toolchain
    requires: Requires
    refusal: UserError | None  # what is against the sources: one is absent, coqdep refuses one
    extra: tuple[str, ...]  # COQEXTRAFLAGS, words for coqc beside the project's
    workers: int | None  # J

    @property
    def config(self) -> dict[str, object]:
        """DOIT_CONFIG: J alone makes doit parallel too; sqlite3 survives a kill."""
        return {
            "default_tasks": ["all"],
            "verbosity": 2,
            "num_process": self.workers or 0,
            "backend": "sqlite3",
            "dep_file": DATABASE,
        }

    def all(self) -> Iterator[Task]:
        """F.vo of every source, each with the cleaning of whatever was made of F."""
        for source in self.project.v_files:
            made = (*coqfiles.outputs(source), coqfiles.aux(source))
            task = self._compile(source, ".vo", coqfiles.make_vo, self.project.v_files)
            required = (source, *self.requires.get(source, ()))
            words = [required, self._config_words, self._coqc, source, self.project.v_files]
            yield {
                **task,
                "actions": [action(compile_vo, *words)],
                "clean": [action(coqfiles.remove, made)],
            }

    def quick(self) -> Iterator[Task]:
        """F.vio of every source where coqc has them, else F.vos."""
        if not self.toolchain.has_vio:
            yield {
                "name": None,
                "doc": "compile every file without its proofs",
                "task_dep": ["vos"],
            }
            return
        for source in self.project.v_files:
            yield self._compile(source, ".vio", coqfiles.make_vio)

    def vos(self) -> Iterator[Task]:
        """F.vos of every source; an empty one, which coqc leaves beside F.vo, does not count."""
        for source in self.project.v_files:
            task = self._compile(source, ".vos", coqfiles.make_vos)
            yield {**task, "uptodate": [self._config, (coqfiles.is_real_vos, [source])]}

    def vok(self) -> Iterator[Task]:
        """F.vok of every source: F checked against the .vos of what it requires."""
        for source in self.project.v_files:
            task = self._compile(source, ".vok", coqfiles.make_vok)
            yield {**task, "file_dep": self._file_dep(source, ".vos")}

    def check(self, command: str) -> Task:
        """proof-checker check or vio2vo, on the terminal itself so that it can show progress."""
        is_ours = self._checked_project != self.project.origin
        words = [
            *self._checker(command),
            *([] if self.workers is None else ["-j", str(self.workers)]),
            *(_given_words("CHECKPROOFSFLAGS") if command == "check" else ()),
            *(f"--arg={word}" for word in (*self.project.arguments * is_ours, *self.extra)),
        ]
        # The check makes the interfaces that it needs, so that a wrong file does not stop it.
        needs_quick = command == "vio2vo" and self.toolchain.has_vio
        actions = [*self._written_project, Checker(words, shell=False)]
        if command == "vio2vo":
            begin = action(completed.begin, self.project.v_files)
            record = action(completed.record, self.project.v_files, self._config_words)
            actions = [begin, *actions, record]
        return {
            "actions": actions,
            "task_dep": ["quick" if needs_quick else "_sources", "_plugins"],
            "uptodate": [False],
        }

    def times(self) -> Task:
        """What compiling took."""
        return {
            "actions": [print_times],
            "getargs": {"costs": ("all", "cost")},
            "uptodate": [False],
        }

    def html(self) -> Task:
        """coqdoc's pages in the folder html, as `make html` writes them."""
        files = [coqfiles.made(v, suffix) for v in self.project.v_files for suffix in (".v", ".vo")]
        command = [
            *self.toolchain.coqdoc,
            *("-toc", "-interpolate", "-utf8", "-html", "-d", "html"),
            *self._coq_paths,
        ]
        return {
            "actions": [action(run_coqdoc, command, self.project.v_files)],
            "file_dep": files,
            "targets": ["html/index.html"],
            "clean": [(shutil.rmtree, ["html", True])],
        }

    def validate(self) -> Task:
        """coqchk over every .vo."""
        compiled = [coqfiles.made(v, ".vo") for v in self.project.v_files]
        command = [*self.toolchain.coqchk, "-silent", "-o", *self._coq_paths, *compiled]
        return {"actions": [Interactive(command, shell=False)], "file_dep": compiled}

    def install(self) -> Task:
        """Every .vo, .v, .glob and plugin, as coq_makefile installs them."""
        return {"actions": self._installing("install", install), "task_dep": ["all"]}

    def uninstall(self) -> Task:
        """The same files away again, and the folders that this empties."""
        return {"actions": self._installing("uninstall", uninstall)}

    def sources(self) -> Task:
        """Fails where a source is absent or coqdep refuses one; everything waits for it.

        What `make quick` made with hints is removed: doit makes its own, without.
        """
        undo: list[object] = []
        if any(coqfiles.has_hints(Path(coqfiles.aux(v))) for v in self.project.v_files):
            undo = [
                *self._written_project,
                action(run_quietly, [*self._checker("hints"), "--undo"]),
            ]
        refusing = [action(refuse, self.refusal)] if self.refusal else []
        return {
            "actions": [*undo, *refusing],
            "clean": [action(coqfiles.remove, OWN_FILES)],
        }

    def plugins(self) -> Task:
        """The OCaml plugins; every compilation waits for them, and is done again with new ones."""
        sources = dodoplugins.sources(self.project)
        if not sources:
            return {"actions": []}
        return {
            "actions": [action(dodoplugins.make, self.project, "optfiles")],
            "file_dep": sources,
            "targets": self._plugins,
            "uptodate": [self._config],
            "clean": [action(dodoplugins.clean, self.project)],
        }

    @property
    def _plugins(self) -> list[str]:
        return dodoplugins.products(self.project)

    def _installing(self, goal: str, installer: Installer) -> list[object]:
        if self._plugins:
            return [action(dodoplugins.make, self.project, goal, f"DESTDIR={destdir()}")]
        return [action(install_all, installer, self.project, self.toolchain)]

    @property
    def _checked_project(self) -> str:
        return checked_project(self.project, "dodo")

    @property
    def _written_project(self) -> list[object]:
        """The action that writes the project file for the checker, where there is none."""
        if self._checked_project == self.project.origin:
            return []
        return [action(write, self._checked_project, files_text(self.project))]

    def _checker(self, command: str) -> list[str]:
        checker = shlex.split(os.environ.get("PROOF_CHECKER", ""))
        ours = checker or [sys.executable, "-P", "-m", "checker"]
        return [*ours, command, "-f", self._checked_project]

    @property
    def _config_words(self) -> str:
        """What a result depends on beside files: the Coq at hand and its options."""
        return repr((self.toolchain.build, *self.project.coq_flags, *self.extra))

    @property
    def _coq_paths(self) -> list[str]:
        """The -Q and -R of the project, which coqdoc and coqchk take."""
        paths = (path for path in self.project.load_paths if path.kind is not PathKind.I)
        return [word for path in paths for word in path.flags]

    @property
    def _config(self) -> config_changed:
        return config_changed({"coqc": self._config_words})

    @property
    def _coqc(self) -> list[str]:
        return [*self.toolchain.coqc, "-q", *self.project.coq_flags, *self.extra]

    def _compile(
        self, source: str, suffix: str, make: Callable[..., Exit], *rest: Sequence[str]
    ) -> Task:
        target = coqfiles.made(source, suffix)
        return {
            "name": target,
            "doc": f"{suffix} of {source}",
            "actions": [action(compile_one, make, self._coqc, source, *rest)],
            "file_dep": self._file_dep(source, suffix),
            "targets": [target],
            "uptodate": [self._config],
            "task_dep": ["_sources", "_plugins"],
        }

    def _file_dep(self, source: str, suffix: str) -> list[str]:
        needed = self.requires.get(source, ())
        return [source, *(coqfiles.made(name, suffix) for name in needed), *self._plugins]


def read_tasks(*words: str) -> Tasks:
    """The tasks of the project that the words of proof-makefile's command line describe.

    Raises InvalidDodoFile, which doit tells its user in one line.
    """
    try:
        project = project_of(parse(words), Path.cwd())
        toolchain = find_toolchain()
        workers = _workers(get_var("J"))
        forget_deleted(project, MEMORY)
        requires, refusal = _requires(project, toolchain)
    except Exception as error:
        raise InvalidDodoFile(explain("proof-makefile", error)[0]) from error
    return Tasks(project, toolchain, requires, refusal, _given_words("COQEXTRAFLAGS"), workers)


def _requires(project: Project, toolchain: Toolchain) -> tuple[Requires, UserError | None]:
    """What the sources require, and what is against them, or nothing."""
    try:
        return read_requires(project, toolchain, MEMORY), None
    except UserError as error:
        return {}, error


def _workers(given: str | None) -> int | None:
    if given is None:
        return None
    if not given.isdecimal() or int(given) < 1:
        raise UserError(f"J={given} is no number of workers; say for instance J=2")
    return int(given)


def _given_words(variable: str) -> tuple[str, ...]:
    """The words of a variable of doit's command line, else of the environment."""
    return tuple(shlex.split(get_var(variable, os.environ.get(variable, ""))))
