"""The package that a project is, and those that it needs, as Rocq has them from 9.3 on.

A package is one of findlib's whose META file says `rocqpath`, the logical path of its theories.
They are in its folder's `rocq.d` (reference manual, "Findlib-backed Rocq package layout").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from makegen.project.checks import only, refuse_unsafe
from makegen.project.declarations import Declarations, Key, Located, refuse, select
from makegen.project.loadpath import LoadPath, PathKind

_PACKAGE = re.compile(r'[ \t]*package[ \t]+"[^"]+"[ \t]*\(')
_END = re.compile(r"[ \t]*\)")


@dataclass(frozen=True)
class Package:
    """What `--rocq-package` makes of a project."""

    name: str
    logical: str  # that of the project's only -Q or -R
    legacy: bool  # the theories go into user-contrib, too


def package(
    declarations: Declarations, load_paths: Sequence[LoadPath], files: Located, meta: str | None
) -> Package | None:
    """The package that the project is to be, if it is to be one."""
    name = only(declarations, Key.ROCQ_PACKAGE)
    if name is None:
        return None
    where = select(declarations, Key.ROCQ_PACKAGE)[0].where
    option = Key.ROCQ_PACKAGE.value
    if not re.fullmatch(r"\w[\w.-]*", name, re.ASCII):
        refuse(where, f"{name!r} is no name of a package", "use letters, digits, _ and -")
    bound = [path for path in load_paths if path.kind is not PathKind.I]
    if len(bound) != 1:
        what = f"{option} needs just one -Q or -R, found {len(bound)}"
        refuse(where, what, "bind one folder, whose logical path is that of the package")
    archives = [file for file, _ in files if file.endswith((".mllib", ".mlpack"))]
    if meta is None and len(archives) > 1:
        what = f"{option} makes a META file for one .mllib or .mlpack, found {len(archives)}"
        refuse(where, what, f"write META.{name} by hand and list it")
    legacy = bool(select(declarations, Key.LEGACY_SUPPORT))
    return Package(name, bound[0].logical, legacy)


def needed(declarations: Declarations) -> tuple[str, ...]:
    """The packages that the project needs, each once."""
    found = {d.words[0]: d.where for d in select(declarations, Key.PACKAGE)}
    for name, where in found.items():
        refuse_unsafe(name, where)
    return tuple(found)


def check_meta(meta: Path, what: Package, declarations: Declarations) -> None:
    """Refuse a META file, where there is one by now, that does not say what the package is."""
    if not meta.is_file():
        return
    where = select(declarations, Key.ROCQ_PACKAGE)[0].where
    fields = _top_fields(meta.read_text(errors="replace"))
    if "rocqpath" not in fields:
        mend = f'add rocqpath = "{what.logical}"'
        refuse(where, f"{meta.name} has no rocqpath outside of its sub-packages", mend)
    if fields["rocqpath"] != what.logical:
        said = f'{meta.name} says rocqpath = "{fields["rocqpath"]}"'
        refuse(where, said, f'its -Q or -R has the logical path: write "{what.logical}"')
    if fields.get("directory", ".") != ".":
        refuse(where, f'{meta.name} says directory = "{fields["directory"]}"', 'write "."')


def _top_fields(text: str) -> dict[str, str]:
    """The first value of each field outside of all sub-packages, read line by line as Rocq does.

    >>> _top_fields('rocqpath = "A"\\npackage "p" (\\n  directory = "b"\\n)\\n')
    {'rocqpath': 'A'}
    """
    fields: dict[str, str] = {}
    depth = 0
    for line in text.splitlines():
        if _END.match(line):
            depth = max(0, depth - 1)
        field = re.match(r'[ \t]*(\w+)[ \t]*=[ \t]*"([^"]*)"', line)
        if depth == 0 and field:
            fields.setdefault(field[1], field[2])
        elif _PACKAGE.match(line):
            depth += 1
    return fields
