"""The doit tasks of a project: what a generated dodo.py calls. What they do is in dodoactions.

doit compares contents: a file that was touched is not compiled again, nor is what requires a .vos
that came out the same.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from doit import get_var
from doit.exceptions import InvalidDodoFile
from doit.tools import config_changed

from makegen.base.errors import UserError
from makegen.base.guard import explain
from makegen.base.side import FOLDER, make_side_folder
from makegen.coq import coqfiles
from makegen.coq.packages import with_packages
from makegen.coq.requires import Requires, forget_deleted, read_requires
from makegen.coq.toolchain import Toolchain, find_toolchain
from makegen.generate import completed, dodoplugins
from makegen.generate.dodoactions import (
    Checker,
    Installer,
    action,
    compile_vo,
    destdir,
    install_all,
    print_times,
    refuse,
    run_coqdoc,
    write,
)
from makegen.generate.install import install, uninstall
from makegen.generate.makefile import checked_project, files_text
from makegen.project.loadpath import PathKind
from makegen.project.project import Project
from makegen.project.request import parse, project_of

Task = dict[str, object]
MEMORY = Path(FOLDER, "dodo.requires.json")
DATABASE = f"{FOLDER}/dodo.db"  # doit's
OUTPUTS = ("report", "trace", "junit", "json", "sarif")  # files that a check leaves on demand
OWN_FILES = (DATABASE, *map(str, (MEMORY, completed.RECORD, completed.BEGUN)))


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
            required = self.requires.get(source, ())
            words = [(source, *required), self._config_words, self._coqc, source]
            target = coqfiles.made(source, ".vo")
            needed = (coqfiles.made(name, ".vo") for name in required)
            yield {
                "name": target,
                "doc": f".vo of {source}",
                "actions": [action(compile_vo, *words, self.project.v_files)],
                "file_dep": [source, *needed, *self._plugins],
                "targets": [target],
                "uptodate": [self._config],
                "task_dep": ["_sources", "_plugins"],
                "clean": [action(coqfiles.remove, made)],
            }

    def interfaces(self, kind: str) -> Task:
        """proof-checker interfaces: what is not up to date of all .vos, .vok, or of quick's."""
        return self._by_checker("interfaces", f"--{kind}")

    def check(self, command: str) -> Task:
        """proof-checker check or vio2vo."""
        if command == "check":
            given = _options("cluster", *OUTPUTS)
            return self._by_checker(command, *_given_words("CHECKPROOFSFLAGS"), *given)
        task = self._by_checker(command, *_options(*OUTPUTS))
        begin = action(completed.begin, self.project.v_files)
        record = action(completed.record, self.project.v_files, self._config_words)
        return {**task, "actions": [begin, *cast(list[object], task["actions"]), record]}

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
        return {"actions": [Checker(command, shell=False)], "file_dep": compiled}

    def install(self) -> Task:
        """Every .vo, .v, .glob and plugin, as coq_makefile installs them."""
        return {"actions": self._installing("install", install), "task_dep": ["all"]}

    def uninstall(self) -> Task:
        """The same files away again, and the folders that this empties."""
        return {"actions": self._installing("uninstall", uninstall)}

    def sources(self) -> Task:
        """Fails where a source is absent or coqdep refuses one; everything waits for it."""
        refusing = [action(refuse, self.refusal)] if self.refusal else []
        return {
            "actions": refusing,
            "clean": [action(coqfiles.remove, (*OWN_FILES, *self._written))],
        }

    def plugins(self) -> Task:
        """The OCaml plugins; every compilation waits for them, and is done again with new ones."""
        if not self._needs_make:
            return {"actions": []}
        clean = {"clean": [action(dodoplugins.clean, self.project)]}
        sources = dodoplugins.sources(self.project)
        if not sources:
            return {"actions": [], **clean}
        return {
            **clean,
            "actions": [action(dodoplugins.make, self.project, "optfiles")],
            "file_dep": sources,
            "targets": self._plugins,
            "uptodate": [self._config],
        }

    @property
    def _plugins(self) -> list[str]:
        return dodoplugins.products(self.project)

    @property
    def _needs_make(self) -> bool:
        """Whether only make knows how to build or to install: a plugin, a package of findlib's."""
        is_package = bool(self.project.package) and self.toolchain.has_packages
        return is_package or bool(dodoplugins.sources(self.project))

    def _installing(self, goal: str, installer: Installer) -> list[object]:
        if self._needs_make:
            return [action(dodoplugins.make, self.project, goal, f"DESTDIR={destdir()}")]
        return [action(install_all, installer, self.project, self.toolchain)]

    @property
    def _written(self) -> list[str]:
        """The project file for the checker, where it is ours."""
        checked = checked_project(self.project, "dodo")
        return [] if checked == self.project.origin else [checked]

    def _by_checker(self, command: str, *options: str) -> Task:
        """proof-checker, on the terminal itself so that it can show progress."""
        checker = shlex.split(os.environ.get("PROOF_CHECKER", ""))
        ours, text = self._written, files_text(self.project)
        words = [
            *(checker or [sys.executable, "-P", "-m", "checker"]),
            *(command, "-f", *(ours or [str(self.project.origin)])),
            *([] if self.workers is None else ["-j", str(self.workers)]),
            *options,
            *(f"--arg={word}" for word in (*self.project.arguments * len(ours), *self.extra)),
        ]
        return {
            "actions": [
                *(action(write, path, text) for path in ours),
                Checker(words, shell=False),
            ],
            "task_dep": ["_sources", "_plugins"],
            "uptodate": [False],
        }

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


def read_tasks(*words: str) -> Tasks:
    """The tasks of the project that the words of proof-makefile's command line describe.

    Raises InvalidDodoFile, which doit tells its user in one line.
    """
    try:
        project = project_of(parse(words), Path.cwd())
        make_side_folder(project.root)
        toolchain = find_toolchain()
        project = with_packages(project, toolchain, os.environ)
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


def _options(*names: str) -> tuple[str, ...]:
    """The options of these names that doit's command line gives: REPORT=report.html and so on.

    Not the environment, where such a name may mean something else.
    """
    given = {name: get_var(name.upper()) for name in names}
    return tuple(word for name, value in given.items() if value for word in (f"--{name}", value))


def _given_words(variable: str) -> tuple[str, ...]:
    """The words of a variable of doit's command line, else of the environment."""
    return tuple(shlex.split(get_var(variable, os.environ.get(variable, ""))))
