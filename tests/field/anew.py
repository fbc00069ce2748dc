"""Libraries compiled anew, while Debian's were compiled with others than those that are there.

Debian unstable builds the users of a library one after the other when it has changed; until then
coqc refuses their .vo files ("makes inconsistent assumptions"), and apt cannot install them.
"""

import functools
import shlex
import shutil
import tempfile
from pathlib import Path

from tests.field.libraries import Package, package, their_make, user_contrib, write_project
from tests.field.measure import run
from tests.helpers import Coq

_REFUSED = ("inconsistent assumptions", "bad version number", "Cannot find a physical path")


@functools.cache
def renew(coq: Coq, name: str) -> None:
    """Compiles each library that libcoq-NAME needs and coqc refuses, in its package's folder."""
    needed = [folder.name for folder in package(coq, name).folders[1:]]
    named = (name.removeprefix("libcoq-") for name in needed if name.startswith("libcoq-"))
    libraries = [package(coq, other) for other in named]
    for library in sorted(libraries, key=lambda library: len(library.folders)):
        if _is_refused(coq, library):
            _compile(coq, library)


def _is_refused(coq: Coq, library: Package) -> bool:
    """Whether coqc cannot load one of its files."""
    environ = {**coq.environ, **library.environ}
    folder = user_contrib(library.folders[0])
    if folder is None:
        return False
    modules = (name.removesuffix(".v").replace("/", ".") for name in library.sources())
    paths = [word for top in folder.iterdir() for word in ("-Q", str(top), top.name)]
    with tempfile.TemporaryDirectory() as root:
        Path(root, "a.v").write_text("".join(f"Require {module}.\n" for module in modules))
        said = run(["coqc", *paths, "a.v"], Path(root), environ).said
    return any(words in " ".join(said.split()) for words in _REFUSED)


def _compile(coq: Coq, library: Package) -> None:
    """Compiles it; its .vo files take the place of the package's."""
    folder = user_contrib(library.folders[0])
    assert folder is not None  # it has sources
    with tempfile.TemporaryDirectory(prefix="anew-") as name:
        root = Path(name)
        write_project(library, root)
        environ = {**coq.environ, **library.environ}
        done = run(shlex.split(their_make(root, coq, 2, environ)), root, environ)
        if done.code:
            raise SystemExit(f"{library.name} cannot be compiled anew: {done.said[-1000:]}")
        for made in root.rglob("*.vo"):
            shutil.copyfile(made, folder / made.relative_to(root))
    print(f"{coq.name} {library.name}: compiled anew", flush=True)
