"""Both forms of the project file give one model, and a wrong one gives one clear line."""

from pathlib import Path

import pytest

from makegen.errors import UserError
from makegen.project import LoadPath, PathKind, Project, read_project

CLASSIC = """\
# my project
-R theories Foo   -I src
-arg "-w all" -arg "-set 'Default Goal Selector=!'"
-native-compiler ondemand -docroot Foo/doc
COQDOCFLAGS = "--toc -g"
theories src/g.mlg
"""
TOML = """\
# my project
[project]
sources = ["theories", "src/g.mlg"]
arguments = ["-w", "all", "-set", "Default Goal Selector=!"]
native-compiler = "ondemand"
docroot = "Foo/doc"
[load-path]
R = { theories = "Foo" }
I = ["src"]
[variables]
COQDOCFLAGS = "--toc -g"
"""


def touch(root: Path, *names: str) -> None:
    """Make empty files, with their folders."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def read(root: Path, text: str) -> Project:
    """Read a project file with this text."""
    (root / "_Project").write_text(text)
    return read_project(root / "_Project")


def refusal(root: Path, text: str) -> str:
    """The message about a wrong project file, its folder left out."""
    with pytest.raises(UserError) as raised:
        read(root, text)
    return str(raised.value).replace(f"{root}/", "")


@pytest.mark.parametrize("text", [CLASSIC, TOML], ids=["classic", "toml"])
def test_both_forms_give_the_same_model(tmp_path: Path, text: str) -> None:
    touch(tmp_path, "theories/B.v", "theories/sub/A.v", "src/g.mlg")
    assert read(tmp_path, text) == Project(
        root=tmp_path,
        origin="_Project",
        load_paths=(LoadPath(PathKind.I, "src"), LoadPath(PathKind.R, "theories", "Foo")),
        arguments=("-w", "all", "-set", "Default Goal Selector=!"),
        sources=("theories/B.v", "theories/sub/A.v", "src/g.mlg"),
        variables=(("COQDOCFLAGS", "--toc -g"),),
        docroot="Foo/doc",
        native_compiler="ondemand",
    )
