"""Both forms of the project file give one model, and a wrong one gives one clear line."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from makegen.base.errors import UserError
from makegen.project.loadpath import logical_name
from makegen.project.project import LoadPath, PathKind, Project, read_project
from tests.helpers import Coq, write_files

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
    write_files(root, dict.fromkeys(names, ""))


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
        folders=("theories",),
        variables=(("COQDOCFLAGS", "--toc -g"),),
        docroot="Foo/doc",
        native_compiler="ondemand",
        told_by_origin=True,
    )


def test_load_paths_come_in_the_order_of_coq_makefile(tmp_path: Path) -> None:
    project = read(tmp_path, "-R r R1 -Q q Q1 -I i -Q q2 Q2 -I j")
    assert " ".join(project.load_flags) == "-I i -I j -Q q Q1 -Q q2 Q2 -R r R1"


def test_one_file_has_one_name_however_it_is_written(tmp_path: Path) -> None:
    touch(tmp_path, "a.v", "sub/b.v")
    project = read(tmp_path, './a.v .//sub/./b.v -R "" Foo -Q ./sub/. Bar')
    assert project.sources == ("a.v", "sub/b.v")
    assert project.load_flags == ("-Q", "sub", "Bar", "-R", ".", "Foo")


def test_a_file_in_the_root_without_load_path_is_in_Top(tmp_path: Path) -> None:
    touch(tmp_path, "a.v")
    assert read(tmp_path, "a.v").load_flags == ("-I", ".", "-R", ".", "Top")
    assert read(tmp_path, "a.v -Q . Foo").load_flags == ("-Q", ".", "Foo")
    assert read(tmp_path, "a.v -Q .. Foo").load_flags == ("-Q", "..", "Foo")


def test_a_root_may_be_outside_of_the_folder(tmp_path: Path) -> None:
    touch(tmp_path, "lib/b.v", "main/a.v")
    project = read(tmp_path / "main", "-Q ../lib Lib -Q . Main a.v ../lib/b.v")
    assert project.sources == ("a.v", "../lib/b.v")


def test_paths_are_relative_to_the_file_or_to_a_given_root(tmp_path: Path) -> None:
    touch(tmp_path, "a.v", "sub/b.v")
    (tmp_path / "sub/_Project").write_text("-R . Foo b.v")
    project = read_project(tmp_path / "sub/_Project")
    assert (project.root, project.origin) == (tmp_path / "sub", "_Project")
    (tmp_path / "sub/_Project").write_text("-R . Foo a.v")
    project = read_project(tmp_path / "sub/_Project", root=tmp_path)
    assert (project.root, project.origin, project.sources) == (tmp_path, "sub/_Project", ("a.v",))


def test_the_native_compiler_may_be_chosen_through_arg(tmp_path: Path) -> None:
    project = read(tmp_path, '-arg "-w all -native-compiler no" -native-compiler yes')
    assert (project.native_compiler, project.arguments) == ("no", ("-w", "all"))


def test_the_last_load_path_names_a_file(tmp_path: Path) -> None:
    touch(tmp_path, "sub/a.v", "b/a.v")
    paths = read(tmp_path, "-Q . Foo -R sub Bar").load_paths
    assert logical_name(tmp_path, paths, "sub/a.v") == "Bar.a"
    assert logical_name(tmp_path, paths, "b/a.v") == "Foo.b.a"
    paths = read(tmp_path, "-Q sub Bar -Q . Foo").load_paths
    assert logical_name(tmp_path, paths, "sub/a.v") == "Foo.sub.a"
    assert logical_name(tmp_path, paths, "../a.v") is None


@pytest.mark.parametrize("flags", ["-Q . Foo -Q sub Bar", "-Q sub Bar -Q . Foo", "-R . ''"])
def test_logical_names_are_those_of_coqc(coq: Coq, tmp_path: Path, flags: str) -> None:
    sources = ("a.v", "sub/b.v", "sub/deep/c.v", "no-name/d.v")
    write_files(tmp_path, dict.fromkeys(sources, "Definition x := 1. Locate x."))
    paths = read(tmp_path, flags.replace("''", '""')).load_paths
    for source in sources:
        done = coq.run("coqc", *(w for p in paths for w in p.flags), source, cwd=tmp_path)
        assert f"Constant {logical_name(tmp_path, paths, source)}.x\n" in done.stdout


def test_a_file_that_a_local_rule_makes_may_be_absent(tmp_path: Path) -> None:
    (tmp_path / "M.local").write_text("sub/Gen.v: gen.sh\n\tsh gen.sh > $@\ntmp/%.v: %.in\n")
    assert read(tmp_path, "-R . Foo sub/Gen.v tmp/X.v").doubts == ()
    (doubt,) = read(tmp_path, "-R . Foo sub/Gen.v sub/Ge.v A.v").doubts
    assert "_Project:1: no file sub/Ge.v (and 1 others) in " in doubt


def test_a_file_that_toml_calls_generated_may_be_absent(tmp_path: Path) -> None:
    text = '[project]\nsources = ["Gen.v"]\ngenerated = ["Gen.v"]\n[load-path]\nQ = { "." = "A" }'
    assert read(tmp_path, text).doubts == ()
    (doubt,) = read(tmp_path, text.replace('generated = ["Gen.v"]', "")).doubts
    assert "_Project:2: no file Gen.v in " in doubt
    message = refusal(tmp_path, text.replace('sources = ["Gen.v"]', "sources = []"))
    assert message == "_Project:3: generated file Gen.v is no source; list it in sources"


def test_the_meta_file_is_listed_or_made(tmp_path: Path) -> None:
    touch(tmp_path, "src/META.p.in", "src/p.mllib")
    assert read(tmp_path, "src/META.p.in").meta == "src/META.p"
    project = read(tmp_path, "src/p.mllib -generate-meta-for-package q")
    assert (project.meta, project.meta_file) == ("src/META.q", None)


R = "-R . Foo "


LISTED = ("a.v", "b.v", "sub/c.v", "sub2/c.v", "README.md", "p.mllib", "META.a", "META.b")


@pytest.mark.parametrize(
    ("text", "message", "sources"),
    [
        (R + "a.v\nb.v a.v", "_Project:2: a.v is listed twice (first at _Project:1); ", "a.v b.v"),
        (R + "a.v\n./a.v", "_Project:2: a.v is listed twice (first at _Project:1); ", "a.v"),
        (R + "sub\nsub/c.v", "_Project:2: sub/c.v is listed twice (first at _", "sub/c.v"),
        (R + "\nx.v", "_Project:2: no file x.v in ", "x.v"),
        (R + "\nnosuch", "_Project:2: no folder nosuch; correct the name", ""),
        (R + "empty", "_Project:1: no source below the folder empty; ", ""),
        (R + "X=5", '_Project:1: blanks missing in X=5; write `X = "5"`', ""),
        (R + '""', "_Project:1: empty file name; take it out", ""),
        (R + "-coqlib /usr", "_Project:1: -coqlib is passed over; set COQLIB", ""),
        (
            "-Q sub A -Q sub2 A\nsub/c.v\nsub2/c.v",
            "_Project:3: sub2/c.v and sub/c.v (_Project:2) have one logical name, A.c; ",
            "sub/c.v sub2/c.v",
        ),
        ("\n\ufeff", r"_Project:2: no folder \ufeff; ", ""),
        ("x" * 300, f"_Project:1: no folder {'x' * 300}; ", ""),
    ],
)
def test_what_coq_makefile_takes_is_taken_and_doubted(
    tmp_path: Path, text: str, message: str, sources: str
) -> None:
    touch(tmp_path, *LISTED)
    (tmp_path / "empty").mkdir()
    project = read(tmp_path, text)
    (doubt,) = project.doubts
    assert doubt.replace(f"{tmp_path}/", "").startswith(message)
    assert " ".join(project.sources) == sources


def test_what_has_nothing_to_doubt_is_taken_in_silence(tmp_path: Path) -> None:
    touch(tmp_path, *LISTED)
    text = '-Q sub A sub/c.v sub2/c.v META.c -arg "\'do it\'" X = "a\nb" Y = "\xe9"'
    (tmp_path / "_Project").write_bytes(text.encode("latin-1"))
    project = read_project(tmp_path / "_Project")
    assert project.doubts == ()
    assert project.sources == ("sub/c.v", "sub2/c.v")  # one outside of every load path
    assert (project.meta, project.arguments) == ("META.c", ("do it",))
    assert project.variables == (("X", "a\nb"), ("Y", "\udce9"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (R + "\nREADME.md", "_Project:2: README.md is no source of a known kind; known are .v,"),
        (R + "\nno.txt", "_Project:2: no.txt is no source of a known kind; known are .v,"),
        (R + "p.ml4", "_Project:1: p.ml4: camlp5 files are no longer supported; port it to .mlg"),
        (R + '"c d.v"', "_Project:1: make cannot take ' ' in the path 'c d.v'; rename it"),
        (R + "c:d.v", "_Project:1: make cannot take ':' in the path 'c:d.v'; rename it"),
        (R + "$(X).v", "_Project:1: make cannot take '$' in the path '$(X).v'; rename it"),
        (R + '"c=d.v"', "_Project:1: make cannot take '=' in the path 'c=d.v'; rename it"),
        (R + '"\x01.v"', r"_Project:1: make cannot take '\x01' in the path '\x01.v'; rename it"),
        ("-Q a:b Foo", "_Project:1: make cannot take ':' in the path 'a:b'; rename it"),
        ("-Q . 1a", "_Project:1: '1a' is no logical path; write identifiers joined by dots"),
        ("-Q . Foo.", "_Project:1: 'Foo.' is no logical path; "),
        ("-docroot a\n-docroot b", "_Project:2: -docroot is given twice (first at _Project:1); "),
        ("-native-compiler on", "_Project:1: invalid value 'on' of -native-compiler; write one of"),
        ("-arg '-native-compiler' -arg on", "_Project:1: invalid value 'on' of -native-compiler; "),
        ('-arg "a\nb"', "_Project:1: line end inside the text of -arg; write it on one line"),
        ("a:b = c", "_Project:1: make takes no variable named 'a:b'; use letters"),
        ("META.a META.b", "_Project:1: two META files, META.a and META.b; keep one"),
        ("META.c.in", "_Project:1: no file META.c.in in "),
        ("-generate-meta-for-package p", "_Project:1: -generate-meta-for-package needs just one "),
        ("c.mllib -generate-meta-for-package a/b", "_Project:1: 'a/b' is no name of a package; "),
        (
            "p.mllib META.a -generate-meta-for-package p",
            "_Project:1: -generate-meta-for-package and META.a are both given; keep one",
        ),
        ('"a\nb"', r"_Project:1: make cannot take '\n' in the path 'a\nb'; rename it"),
        ('"-x\n"', r"_Project:1: unknown option -x\n; "),
        ("\ufeff-Q . Foo", "_Project:1: the file begins with a byte order mark; save it without"),
    ],
)
def test_what_is_wrong_is_refused_with_line_and_mend(
    tmp_path: Path, text: str, message: str
) -> None:
    touch(tmp_path, *LISTED)
    assert refusal(tmp_path, text).startswith(message)


def test_a_file_is_listed_twice_also_by_its_absolute_path(tmp_path: Path) -> None:
    touch(tmp_path, "a.v")
    (doubt,) = read(tmp_path, f"{R}a.v\n{tmp_path}/a.v").doubts
    assert "a.v is listed twice (first at _Project:1)" in doubt.replace(f"{tmp_path}/", "")


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    touch(tmp_path, "sub/a.v")
    (tmp_path / "sub/b").symlink_to("c")
    (tmp_path / "sub/c").symlink_to("b")
    assert read(tmp_path, R + "sub").sources == ("sub/a.v",)
    (tmp_path / "sub/d").mkdir(mode=0)
    if os.access(tmp_path / "sub/d", os.R_OK):  # root may read everything
        assert read(tmp_path, R + "sub").sources == ("sub/a.v",)
    else:
        assert "sub/d (Permission denied); make it readable" in refusal(tmp_path, R + "sub")


@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
@example(b"[load-path]\nQ = { 'a' = '' }")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_file_gives_a_project_or_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "_Project").write_bytes(content)
    try:
        project = read_project(tmp_path / "_Project")
    except UserError as error:
        message = str(error).removeprefix(f"{tmp_path}/")
        assert message.isprintable()
        assert re.match(r"_Project(:\d+)?: .*; ", message)
    else:
        assert all(message.isprintable() for message in project.doubts)


@pytest.mark.parametrize("form", ["classic", "toml"])
def test_both_forms_are_checked_alike(tmp_path: Path, form: str) -> None:
    touch(tmp_path, "a.v")
    toml = '[project]\nsources = ["a.v",\n  "a.v"]\n[load-path]\nR = { "." = "Foo" }'
    text = toml if form == "toml" else R + "\na.v\na.v"
    (doubt,) = read(tmp_path, text).doubts
    assert "_Project:3: a.v is listed twice" in doubt


def test_a_project_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"[project]\n# caf\xe9\n")
    for name, message in {
        "none": "none: no such project file; write one, or name another with -f",
        ".": ": the project file is a folder; name the file in it, as -f ",
        "latin": "latin:2: the project file is not UTF-8; save it as UTF-8",
    }.items():
        with pytest.raises(UserError) as raised:
            read_project(tmp_path / name)
        assert message in str(raised.value)


def test_links_in_a_circle_are_not_followed_for_ever(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"_Project": "-Q src T -Q elsewhere E\nsrc\n", "src/z/F.v": "", "src/G.v": ""}
    )
    write_files(tmp_path, {"elsewhere/H.v": ""})
    (tmp_path / "src/z/up").symlink_to("..")
    (tmp_path / "src/b").symlink_to("z")
    (tmp_path / "src/out").symlink_to("../elsewhere")
    assert read_project(tmp_path / "_Project").sources == ("src/G.v", "src/out/H.v", "src/z/F.v")


def test_ten_thousand_files_are_read_and_checked(tmp_path: Path) -> None:
    names = [f"theories/d{number % 100}/F{number}.v" for number in range(10_000)]
    touch(tmp_path, *names)
    assert len(read(tmp_path, "-R theories Foo theories").v_files) == 10_000
