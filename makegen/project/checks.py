"""Declarations -> checked parts of a project: what is common to both forms of the project file.

Every function raises UserError at the declaration that is wrong. What coq_makefile takes is taken
here too, unless no build could come of it: what is likely a mistake is put among the `doubts`.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from os.path import normpath
from pathlib import Path

from makegen.project.declarations import (
    COMMAND_LINE,
    Declaration,
    Declarations,
    Doubts,
    Key,
    Located,
    Where,
    message,
    refuse,
    select,
)
from makegen.project.loadpath import LoadPath, PathKind, below
from makegen.project.sources import (
    SUFFIXES,
    Tree,
    base_name,
    expand,
    is_identifier,
    suffix,
    tidy,
    unsafe_character,
)

NATIVE_COMPILER = ("yes", "no", "ondemand")
_KINDS = {Key.I: PathKind.I, Key.Q: PathKind.Q, Key.R: PathKind.R}


def _refuse_line_ends(declaration: Declaration) -> None:
    if any(char in word for word in declaration.words for char in "\n\r\0"):
        what = f"line end inside the text of {declaration.key.value}"
        refuse(declaration.where, what, "write it on one line, or write a rule in Makefile.local")


def refuse_unsafe(path: str, where: Where, allowed: str = "") -> None:
    """Refuse a name that make would take for something else."""
    char = unsafe_character(path, allowed)
    if char is not None:
        refuse(where, f"make cannot take {char!r} in the path {path!r}", "rename it")


def only(declarations: Declarations, key: Key) -> str | None:
    """The value of an option that may be given once."""
    found = select(declarations, key)
    for first, second in pairwise(found):
        refuse(second.where, f"{key.value} is given twice (first at {first.where})", "keep one")
    for declaration in found:
        _refuse_line_ends(declaration)
    return found[0].words[0] if found else None


def docroot(declarations: Declarations) -> str | None:
    """The folder of the documentation; the Makefile has it in the quotes of a shell."""
    found = only(declarations, Key.DOCROOT)
    if found is not None:
        refuse_unsafe(found, select(declarations, Key.DOCROOT)[0].where, allowed=" ")
    return found


def arguments(declarations: Declarations) -> tuple[tuple[str, ...], str | None]:
    """The words for coqc, and the choice of native compiler, which -arg may also give.

    As coq_makefile does it: the last choice counts, -arg after -native-compiler.
    """
    words: Located = []
    native = None
    for declaration in select(declarations, Key.ARG, Key.NATIVE_COMPILER):
        _refuse_line_ends(declaration)
        if declaration.key is Key.NATIVE_COMPILER:
            native = _native(declaration.words[0], declaration.where)
        else:
            words += [(word, declaration.where) for word in declaration.words]
    kept = []
    rest = iter(words)
    for word, where in rest:
        value = next(rest, None) if word == Key.NATIVE_COMPILER.value else None
        if value is None:
            kept.append(word)
        else:
            native = _native(value[0], where)
    return tuple(kept), native


def _native(value: str, where: Where) -> str:
    if value not in NATIVE_COMPILER:
        choices = ", ".join(NATIVE_COMPILER)
        refuse(where, f"invalid value {value!r} of -native-compiler", f"write one of {choices}")
    return value


def load_paths(declarations: Declarations) -> tuple[LoadPath, ...]:
    """The load paths in the order in which coq_makefile gives them to coqc: -I, -Q, -R."""
    return tuple(
        _load_path(declaration) for key in _KINDS for declaration in select(declarations, key)
    )


def _load_path(declaration: Declaration) -> LoadPath:
    folder, *rest = declaration.words
    where = declaration.where
    refuse_unsafe(folder, where, allowed=" ")  # a blank is no harm: it is never a target
    for logical in rest:
        if logical and not all(map(is_identifier, logical.split("."))):
            what = f"{logical!r} is no logical path"
            refuse(where, what, "write identifiers joined by dots, such as Foo.Bar")
    return LoadPath(_KINDS[declaration.key], tidy(folder), *rest)


def with_top(
    paths: tuple[LoadPath, ...], files: Located, declarations: Declarations, root: Path
) -> tuple[LoadPath, ...]:
    """The load paths, with `-I . -R . Top` where coq_makefile adds them.

    That is: some file is listed in the root folder itself, or this folder is, as `.` and not as
    `./` or the like, and no load path covers it.
    """
    listed = select(declarations, Key.FILE)
    other = {d.where for d in listed if tidy(d.words[0]) == "." != d.words[0]}
    at_top = any("/" not in name and where not in other for name, where in files)
    covered = any(_covers_root(path, root) for path in paths)
    if covered or not at_top:
        return paths
    top = (LoadPath(PathKind.I, "."), LoadPath(PathKind.R, ".", "Top"))
    return tuple(sorted((*top, *paths), key=lambda path: list(_KINDS.values()).index(path.kind)))


def _covers_root(path: LoadPath, root: Path) -> bool:
    folders = below(root, path, "file")
    return folders == () if path.kind is PathKind.I else folders is not None


def sources(declarations: Declarations, tree: Tree, doubts: Doubts) -> Located:
    """Every source, in order, folders replaced by what is in them; nothing twice."""
    listed: Located = []
    first: dict[str, Where] = {}
    for declaration in select(declarations, Key.FILE):
        for name in _files(declaration, tree, doubts):
            same = name if name[0] == "/" else f"{tree.root}/{name}"
            if ".." in name:
                same = normpath(same)
            if same in first:
                what = f"{name} is listed twice (first at {first[same]})"
                doubts.append(message(declaration.where, what, "take one of them out"))
                continue
            first[same] = declaration.where
            listed.append((name, declaration.where))
    return listed


def _files(declaration: Declaration, tree: Tree, doubts: Doubts) -> list[str]:
    where = declaration.where
    if not declaration.words[0]:
        doubts.append(message(where, "empty file name", "take it out"))
        return []
    name = tidy(declaration.words[0])
    is_source = suffix(name) in SUFFIXES
    refuse_unsafe(name, where, allowed="" if is_source else "=")
    if "=" in name and not is_source:
        variable, _, value = name.partition("=")
        doubts.append(
            message(where, f"blanks missing in {name}", f'write `{variable} = "{value}"`')
        )
        return []
    if tree.is_folder(name):
        found = _expanded(name, where, tree.root)
        if not found:
            what = f"no source below the folder {name}"
            doubts.append(message(where, what, "take it out, or add a file to it"))
        return found
    if _is_meta(name):
        return []
    if is_source:
        return [name]
    if suffix(name) == ".ml4":
        refuse(where, f"{name}: camlp5 files are no longer supported", "port it to .mlg (coqpp)")
    if suffix(name) or tree.exists(name):
        refuse(where, f"{name} is no source of a known kind", f"known are {', '.join(SUFFIXES)}")
    doubts.append(message(where, f"no folder {name}", "correct the name, or take it out"))
    return []


def _expanded(folder: str, where: Where, root: Path) -> list[str]:
    try:
        return expand(root, folder)
    except OSError as error:
        refuse(where, f"cannot read {error.filename} ({error.strerror})", "make it readable")


def _is_meta(name: str) -> bool:
    return base_name(name).startswith("META.")


def folders(declarations: Declarations, tree: Tree) -> tuple[str, ...]:
    """The folders that are listed for all the sources in them."""
    listed = (declaration.words[0] for declaration in select(declarations, Key.FILE))
    return tuple(name for name in listed if tree.is_folder(tidy(name)))


def meta_file(declarations: Declarations, root: Path) -> str | None:
    """The META file that is listed, if one is."""
    found = [
        (tidy(declaration.words[0]), declaration.where)
        for declaration in select(declarations, Key.FILE)
        if _is_meta(tidy(declaration.words[0])) and not declaration.words[0].endswith(SUFFIXES)
    ]
    for name, where in found:
        refuse_unsafe(name, where)
        if name.endswith(".in") and not (root / name).is_file():  # it is copied now
            refuse(where, f"no file {name} in {root}", "create it or take it out")
    for (first, _), (second, where) in pairwise(found):
        refuse(where, f"two META files, {first} and {second}", "keep one")
    return found[0][0] if found else None


def meta_package(declarations: Declarations, files: Located, meta: str | None) -> str | None:
    """The package whose META file is to be made, from the only .mllib or .mlpack."""
    package = only(declarations, Key.META_PACKAGE)
    if package is None:
        return None
    where = select(declarations, Key.META_PACKAGE)[0].where
    refuse_unsafe(package, where)
    if "/" in package:
        refuse(where, f"{package!r} is no name of a package", "name it without a folder")
    option = Key.META_PACKAGE.value
    if meta is not None:
        refuse(where, f"{option} and {meta} are both given", "keep one")
    libraries = [name for name, _ in files if name.endswith((".mllib", ".mlpack"))]
    if len(libraries) != 1:
        what = f"{option} needs just one .mllib or .mlpack, found {len(libraries)}"
        refuse(where, what, "list one, or write the META file by hand")
    return package


def variables(declarations: Declarations) -> Iterator[tuple[str, str]]:
    """The variables for the Makefile, in order."""
    for declaration in select(declarations, Key.VARIABLE):
        name, value = declaration.words
        if not re.fullmatch(r"[\w.][\w.-]*", name, re.ASCII):
            what = f"make takes no variable named {name!r}"
            refuse(declaration.where, what, "use letters, digits and _")
        yield name, value


def named_files(declarations: Declarations) -> tuple[str, ...]:
    """The sources and folders as they are written, without the META file."""
    names = (declaration.words[0] for declaration in select(declarations, Key.FILE))
    return tuple(name for name in names if name and not _is_meta(name))


def given(declarations: Declarations) -> list[Declaration]:
    """What the command line itself declares."""
    return [declaration for declaration in declarations if declaration.where == COMMAND_LINE]
