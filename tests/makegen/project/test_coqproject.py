"""We read _CoqProject files as the coq_makefile of each Coq does."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from makegen.base.errors import UserError
from makegen.project.coqproject import Word, read_coqproject, split_argument, split_words
from makegen.project.declarations import Key, Where
from makegen.project.project import PathKind, Project, read_project
from tests.helpers import Coq, write_files

FILES = ("a.v", "b_1.v", "sub/c.v", "sub/deep/d.v", "src/e.ml", "src/f.mli", "src/g.mlg")


def words(text: str) -> list[str]:
    return [word.text for word in split_words(text, "P")]


def arguments(text: str) -> list[str]:
    return list(split_argument(Word(text, Where("P", 1))))


def refusal(text: str) -> str:
    with pytest.raises(UserError) as raised:
        read_coqproject(text, "P")
    return str(raised.value)


def test_a_comment_ends_with_the_line_and_begins_also_inside_a_word() -> None:
    assert words("a.v#one\n# two\nb.v") == ["a.v", "b.v"]


def test_a_quote_counts_only_at_the_beginning_of_a_word() -> None:
    assert words('"a b"c d"e f"') == ["a b", "c", 'd"e', 'f"']


def test_a_quoted_word_may_be_empty_and_may_hold_a_hash() -> None:
    assert words('"" "a#b"') == ["", "a#b"]


def test_every_word_knows_its_line() -> None:
    text = 'a\n"b\nc" d # e\n\nf'
    assert [word.where.line for word in split_words(text, "P")] == [1, 2, 3, 5]


def test_an_argument_splits_at_spaces_outside_single_quotes() -> None:
    assert arguments("-w all") == ["-w", "all"]
    assert arguments("-set 'A=b c'") == ["-set", "A=b c"]
    assert arguments("  a''  '' b'c d'e ") == ["a", "", "bc de"]


def test_an_argument_may_begin_with_a_dash() -> None:
    (declaration,) = read_coqproject("-arg -noinit", "P")
    assert (declaration.key, declaration.words) == (Key.ARG, ("-noinit",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a.v\n"b', 'P:2: quote " is not closed; add the closing "'),
        ("\n-Q .", "P:2: missing argument of -Q; write `-Q FOLDER LOGICAL-PATH`"),
        ("-R . -I src", "P:1: missing argument of -R; write `-R FOLDER LOGICAL-PATH`"),
        ("X = ", 'P:1: variable X has no value; write `X = "VALUE"`'),
        ("-dokroot Foo", "P:1: unknown option -dokroot; did you mean -docroot?"),
        ("-w all", "P:1: unknown option -w; for an option of coqc write `-arg OPTION`"),
        ("-f P", "P:1: option -f in a project file; give it on the command line"),
    ],
)
def test_a_wrong_text_is_refused_with_line_and_mend(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("option", "replacement"),
    [
        ("-extra", "Makefile.local"),
        ("-extra-phony", "Makefile.local"),
        ("-phony", "Makefile.local"),
        ("-custom", "Makefile.local"),
        ("-include", "Makefile.local"),
        ("-install", "DSTROOT"),
        ("-no-install", "make install"),
        ("-opt", "make opt"),
        ("-byte", "make byte"),
        ("-impredicative-set", "-arg -impredicative-set"),
    ],
)
def test_what_coq_makefile_removed_is_refused_with_its_replacement(
    option: str, replacement: str
) -> None:
    message = refusal(f"{option} a b c")
    assert message.startswith(f"P:1: option {option} was removed from coq_makefile; ")
    assert replacement in message


# The comparison with the real coq_makefile.


@dataclass(frozen=True)
class Understood:
    """What a reader took from a project file, in a form that both can give."""

    load_flags: tuple[str, ...]
    arguments: tuple[str, ...]
    sources: tuple[str, ...]
    variables: str
    native_compiler: str
    meta: str
    docroot: str | None


def by_us(project: Project) -> Understood:
    return Understood(
        load_flags=project.load_flags,
        arguments=project.arguments,
        sources=tuple(sorted(project.sources)),
        variables="".join(f"{name} = {value}\n" for name, value in project.variables),
        native_compiler=project.native_compiler or "",
        meta=project.meta or "",
        docroot=project.docroot,
    )


def by_coq(coq: Coq, root: Path, docroot: str | None) -> Understood | str:
    """What coq_makefile took from root/_Project, or its complaint."""
    (root / "M.conf").unlink(missing_ok=True)
    done = coq.run("coq_makefile", "-f", "_Project", "-o", "M", cwd=root)
    if done.returncode != 0:
        return done.stderr
    conf = (root / "M.conf").read_text()
    values = dict(re.findall(r"^(COQMF_\w+) :?= ?(.*)$", conf, re.MULTILINE))
    if "COQMF_SOURCES" in values:
        sources = coq.run("coq_makefile", "-sources-of", "-f", "_Project", cwd=root).stdout
    else:
        kinds = ("V", "ML", "MLI", "MLG", "MLLIB", "MLPACK")
        sources = " ".join(values[f"COQMF_{kind}FILES"] for kind in kinds)
    extra = re.search(r"# Extra variables.*\n.*\n#+\n\n(?s:(.*?))COQMF_OTHERFLAGS", conf)
    flags = values["COQMF_OTHERFLAGS"].replace("$$", "$").replace("\\#", "#")
    root_of_documents = shlex.split(values["COQMF_INSTALLCOQDOCROOT"])
    return Understood(
        load_flags=normal_flags(shlex.split(values["COQMF_COQLIBS"])),
        arguments=tuple(shlex.split(flags)),
        sources=tuple(sorted({str(PurePosixPath(name)) for name in sources.split()})),
        variables=extra.group(1) if extra else "",
        native_compiler=values["COQMF_COQPROJECTNATIVEFLAG"],
        meta=values["COQMF_METAFILE"],
        docroot=None if docroot is None else "".join(root_of_documents),
    )


def normal_flags(flags: list[str]) -> tuple[str, ...]:
    """The load path with its folders written in one way: src/ and ./src/. are src."""
    dashed = {kind.value for kind in PathKind}
    after = [False, *(flag in dashed for flag in flags)]
    return tuple(
        str(PurePosixPath(flag)) if is_folder else flag
        for flag, is_folder in zip(flags, after, strict=False)
    )


# Where we refuse what coq_makefile accepts, on purpose; docs/project-file.md lists them.
STRICTER = (
    "line end inside the text",
    "missing argument",  # a folder or name that begins with a dash
    "has no value",
    "is no logical path",
    "make takes no variable named",
    "make cannot take",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the random projects name."""
    root = tmp_path_factory.mktemp("random")
    return write_files(root, dict.fromkeys((*FILES, "META.p"), ""))


