"""The TOML form: every key, and one line with file, line and mend for what is wrong."""

import pytest

from makegen.base.errors import UserError
from makegen.project.declarations import Declaration, Key, Where
from makegen.project.tomlproject import looks_like_toml, read_tomlproject


def declared(text: str) -> list[tuple[int | None, Key, tuple[str, ...]]]:
    return [(d.where.line, d.key, d.words) for d in read_tomlproject(text, "p.toml")]


def refusal(text: str) -> str:
    with pytest.raises(UserError) as raised:
        read_tomlproject(text, "p.toml")
    return str(raised.value)


def test_every_key_declares_what_its_option_does() -> None:
    text = """\
[project]
sources = ["theories", "META.foo"]
arguments = ["-w", "all"]
docroot = "Foo"
native-compiler = "no"
meta-package = "foo"
generated = ["theories/Gen.v"]
[load-path]
Q = { theories = "Foo", "../lib" = "Lib" }
R = { "." = "" }
I = ["src", "lib"]
[variables]
COQDOCFLAGS = "--toc"
"""
    assert declared(text) == [
        (2, Key.FILE, ("theories",)),
        (2, Key.FILE, ("META.foo",)),
        (3, Key.ARG, ("-w", "all")),
        (4, Key.DOCROOT, ("Foo",)),
        (5, Key.NATIVE_COMPILER, ("no",)),
        (6, Key.META_PACKAGE, ("foo",)),
        (7, Key.GENERATED, ("theories/Gen.v",)),
        (9, Key.Q, ("theories", "Foo")),
        (9, Key.Q, ("../lib", "Lib")),
        (10, Key.R, (".", "")),
        (11, Key.I, ("src",)),
        (11, Key.I, ("lib",)),
        (13, Key.VARIABLE, ("COQDOCFLAGS", "--toc")),
    ]


def test_an_argument_is_one_word_whatever_is_in_it() -> None:
    text = """[project]\narguments = ["-set", "A=b 'c"]"""
    assert declared(text) == [(2, Key.ARG, ("-set", "A=b 'c"))]


def test_a_file_is_found_on_its_line_also_when_listed_twice_or_named_in_a_comment() -> None:
    text = '[project]\n# "a.v"\nsources = [\n  "a.v",\n  "b.v",\n  \'a.v\',\n]\n'
    assert [line for line, _, _ in declared(text)] == [4, 5, 6]


@pytest.mark.parametrize(
    "text",
    [
        "[project]",
        "# c\n\n  [load-path]",
        'project.sources = ["a.v"]',
        'sources = ["a.v"]',
        'project = { sources = ["a.v"] }',
    ],
)
def test_toml_begins_with_a_table(text: str) -> None:
    assert looks_like_toml(text)


@pytest.mark.parametrize(
    "text", ["", "# [project]", "-Q . Foo\n[project]", 'X = "a"', "X = { a", "sources = a", "a.v"]
)
def test_what_begins_otherwise_is_no_toml(text: str) -> None:
    assert not looks_like_toml(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[project\n", "p.toml:1: broken TOML: expected ']' at the end of a table declaration; "),
        ('[project]\n\nsources = ["a.v"', "p.toml:3: broken TOML: unclosed array; "),
        ("[project]\nx = \n", "p.toml:2: broken TOML: invalid value; "),
        ("[project]\n[project]\n", "p.toml:2: broken TOML: cannot declare ('project',) twice; "),
        ('sources = ["a.v"]', "p.toml:1: unknown key sources; put it under [project]"),
        ("[projekt]", "p.toml:1: unknown key projekt; did you mean project?"),
        (
            '[project]\nsource = ["a.v"]',
            "p.toml:2: unknown key project.source; did you mean sources?",
        ),
        ("[project]\nI = []", "p.toml:2: unknown key project.I; put it under [load-path]"),
        ("[load-path]\nL = {}", "p.toml:2: unknown key load-path.L; known are Q, R, I"),
        (
            '[project]\nsources = "a.v"',
            "p.toml:2: project.sources is text; write an array of texts",
        ),
        ("[project]\nsources = [1]", "p.toml:2: project.sources is 1; write text in quotes"),
        ("[project]\ndocroot = true", "p.toml:2: project.docroot is true or false; write text"),
        (
            '[load-path]\nQ = ["theories"]',
            'p.toml:2: load-path.Q is an array; write a table { "FOLDER" = "LOGICAL.PATH" }',
        ),
        ("[variables]\nA = 'x'\nB = 2", "p.toml:3: variables.B is 2; write text in quotes"),
        ("project = {}\nvariables = [[1]]", "p.toml:2: variables is an array; write a table"),
    ],
)
def test_what_is_wrong_is_refused_with_line_and_mend(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


def test_ten_thousand_sources_keep_their_lines() -> None:
    names = [f"theories/F{number}.v" for number in range(10_000)]
    text = "[project]\nsources = [\n" + "".join(f'  "{name}",\n' for name in names) + "]\n"
    last = read_tomlproject(text, "p.toml")[-1]
    assert last == Declaration(Where("p.toml", 10_002), Key.FILE, ("theories/F9999.v",))
