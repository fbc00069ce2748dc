"""The META file that findlib needs for a plugin: made, or taken from a META.package.in."""

from pathlib import Path, PurePosixPath

from makegen.coq.toolchain import find_toolchain
from makegen.project.project import Project

_TEMPLATE = """
package "plugin" (
  directory = "."
  requires = "{core}.plugins.ltac"
  archive(byte) = "{name}.cma"
  archive(native) = "{name}.cmxa"
  plugin(byte) = "{name}.cma"
  plugin(native) = "{name}.cmxs"
)
directory = "."
"""


def meta_text(project: Project) -> str:
    """The text of `project.meta` where proof-makefile makes it, as coq_makefile does.

    Raises MachineError without a Coq, whose version tells the name of its core library.
    """
    if project.meta_package is not None:
        library = next(s for s in project.sources if s.endswith((".mllib", ".mlpack")))
        core = "rocq-runtime" if find_toolchain().version >= (9,) else "coq-core"
        return _TEMPLATE.format(core=core, name=PurePosixPath(library).stem)
    assert project.meta_file is not None
    return Path(project.root, project.meta_file).read_text(encoding="utf-8")
