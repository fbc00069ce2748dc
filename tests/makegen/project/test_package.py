"""Packages as Rocq has them from 9.3 on, in a project file: what is read, made and refused."""

from pathlib import Path

import pytest

from makegen.base.errors import UserError
from makegen.generate.meta import meta_text
from makegen.project.package import Package
from makegen.project.project import Project, read_project
from tests.helpers import write_files

CLASSIC = """\
--rocq-package foo --package-version 1.2 --description "A \\ test"
-package rocq-stdlib -package bar
--legacy-support
-Q theories Foo.Bar
theories/A.v
"""
TOML = """\
[project]
rocq-package = "foo"
package-version = "1.2"
description = 'A \\ test'
packages = ["rocq-stdlib", "bar"]
legacy-support = true
sources = ["theories/A.v"]
[load-path]
Q = { theories = "Foo.Bar" }
"""


def read(folder: Path, text: str, **files: str) -> Project:
    names = {name.replace("__", "."): content for name, content in files.items()}
    write_files(folder, {"theories/A.v": "", "_CoqProject": text, **names})
    return read_project(folder / "_CoqProject")


@pytest.mark.parametrize("text", [CLASSIC, TOML], ids=["classic", "toml"])
def test_both_forms_say_what_the_package_is(text: str, tmp_path: Path) -> None:
    project = read(tmp_path, text)
    assert project.package == Package("foo", "Foo.Bar", legacy=True)
    assert project.packages == ("rocq-stdlib", "bar")
    assert project.doubts == ()
    assert project.meta == "META.foo"
    assert meta_text(project) == (
        'version = "1.2"\ndescription = "A \\\\ test"\ndirectory = "."\n'
        'rocqpath = "Foo.Bar"\nrequires = "rocq-stdlib bar"\n'
    )


def test_a_package_without_version_is_a_developers(tmp_path: Path) -> None:
    project = read(tmp_path, "--rocq-package foo -R theories Foo theories/A.v")
    assert meta_text(project) == 'version = "dev"\ndirectory = "."\nrocqpath = "Foo"\n'
    assert not project.is_old_on_purpose
    assert read(tmp_path, "--no-rocq-package-warning -R theories Foo").is_old_on_purpose


def test_a_meta_file_of_ones_own_says_what_the_package_is(tmp_path: Path) -> None:
    text = "--rocq-package foo -R theories Foo theories/A.v META.foo"
    good = 'package "plugin" (\n  directory = "src"\n)\ndirectory = "."\nrocqpath = "Foo"\n'
    assert read(tmp_path, text, META__foo=good).meta == "META.foo"


@pytest.mark.parametrize(
    ("text", "meta", "said"),
    [
        ("-Q theories Foo -R . Bar", "", "needs just one -Q or -R, found 2"),
        ("-I .", "", "needs just one -Q or -R, found 0"),
        ("-R theories Foo --rocq-package bar", "", "--rocq-package is given twice"),
        ("-R theories Foo src/a.mllib src/b.mlpack", "", "for one .mllib or .mlpack, found 2"),
        ("-R theories Foo META.foo", 'directory = "."\n', "META.foo has no rocqpath"),
        ("-R theories Foo META.foo", 'rocqpath = "Bar"\n', 'META.foo says rocqpath = "Bar"'),
        (
            "-R theories Foo META.foo",
            'rocqpath = "Foo"\ndirectory = "src"\n',
            'META.foo says directory = "src"',
        ),
    ],
)
def test_what_cannot_be_a_package_is_refused(
    text: str, meta: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=said) as refused:
        read(tmp_path, f"theories/A.v\n--rocq-package foo\n{text}", META__foo=meta)
    assert "_CoqProject:" in str(refused.value)


@pytest.mark.parametrize("name", ["..", "a/b", "", "a b"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no name of a package"):
        read(tmp_path, f'-R theories Foo theories/A.v --rocq-package "{name}"')


def test_a_quote_that_is_not_closed_is_doubted_since_rocq_will_refuse_it(tmp_path: Path) -> None:
    (doubt,) = read(tmp_path, '-R theories Foo\n-arg "-set \'A B"\ntheories/A.v').doubts
    assert doubt == (
        f"{tmp_path}/_CoqProject:2: a ' in -arg is not closed, which Rocq refuses from 9.4 on; "
        "close it"
    )
