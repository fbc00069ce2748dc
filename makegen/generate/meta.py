"""The META file that findlib needs for a plugin or a package: made, or taken from META.NAME.in."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from makegen.coq.toolchain import find_toolchain
from makegen.project.project import Project

_PLUGIN = """
package "plugin" (
  directory = "."
  requires = "{requires}"
  archive(byte) = "{name}.cma"
  archive(native) = "{name}.cmxa"
  plugin(byte) = "{name}.cma"
  plugin(native) = "{name}.cmxs"
)
"""


def meta_text(project: Project) -> str:
    """The text of `project.meta` where proof-makefile makes it, as coq_makefile does.

    Raises MachineError without a Coq, whose version tells the name of its core library.
    """
    if project.meta_file is not None:
        return Path(project.root, project.meta_file).read_text(encoding="utf-8")
    about = _field("description", project.description)
    if project.package is None:
        return "\n" + _field("version", project.version) + about + _plugin(project, ())[1:] + _HERE
    own = (f"{project.package.name}.plugin",) if project.archive else ()
    return "".join(
        (
            _field("version", project.version or "dev"),
            about,
            _HERE,
            _field("rocqpath", project.package.logical),
            _field("requires", " ".join((*project.packages, *own)) or None),
            _plugin(project, project.packages),
        )
    )


_HERE = 'directory = "."\n'


def _plugin(project: Project, packages: Sequence[str]) -> str:
    """The sub-package for the plugin, if there is one."""
    if project.archive is None:
        return ""
    toolchain = find_toolchain()
    core = "rocq-runtime" if toolchain.version >= (9,) else "coq-core"
    # Before Rocq 9.3 they are in user-contrib: findlib, which loads the plugin, knows none of them
    needed = packages if toolchain.has_packages else ()
    requires = " ".join((f"{core}.plugins.ltac", *needed))
    return _PLUGIN.format(requires=requires, name=PurePosixPath(project.archive).stem)


def _field(name: str, value: str | None) -> str:
    """A line of a META file.

    >>> _field("description", 'a "b"')
    'description = "a \\\\"b\\\\""\\n'
    """
    if value is None:
        return ""
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} = "{quoted}"\n'
