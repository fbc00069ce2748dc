"""One model of a project: files, load paths, arguments, variables.

Both forms of the project file (coqproject, tomlproject) and the command line build this
model; the writers and the checker read nothing else.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from makegen.base.near import near_file
from makegen.base.side import FOLDER
from makegen.project import checks, package
from makegen.project.coqproject import read_coqproject
from makegen.project.declarations import (
    COMMAND_LINE,
    Declaration,
    Doubts,
    Key,
    Where,
    refuse,
    select,
)
from makegen.project.doubts import doubt_absent, doubt_names, doubt_options
from makegen.project.loadpath import LoadPath, PathKind
from makegen.project.package import Package
from makegen.project.sources import Tree
from makegen.project.tomlproject import looks_like_toml, read_tomlproject

__all__ = ["LoadPath", "PathKind", "Project", "build_project", "read_declarations", "read_project"]


@dataclass(frozen=True)
class Project:
    """A project as its file and command line describe it; paths are relative to `root`."""

    root: Path  # absolute; where make and coqc run
    origin: str | None = None  # the project file, relative to root; None: command line only
    load_paths: tuple[LoadPath, ...] = ()  # in the order that coqc gets them: -I, -Q, -R
    arguments: tuple[str, ...] = ()  # for coqc, one word each, unquoted
    sources: tuple[str, ...] = ()  # every listed file, in the order of the project file
    folders: tuple[str, ...] = ()  # those listed for the sources in them
    variables: tuple[tuple[str, str], ...] = ()  # VAR = value, for the Makefile
    docroot: str | None = None
    native_compiler: str | None = None  # yes, no or ondemand
    meta_package: str | None = None  # -generate-meta-for-package
    meta_file: str | None = None  # a listed META.package, or META.package.in
    package: Package | None = None  # --rocq-package
    packages: tuple[str, ...] = ()  # -package: those that it needs
    version: str | None = None  # for a META file that is made
    description: str | None = None
    is_old_on_purpose: bool = False  # --no-rocq-package-warning
    given_files: tuple[str, ...] = ()  # sources and folders that the command line names
    given_load_paths: tuple[LoadPath, ...] = ()  # likewise
    told_by_origin: bool = False  # read_project(root / origin) gives all of this again
    doubts: tuple[str, ...] = ()  # what is likely a mistake, to be told when files are generated

    def sources_with(self, suffix: str) -> tuple[str, ...]:
        """The sources of one kind, such as ".v" or ".mlg", in order."""
        return tuple(source for source in self.sources if source.endswith(suffix))

    @property
    def meta(self) -> str | None:
        """The META file that findlib reads: listed, or made when the Makefile is generated."""
        name = self.package.name if self.package else self.meta_package
        if self.meta_file or not name:
            return self.meta_file and self.meta_file.removesuffix(".in")
        return str(PurePosixPath(self.archive or name).with_name(f"META.{name}"))

    @property
    def archive(self) -> str | None:
        """The first .mllib or .mlpack: the only one where the META file is made."""
        return next((s for s in self.sources if s.endswith((".mllib", ".mlpack"))), None)

    @property
    def v_files(self) -> tuple[str, ...]:
        """The Coq sources, in order."""
        return self.sources_with(".v")

    @property
    def load_flags(self) -> tuple[str, ...]:
        """The load path as words for coqc, coqdep, coqchk."""
        return tuple(word for path in self.load_paths for word in path.flags)

    @property
    def coq_flags(self) -> tuple[str, ...]:
        """All that coqc is given besides the file: load path and arguments."""
        return self.load_flags + self.arguments


def read_project(path: Path, root: Path | None = None) -> Project:
    """The project that the file describes, in either form.

    Its paths are relative to `root`: the file's folder, or the one above where it is among our side
    files, unless another is given (coq_makefile takes the folder where it runs, and so does
    proof-makefile).
    Raises UserError with file, line and mend when the file is wrong.
    """
    if root is None:
        root = path.parent.parent if path.parent.name == FOLDER else path.parent
    root = root.absolute()
    origin = os.path.relpath(path.absolute(), root)
    return build_project(read_declarations(path), root, origin)


def read_declarations(path: Path) -> list[Declaration]:
    """What the file declares; the form, classic or TOML, is told by its content.

    Raises UserError when the file cannot be read or its syntax is wrong.
    """
    where = Where(str(path))
    try:
        text = path.read_bytes().decode("utf-8", errors="surrogateescape")
    except FileNotFoundError:
        meant = near_file(path)
        mend = f"did you mean {meant}?" if meant else "write one, or name another with -f"
        refuse(where, "no such project file", mend)
    except IsADirectoryError:
        refuse(where, "the project file is a folder", f"name the file in it, as -f {path}/_Project")
    except OSError as error:
        refuse(where, f"cannot read the project file ({error.strerror})", "make it readable")
    if text.startswith("\ufeff"):
        refuse(Where(str(path), 1), "the file begins with a byte order mark", "save it without")
    if not looks_like_toml(text):
        return read_coqproject(text, str(path))
    foreign = re.search("[\ud800-\udfff]", text)
    if foreign:
        line = text.count("\n", 0, foreign.start()) + 1
        refuse(Where(str(path), line), "the project file is not UTF-8", "save it as UTF-8")
    return read_tomlproject(text, str(path))


def build_project(
    declarations: Sequence[Declaration], root: Path, origin: str | None = None
) -> Project:
    """The project that the declarations describe, checked; paths are relative to root.

    Raises UserError at a declaration that is wrong by itself or together with the others.
    """
    given = checks.given(declarations)
    tree = Tree(root)
    doubts: Doubts = []
    doubt_options(declarations, doubts)
    files = checks.sources(declarations, tree, doubts)
    doubt_absent(declarations, files, tree, doubts)
    load_paths = checks.with_top(checks.load_paths(declarations), files, declarations, root)
    doubt_names(files, load_paths, root, doubts)
    arguments, native_compiler = checks.arguments(declarations)
    meta_file = checks.meta_file(declarations, root)
    own_package = package.package(declarations, load_paths, files, meta_file)
    if own_package and meta_file:
        package.check_meta(root / meta_file, own_package, declarations)
    return Project(
        root=root,
        origin=origin,
        load_paths=load_paths,
        arguments=arguments,
        sources=tuple(name for name, _ in files),
        folders=checks.folders(declarations, tree),
        variables=tuple(checks.variables(declarations)),
        docroot=checks.docroot(declarations),
        native_compiler=native_compiler,
        meta_package=None if own_package else checks.meta_package(declarations, files, meta_file),
        meta_file=meta_file,
        package=own_package,
        packages=package.needed(declarations),
        version=checks.only(declarations, Key.PACKAGE_VERSION),
        description=checks.only(declarations, Key.DESCRIPTION),
        is_old_on_purpose=bool(select(declarations, Key.NO_PACKAGE_WARNING)),
        given_files=checks.named_files(given),
        given_load_paths=checks.load_paths(given),
        told_by_origin=origin is not None and "/" not in origin and _is_one_file(declarations),
        doubts=tuple(doubts),
    )


def _is_one_file(declarations: Sequence[Declaration]) -> bool:
    """Whether one project file declares all of it."""
    files = {declaration.where.file for declaration in declarations}
    return len(files) <= 1 and COMMAND_LINE.file not in files
