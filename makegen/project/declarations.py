"""What a project file or a command line says, one declaration after the other.

Both readers (coqproject, tomlproject) produce declarations; project turns them into the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Never

from makegen.base.errors import UserError


@dataclass(frozen=True)
class Where:
    """The place of a declaration, as messages show it.

    >>> str(Where("_CoqProject", 3)), str(Where("project.toml"))
    ('_CoqProject:3', 'project.toml')
    """

    file: str
    line: int | None = None  # from 1

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


COMMAND_LINE = Where("command line")


def message(where: Where, what: str, mend: str) -> str:
    """The text `FILE:LINE: what; what to do`; it is one line, whatever it quotes."""
    text = f"{where}: {what}; {mend}"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def refuse(where: Where, what: str, mend: str) -> Never:
    """Raise the UserError with this message."""
    raise UserError(message(where, what, mend))


class Key(Enum):
    """What is declared; the value is the option of coq_makefile, where there is one."""

    Q = "-Q"  # words: folder, logical path
    R = "-R"  # words: folder, logical path
    I = "-I"  # noqa: E741 - Coq's own name; words: folder
    ARG = "-arg"  # words: any number of arguments, already unquoted
    DOCROOT = "-docroot"  # words: a folder below user-contrib
    NATIVE_COMPILER = "-native-compiler"  # words: yes, no or ondemand
    META_PACKAGE = "-generate-meta-for-package"  # words: a package name
    PACKAGE = "-package"  # words: the name of a package that is needed; this and the next: Rocq 9.3
    ROCQ_PACKAGE = "--rocq-package"  # words: the name of the package that the project is
    PACKAGE_VERSION = "--package-version"  # words: its version
    DESCRIPTION = "--description"  # words: a text
    LEGACY_SUPPORT = "--legacy-support"  # no word
    NO_PACKAGE_WARNING = "--no-rocq-package-warning"  # no word
    COQLIB = "-coqlib"  # words: a folder; Rocq 9's generator writes it into the .conf alone
    VARIABLE = "="  # words: name, value
    FILE = "file"  # words: a source, a folder of sources or a META file
    GENERATED = "generated"  # words: a source that a rule makes


@dataclass(frozen=True)
class Declaration:
    """One thing that the user said, and where."""

    where: Where
    key: Key
    words: tuple[str, ...]
    is_unpaired: bool = False  # an -arg with a ' that is not closed


Declarations = Sequence[Declaration]
Located = list[tuple[str, Where]]  # a file, and where it is listed
Doubts = list[str]  # messages


def select(declarations: Declarations, *keys: Key) -> list[Declaration]:
    """Those with one of these keys."""
    return [declaration for declaration in declarations if declaration.key in keys]
