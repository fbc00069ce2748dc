"""The command proof-makefile: a project file and options -> a Makefile or a doit task file."""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from makegen.base import completion
from makegen.base.errors import ExitCode, UserError
from makegen.base.files import leads_out, write_outputs
from makegen.base.guard import guarded
from makegen.base.near import near
from makegen.cli import timing as timing_cli
from makegen.cli.dropin import dropin_path
from makegen.cli.manual import manual
from makegen.coq.toolchain import has_packages
from makegen.generate import install
from makegen.generate.dodo import render_dodo
from makegen.generate.makefile import render_makefile
from makegen.generate.meta import meta_text
from makegen.project.declarations import COMMAND_LINE, refuse
from makegen.project.finding import NAMES, project_files
from makegen.project.loadpath import destination
from makegen.project.project import Project, read_project
from makegen.project.proposal import propose
from makegen.project.request import Request, go, groups, parse_here, project_of
from makegen.project.sources import unsafe_character

# What a Makefile is called that is only printed; coq_makefile has the same name.
UNNAMED = "CoqMakefile"


NO_PACKAGE = (
    "Omitting --rocq-package is deprecated; name the package that this is, which Rocq 9.3 installs "
    "in a folder of its own, or say --no-rocq-package-warning"
)
HELP = ("-h", "--help")
VERSION = ("-v", "--version")


def main(words: Sequence[str] | None = None) -> int:
    """Run proof-makefile and return its exit code.

    0: done. 2: the command line or the project file is wrong. 3: the machine failed (no Coq at
    hand, a file that cannot be written). Nothing is written unless all is.
    """
    if completion.is_asked():
        completion.answer(manual())
    words = sys.argv[1:] if words is None else words
    return guarded("proof-makefile", lambda: _run_words(words))


def _run_words(words: Sequence[str]) -> int:
    command = words[0] if words else ""
    if command in ("--install", "--uninstall", "--complete"):
        install.main(words)  # these and the next two are for generated Makefiles
    elif command in timing_cli.COMMANDS:
        return timing_cli.main(words)
    elif command == "--near":
        print(near(words[1], words[2:]) or "")
    elif command == "--print-completion":
        manual().parse_args(words)
    else:
        _run_options(go(words))
    return ExitCode.OK


def _run_options(words: Sequence[str]) -> None:
    options = [group[0] for group in groups(words)]
    if any(option in HELP for option in options):
        print(manual().format_help(), end="")
    elif any(option in VERSION for option in options):
        from importlib.metadata import version  # noqa: PLC0415 - slow, and seldom asked for

        print(f"proof-makefile {version('proof-makefile')}")
    elif "--init" in options:
        _init(words, Path.cwd())
    elif "--drop-in" in options:
        print(dropin_path())
    else:
        run_here(words)


def _init(words: Sequence[str], root: Path) -> None:
    """Write a project file for a folder that has none. Raises UserError."""
    if len(words) > 1:
        refuse(COMMAND_LINE, "--init takes no other word", "write it alone, or after -C FOLDER")
    if there := project_files(root):
        raise UserError(f"{there[0].name} is there already; edit it, or remove it first")
    proposal = propose(root)
    file = root / NAMES[0]
    _refuse_outside(NAMES[0], root)
    write_outputs({file: proposal.text})
    print(f"wrote {file.name}: {'; '.join(proposal.told)}")
    for doubt in read_project(file).doubts:
        print(f"proof-makefile: warning: {doubt}", file=sys.stderr)
    print("look at it; then: proof-makefile -o Makefile && make")


def run_here(words: Sequence[str]) -> None:
    """Do what the words ask for, where their project is. Raises UserError and MachineError."""
    here = Path.cwd()
    request = parse_here(words)
    if (root := Path.cwd()) != here:
        print(f"proof-makefile: in {root}, where the project file is", file=sys.stderr)
    run(request, root)


def run(request: Request, root: Path) -> None:
    """Do what is asked for in the folder `root`. Raises UserError and MachineError."""
    project = project_of(request, root)
    if request.destination_of is not None:
        place = destination(root, project.load_paths, request.destination_of)
        print("" if place is None else shlex.quote(place), end="")
    elif request.sources_of is not None:
        print(" ".join(project.sources_with(request.sources_of)), end="")
    else:
        _generate(request, project)


def _generate(request: Request, project: Project) -> None:
    for doubt in project.doubts:
        print(f"proof-makefile: warning: {doubt}", file=sys.stderr)
    if not project.sources:
        print("proof-makefile: warning: the project has no source", file=sys.stderr)
    if not project.package and not project.is_old_on_purpose and has_packages():
        print(f"proof-makefile: warning: {NO_PACKAGE}", file=sys.stderr)
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
        _refuse_outside(path, project.root)


def _refuse_outside(path: str, root: Path) -> None:
    """The project may be a stranger's: it must not say which file of the user's is replaced."""
    if not Path(os.path.normpath(root / path)).is_relative_to(os.path.normpath(root)):
        refuse(COMMAND_LINE, f"output {path} is not below {root}", "move its sources there")
    if leads_out(root / path, root):
        to = os.path.realpath(root / path)
        refuse(COMMAND_LINE, f"output {path}: a link leads out, to {to}", "remove the link")
