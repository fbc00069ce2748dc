"""The writer of Makefiles: a project -> the texts of a Makefile and of its .conf."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from makegen.base.side import FOLDER
from makegen.generate import escapes
from makegen.project.project import PathKind, Project

TEMPLATES = Environment(
    loader=PackageLoader("makegen.templates", ""),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,
)


def render_makefile(
    project: Project, output_name: str, arguments: tuple[str, ...] | None = None
) -> tuple[str, str]:
    """The texts of the Makefile and of its .conf.

    `arguments` are the words after `proof-makefile` that make the same files again; by default
    those that name the project file and the output.
    """
    if arguments is None:
        origin = () if project.origin is None else ("-f", project.origin)
        arguments = (*origin, "-o", output_name)
    checked = checked_project(project, output_name)
    command = " ".join(["$(PROOF_MAKEFILE)", *map(escapes.recipe, arguments)])
    names = {
        "name": escapes.prerequisite(output_name),
        "source": escapes.comment(project.origin or "its command line"),
        "side": FOLDER,
        "project_file": escapes.prerequisite(project.origin or ""),
        "checked_project": escapes.prerequisite(checked),
        "ocaml": any(not source.endswith(".v") for source in project.sources),
        "folders": _files(project.folders),
        "package": project.package,
        "packages": " ".join(project.packages),
        "project_text": "" if checked == project.origin else files_text(project).replace("$", "$$"),
        "command": command,
    }
    makefile = TEMPLATES.get_template("Makefile.jinja").render(names)
    conf = TEMPLATES.get_template("Makefile.conf.jinja").render(names | _conf(project))
    return makefile, conf


def doc_root(project: Project) -> str:
    """The folder of the documentation below user-contrib: the common logical root.

    Without one it is named as coq_makefile names it, orphan_ and the logical paths joined by _.
    """
    if project.docroot is not None:
        return project.docroot
    logical = [
        path.logical
        for kind in (PathKind.Q, PathKind.R)
        for path in project.load_paths
        if path.kind is kind
    ]
    common: list[str] = []
    for parts in zip(*(path.split(".") for path in logical), strict=False):
        if parts[0] == "" or len(set(parts)) > 1:
            break
        common.append(parts[0])
    return "/".join(common) if common else "orphan_" + "_".join(logical)


def checked_project(project: Project, output_name: str) -> str:
    """The project file that the checker reads: the user's, if it says all and is at the root."""
    if project.origin and project.told_by_origin and "/" not in project.origin:
        return project.origin
    return f"{FOLDER}/{output_name}.project"


def files_text(project: Project) -> str:
    """The load paths and sources in the _CoqProject syntax, for the checker.

    Arguments are left out: the checker gets them as --arg, which takes any word.
    """
    paths = (" ".join(map(_project_word, path.flags)) for path in project.load_paths)
    packages = (f"-package {name}" for name in project.packages)
    return "".join(f"{line}\n" for line in (*paths, *packages, *project.sources))


def _project_word(word: str) -> str:
    return word if word and not set(word) & set(" #") else f'"{word}"'


def _conf(project: Project) -> dict[str, object]:
    """The values of the COQMF_* variables."""
    ocaml = tuple(path for path in project.load_paths if path.kind is PathKind.I)
    coq = tuple(path for path in project.load_paths if path.kind is not PathKind.I)
    given = tuple(word for path in project.given_load_paths for word in path.flags)
    noml = escapes.words(tuple(word for path in coq for word in path.flags))
    ml = escapes.words(tuple(word for path in ocaml for word in path.flags))
    mlg = project.sources_with(".mlg")  # a folder may hold the .ml that was made of one, too
    return {
        "vfiles": _files(project.v_files),
        "mlifiles": _files(project.sources_with(".mli")),
        "mlfiles": _files(tuple(f for f in project.sources_with(".ml") if f"{f}g" not in mlg)),
        "mlgfiles": _files(project.sources_with(".mlg")),
        "mlpackfiles": _files(project.sources_with(".mlpack")),
        "mllibfiles": _files(project.sources_with(".mllib")),
        "metafile": escapes.variable(project.meta or ""),
        "cmdline_vfiles": _files(project.given_files),
        "ocamllibs": ml,
        "src_subdirs": escapes.words(tuple(path.folder for path in ocaml)),
        "coqlibs": " ".join(filter(None, (ml, noml))),
        "coqlibs_noml": noml,
        "cmdline_coqlibs": escapes.words(given),
        "otherflags": escapes.words(project.arguments),
        "native_flag": project.native_compiler or "",
        "docroot": escapes.variable(doc_root(project)),
        "variables": project.variables,
    }


def _files(names: tuple[str, ...]) -> str:
    """File names as a make variable that make splits into words."""
    return " ".join(map(escapes.variable, names))
