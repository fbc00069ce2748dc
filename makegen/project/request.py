"""The command line of proof-makefile, which is coq_makefile's, read into a Request."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from makegen.project.coqproject import Word, declarations, option_length
from makegen.project.declarations import COMMAND_LINE, Declaration, Key, refuse, select
from makegen.project.finding import find_project_file
from makegen.project.project import Project, build_project, read_declarations
from makegen.project.sources import SUFFIXES

VALUED = ("-f", "-o", "-destination-of", "-C")


@dataclass(frozen=True)
class Request:
    """What the command line asks for; declarations are those of -f in the place of the -f."""

    words: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    project_file: str | None = None
    output: str | None = None
    destination_of: str | None = None
    sources_of: str | None = None  # a suffix, "" for all; None: not asked for

    @property
    def names_project(self) -> bool:
        """Whether it says of what it is: a project file, sources or load paths."""
        told = select(self.declarations, Key.FILE, Key.Q, Key.R, Key.I)
        return self.project_file is not None or bool(told)


def parse_here(words: Sequence[str]) -> Request:
    """What the words ask for; of the project that is here or above, if they name none.

    The request is one for the folder where we are then: that of the project file that was found.
    Raises UserError.
    """
    request = parse(words)
    if request.names_project:
        return request
    here = Path.cwd()
    file = find_project_file(here)
    os.chdir(here / file.parent)
    asked = request.destination_of
    return replace(
        parse(("-f", file.name, *words)),
        destination_of=None if asked is None else os.path.relpath(here / asked),
    )


def go(words: Sequence[str]) -> tuple[str, ...]:
    """The words without each -C FOLDER, after going there. Raises UserError."""
    kept: list[str] = []
    for option, *operands in groups(words):
        if option != "-C" or operands[:1] == ["="]:
            kept += [option, *operands]
            continue
        given: dict[str, str] = {}
        _take(given, option, operands)
        try:
            os.chdir(given[option])
        except OSError as error:
            refuse(COMMAND_LINE, f"-C {given[option]}: {error.strerror}", "name a folder")
    return tuple(kept)


def parse(words: Sequence[str]) -> Request:
    """What the words of the command line ask for. Raises UserError."""
    once: dict[str, str] = {}  # of several -f the last
    declared: list[Declaration] = []
    pending: list[Word] = []  # what -f comes after; coq_makefile reads the file in place of the -f
    sources_of = None
    for option, *operands in groups(words):
        if option == "-sources-of":
            sources_of = operands[0] if operands else ""
        elif option in VALUED and operands[:1] != ["="]:
            _take(once, option, operands)
            if option == "-f":
                declared += [*declarations(pending), *read_declarations(Path(once[option]))]
                pending.clear()
        else:
            pending += [Word(text, COMMAND_LINE) for text in (option, *operands)]
    declared += declarations(pending)
    return Request(
        words=tuple(words),
        declarations=tuple(declared),
        project_file=once.get("-f"),
        output=None if once.get("-o") == "-" else once.get("-o"),
        destination_of=once.get("-destination-of"),
        sources_of=sources_of,
    )


def project_of(request: Request, root: Path) -> Project:
    """The project that is described, in the folder `root`. Raises UserError."""
    origin = request.project_file and os.path.relpath(root / request.project_file, root)
    return build_project(request.declarations, root, origin)


def groups(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The words of the command line, each option together with its operands.

    A suffix may follow -sources-of (from Rocq 9.3 on).
    """
    position = 0
    while position < len(words):
        option, following = words[position], words[position + 1 : position + 2]
        takes_next = option in VALUED or (option == "-sources-of" and {*following} & {*SUFFIXES})
        length = max(option_length(words[position:]), 2 if takes_next else 1)
        yield words[position : position + length]
        position += length


def _take(once: dict[str, str], option: str, operands: Sequence[str]) -> None:
    """Take the value of an option that may be given once, but for -f."""
    if not operands or (operands[0] != "-" and operands[0].startswith("-")):
        what = "FOLDER" if option == "-C" else "FILE"
        refuse(COMMAND_LINE, f"missing argument of {option}", f"write `{option} {what}`")
    if option in once and option != "-f":
        refuse(COMMAND_LINE, f"option {option} is given twice", "keep one")
    once[option] = operands[0]
