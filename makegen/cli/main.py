"""The command proof-makefile: a project file and options -> a Makefile or a doit task file."""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from makegen.base.errors import ExitCode
from makegen.base.files import write_outputs
from makegen.base.guard import guarded
from makegen.cli import timing as timing_cli
from makegen.generate import install
from makegen.generate.dodo import render_dodo
from makegen.generate.makefile import render_makefile
from makegen.generate.meta import meta_text
from makegen.project.coqproject import Word, declarations, option_length
from makegen.project.declarations import COMMAND_LINE, Declaration, Where, refuse
from makegen.project.loadpath import destination
from makegen.project.project import Project, build_project, read_declarations
from makegen.project.sources import unsafe_character

USAGE = """\
usage: proof-makefile -f PROJECT -o Makefile    write Makefile and Makefile.conf for GNU make
       proof-makefile -f PROJECT -o dodo.py     write a task file for doit

  -f FILE               read the project from FILE: the _CoqProject syntax or TOML
  -o NAME               write NAME in this folder (NAME.py: for doit), without it print it
  FILE, FOLDER          sources (.v .ml .mli .mlg .mllib .mlpack), folders of them, a META file
  -Q FOLDER PATH        bind FOLDER to the logical path PATH
  -R FOLDER PATH        likewise, and names need not be fully qualified
  -I FOLDER             look for OCaml files in FOLDER
  -arg ARGUMENT         give ARGUMENT to coqc
  VARIABLE = VALUE      define a variable of the Makefile
  -docroot FOLDER       install the documentation in FOLDER, below user-contrib
  -native-compiler yes|no|ondemand
  -generate-meta-for-package PACKAGE
                        write META.PACKAGE beside the project's .mllib or .mlpack

  -sources-of           only print the sources
  -destination-of FILE  only print where FILE is installed, below user-contrib
  -h, --help            print this
  -v, --version         print the version

Paths are relative to the folder where proof-makefile runs.
Exit codes: 0 done, 2 the command line or the project file is wrong, 3 the machine failed.
"""

# What a Makefile is called that is only printed; coq_makefile has the same name.
UNNAMED = "CoqMakefile"


HELP = ("-h", "--help")
VERSION = ("-v", "--version")
VALUED = ("-f", "-o", "-destination-of")


@dataclass(frozen=True)
class Request:
    """What the command line asks for; declarations are those of -f in the place of the -f."""

    words: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    project_file: str | None = None
    output: str | None = None
    destination_of: str | None = None
    sources_only: bool = False


def main(words: Sequence[str] | None = None) -> int:
    """Run proof-makefile and return its exit code.

    0: done. 2: the command line or the project file is wrong. 3: the machine failed (no Coq at
    hand, a file that cannot be written). Nothing is written unless all is.
    """
    words = sys.argv[1:] if words is None else words
    return guarded("proof-makefile", lambda: _run_words(words))


def _run_words(words: Sequence[str]) -> int:
    options = [group[0] for group in _groups(words)]
    if options[:1] in (["--install"], ["--uninstall"]):
        install.main(words)  # these and the next are for generated Makefiles
    elif options[:1] and options[0] in timing_cli.COMMANDS:
        return timing_cli.main(words)
    elif any(option in HELP for option in options):
        print(USAGE, end="")
    elif any(option in VERSION for option in options):
        from importlib.metadata import version  # noqa: PLC0415 - slow, and seldom asked for

        print(f"proof-makefile {version('proof-makefile')}")
    else:
        run(parse(words), Path.cwd())
    return ExitCode.OK


def _groups(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The words of the command line, each option together with its operands."""
    position = 0
    while position < len(words):
        length = max(option_length(words[position:]), 2 if words[position] in VALUED else 1)
        yield words[position : position + length]
        position += length


def parse(words: Sequence[str]) -> Request:
    """What the words of the command line ask for. Raises UserError."""
    once: dict[str, str] = {}
    declared: list[Declaration] = []
    pending: list[Word] = []  # what -f comes after; coq_makefile reads the file in place of the -f
    sources_only = False
    for option, *operands in _groups(words):
        if option == "-sources-of":
            sources_only = True
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
        sources_only=sources_only,
    )


def _take(once: dict[str, str], option: str, operands: Sequence[str]) -> None:
    """Take the value of an option that may be given once."""
    if not operands or (operands[0] != "-" and operands[0].startswith("-")):
        refuse(COMMAND_LINE, f"missing argument of {option}", f"write `{option} FILE`")
    if option in once:
        mend = "put all in one project file" if option == "-f" else "keep one"
        refuse(COMMAND_LINE, f"option {option} is given twice", mend)
    once[option] = operands[0]


def project_of(request: Request, root: Path) -> Project:
    """The project that is described, in the folder `root`. Raises UserError."""
    origin = request.project_file and os.path.relpath(root / request.project_file, root)
    return build_project(request.declarations, root, origin)


def run(request: Request, root: Path) -> None:
    """Do what is asked for in the folder `root`. Raises UserError and MachineError."""
    project = project_of(request, root)
    if request.destination_of is not None:
        place = destination(root, project.load_paths, request.destination_of)
        print("" if place is None else shlex.quote(place), end="")
    elif request.sources_only:
        print(" ".join(project.sources), end="")
    else:
        _generate(request, project)


def _generate(request: Request, project: Project) -> None:
    if not project.sources:
        where = Where(request.project_file) if request.project_file else COMMAND_LINE
        refuse(where, "the project has no source", "list files, or a folder of them")
    name = request.output or UNNAMED
    texts = _texts(project, name, request.words)
    _check_outputs(name, texts, project)
    if request.output is None:
        print(texts.pop(name), end="")
        warning = f"without -o the Makefile is printed; it needs {name}.conf, written here"
        print(f"proof-makefile: warning: {warning}", file=sys.stderr)
    write_outputs({project.root / path: text for path, text in texts.items()})


def _texts(project: Project, name: str, words: tuple[str, ...]) -> dict[str, str]:
    """The text of every file to write, by its path from the root."""
    if name.endswith(".py"):
        texts = {name: render_dodo(project, name, words)}
    else:
        makefile, conf = render_makefile(project, name, words)
        texts = {name: makefile, f"{name}.conf": conf}
    if project.meta is not None and project.meta != project.meta_file:
        texts[project.meta] = meta_text(project)
    return texts


def _check_outputs(name: str, texts: Mapping[str, str], project: Project) -> None:
    """The outputs stand in the root folder and replace nothing that the user wrote."""
    if "/" in name:
        mend = f"run proof-makefile there, or write -o {PurePosixPath(name).name}"
        refuse(COMMAND_LINE, f"output {name} is not in the current folder", mend)
    if not name or unsafe_character(name):
        refuse(COMMAND_LINE, f"make cannot take the name {name!r} of the output", "choose another")
    inputs = {os.path.normpath(path) for path in (project.origin, *project.sources) if path}
    for path in texts:
        if os.path.normpath(path) in inputs:
            what = f"output {path} would replace a file of the project"
            refuse(COMMAND_LINE, what, "choose another name with -o")
        if (project.root / path).is_dir():
            refuse(COMMAND_LINE, f"output {path} is a folder", "choose another name with -o")
