"""The writer of doit task files: a project -> the text of a dodo.py."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from makegen.generate import escapes
from makegen.generate.makefile import TEMPLATES
from makegen.project.project import Project


def render_dodo(project: Project, output_name: str, words: Sequence[str]) -> str:
    """The text of the task file; `words` follow `proof-makefile` on the command line."""
    return TEMPLATES.get_template("dodo.py.jinja").render(
        source=escapes.comment(project.origin or "its command line"),
        module=PurePosixPath(output_name).stem,
        arguments=", ".join(map(escapes.python, words)),
    )
