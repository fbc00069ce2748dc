"""The writer of doit task files: a project -> the text of a dodo.py."""

from pathlib import PurePosixPath

from makegen import escapes
from makegen.makefile import TEMPLATES
from makegen.project import Project


def render_dodo(project: Project, output_name: str = "dodo.py") -> str:
    """The text of the task file. What the command line said beside the project file goes in too."""
    words = [word for path in project.given_load_paths for word in path.flags]
    words += project.given_sources
    origin = "None" if project.origin is None else escapes.python(project.origin)
    return TEMPLATES.get_template("dodo.py.jinja").render(
        source=escapes.comment(project.origin or "its command line"),
        module=PurePosixPath(output_name).stem,
        arguments=", ".join([origin, *map(escapes.python, words)]),
    )