TEXT = st.text(st.sampled_from("ab-'\"#$\\= \t\n{}é"), max_size=8)
SEPARATOR = st.sampled_from([" ", "  ", "\n", "\t", "\r\n", " # a 'comment\"\n", "#\n"])
LOGICAL = st.sampled_from(["Foo", "Foo.Bar", "A_1.b", ""])
FOLDER = st.sampled_from([".", "./", "sub", "./sub/", "sub/.", "src", "sub/deep", "../other"])
OPTION = st.one_of(
    st.tuples(st.sampled_from(["-Q", "-R"]), FOLDER, LOGICAL),
    st.tuples(st.just("-I"), FOLDER),
    st.tuples(st.just("-arg"), TEXT),
    st.tuples(st.just("-arg"), st.sampled_from(["-w all", "-set 'A=b c'", "-native-compiler no"])),
    st.tuples(st.just("-native-compiler"), st.sampled_from(["yes", "no", "ondemand"])),
    st.tuples(st.sampled_from(["X", "COQDOCFLAGS"]), st.just("="), TEXT),
    st.tuples(st.sampled_from([*FILES, "./sub/c.v", "META.p", "-extra", "-Q"])),
    st.tuples(TEXT),
)


@st.composite
def project_texts(draw: st.DrawFn) -> str:
    """A text with options, files, quotes and comments; not always one that coq_makefile takes."""
    options = draw(st.lists(OPTION, max_size=6))
    text = "-R . Top\n" if draw(st.booleans()) else ""
    if draw(st.booleans()):
        options.append(("-docroot", "Foo/doc"))
    for word in (word for option in options for word in option):
        text += f'"{word}"' if draw(st.booleans()) or not word else word
        text += draw(SEPARATOR)
    return text


@given(project_texts())
@example("a.v\n")
@example("sub/c.v -Q sub Foo a.v")
@example("./ ")
@example("-R ./sub/. Foo -I src -Q . Bar sub/deep/d.v")
@example('-R . Foo -arg "-w all" -arg "-set \'A=b c\'" -arg "" -arg "\'\'"')
@example("-R . Foo -native-compiler yes -arg '-native-compiler' -arg no a.v")
@example('-R . Foo X = "" a.v Y = #c\n$(X)')
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_project_files_are_read_as_coq_makefile_reads_them(
    coq: Coq, folder: Path, text: str
) -> None:
    (folder / "_Project").write_text(text)
    project = project_or_refusal(folder)
    if isinstance(project, str):
        if not any(reason in project for reason in STRICTER):
            assert isinstance(by_coq(coq, folder, None), str), f"only we refuse: {project}"
        return
    theirs = by_coq(coq, folder, project.docroot)
    if coq.name == "8.16" and isinstance(theirs, str):  # later ones take any word for a folder
        assert "Unknown option" in theirs
        assert project.doubts or "./" in text  # a folder that no later one refuses
    else:
        assert theirs == by_us(project)


def project_or_refusal(folder: Path) -> Project | str:
    try:
        return read_project(folder / "_Project")
    except UserError as error:
        return str(error)


def test_a_folder_stands_for_the_sources_that_coq_makefile_finds_in_it(
    coq: Coq, tmp_path: Path
) -> None:
    hidden = (".x.v", ".git/y.v", "CVS/z.v", "_darcs/w.v", "foo-bar/t.v", "o.d/u.v", "#v.v", "1.v")
    names = (*FILES, "sub/B.v", "sub/deep/é.v", "sub/META.q", "sub/README", "sub/p.mlpack")
    write_files(tmp_path, dict.fromkeys((*names, *(f"sub/{name}" for name in hidden)), ""))
    for listed in ("sub", "./sub src", "src a.v ./sub/", "."):
        (tmp_path / "_Project").write_text(f"{listed} -R . Foo")
        done = coq.run("coq_makefile", "-sources-of", "-f", "_Project", cwd=tmp_path)
        ours = read_project(tmp_path / "_Project").sources
        if coq.name == "8.16":  # folders came later; we take them for every Coq
            assert (len(ours) > 3, done.returncode) == (True, 1)
        else:
            assert ours == tuple(str(PurePosixPath(name)) for name in done.stdout.split())
