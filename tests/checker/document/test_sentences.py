"""Sentences are found where Coq finds them."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.document.sentences import BOM, Kind, Lines, coqc_offset, split, split_again
from tests.helpers import Coq, every_coq
from tests.oracle import OF_COQ, Library, library, library_ranges, ran_ranges
from tests.randomtext import comments, proofs

NASTY = Path(__file__).parents[2] / "corpus" / "nasty.v"


def ours(text: bytes) -> list[range]:
    shift = coqc_offset(text)
    return [range(s.start - shift, s.end - shift) for s in split(text)]


def texts(source: bytes) -> list[bytes]:
    return [source[s.start : s.end] for s in split(source)]


def kinds(source: bytes) -> list[str]:
    return [sentence.kind.value for sentence in split(source)]


# Against coqc. ----------------------------------------------------------------------------------

VARIANTS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda text: text,
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "BOM": lambda text: BOM + text,
    "no blank at the end": lambda text: text.rstrip(),
    "invalid UTF-8 in a comment": lambda text: b"(* \xff\xc3 *) " + text,
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_nasty_cases_are_split_as_coqc_does(coq: Coq, variant: str, tmp_path: Path) -> None:
    source = tmp_path / "nasty.v"
    source.write_bytes(VARIANTS[variant](NASTY.read_bytes()))
    assert ours(source.read_bytes()) == ran_ranges(coq, source)


def test_random_texts_are_split_as_coqc_does(coq: Coq, tmp_path: Path) -> None:
    rnd = random.Random(7)
    source = tmp_path / "random.v"
    source.write_text(comments(rnd, 400) + proofs(rnd, 30), newline="")
    assert ours(source.read_bytes()) == ran_ranges(coq, source)


@pytest.mark.parametrize("name", ["ext-lib", "stdpp"])
def test_a_sample_of_a_library_is_split_as_coqc_does(coq: Coq, name: str) -> None:
    check_sample(library(coq, name))


def test_a_sample_of_the_standard_library_is_split_as_coqc_does() -> None:
    check_sample(library(old_coq(), "stdlib"))


@pytest.mark.full
def test_a_library_file_is_split_as_coqc_does(file: tuple[Library, Path]) -> None:
    check_file(*file)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With --full each file of each library is a case."""
    if "file" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("--toolchain")
    coqs = [coq for coq in every_coq() if not asked or coq.name in asked]
    all_libraries = [library(coq, name) for coq in coqs for name in ("ext-lib", "stdpp")]
    all_libraries += [library(coq, name) for coq in coqs if coq.name == "8.16" for name in OF_COQ]
    full = metafunc.config.getoption("--full")
    files = [(lib, file) for lib in all_libraries for file in lib.files] if full else []
    names = [f"{lib.coq.name}-{lib.name}-{lib.relative(file)}" for lib, file in files]
    metafunc.parametrize("file", files, ids=names)


def old_coq() -> Coq:
    """Coq 8.16, whose Debian package ships the sources of the standard library."""
    found = [coq for coq in every_coq() if coq.name == "8.16"]
    return found[0] if found else pytest.skip("Coq 8.16 is not here")


def check_sample(library: Library) -> None:
    """A few files, none that takes long; the same ones on each run."""
    short = [file for file in library.files if file.stat().st_size < 12_000]
    for file in random.Random(4).sample(short, 4):
        check_file(library, file)


def check_file(library: Library, file: Path) -> None:
    assert ours(file.read_bytes()) == library_ranges(library, file)


# Any text. --------------------------------------------------------------------------------------

LEXEMES = [
    "Lemma", "x", " ", "\n", ".", "..", "...", "(*", "*)", '"', "(", ")", "{", "}", "[", "]", "|",
    "-", "+", "*", "1", ":", "2:", "all:", "#[", "Time ", "Fail", "lp:{{", "}}", "'", "é", "\r\n",
    'Notation "x +. y"', "+.", "Section S.", "End S.", "Module M.", "Import M.",
]  # fmt: skip
any_text = st.one_of(
    st.binary(),
    st.text().map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(st.sampled_from(LEXEMES)).map(lambda words: "".join(words).encode()),
)


@given(any_text)
def test_sentences_with_the_blanks_and_comments_between_make_up_any_text(text: bytes) -> None:
    position = coqc_offset(text)
    for sentence in split(text):
        assert position <= sentence.start < sentence.end <= len(text)
        assert split(text[position : sentence.start] + b" ") == []
        position = sentence.end
    assert split(text[position:]) == []


@given(any_text, any_text, any_text, any_text)
def test_an_edited_text_is_split_as_if_it_were_new(
    before: bytes, old: bytes, new: bytes, after: bytes
) -> None:
    was, now = before + old + after, before + new + after
    assert split_again(now, was, split(was)) == split(now)


@given(any_text)
def test_only_the_last_sentence_can_be_unterminated(text: bytes) -> None:
    assert Kind.UNTERMINATED not in [sentence.kind for sentence in split(text)[:-1]]


@pytest.mark.parametrize("piece", [b"(*", b'"', b"{", b"lp:{{", b"..", b"(* *)", b"Time ", b"1,"])
def test_a_long_run_of_anything_is_read_in_linear_time(piece: bytes) -> None:
    text = piece * 300_000  # minutes, if the time were quadratic
    assert len(split(text)) <= 300_000


# Single rules. ----------------------------------------------------------------------------------


def test_braces_with_attributes_controls_and_selectors_are_sentences() -> None:
    source = b'2: { #[local] { Local } Time Fail 1,3-4:{ Timeout 5 [x]: { Redirect "f" } { |'
    assert kinds(source) == [
        "open",
        "open",
        "close",
        *["open"] * 2,
        "close",
        "open",
        "unterminated",
    ]
    assert texts(source)[3] == b"Time Fail 1,3-4:{"


def test_a_selector_before_a_record_term_opens_nothing() -> None:
    assert texts(b"1: {| a := 1 |}. }") == [b"1: {| a := 1 |}.", b"}"]


def test_a_quotation_of_coq_elpi_is_not_read_as_coq() -> None:
    source = b'Elpi Accumulate lp:{{ p X :- q {{ lib:x }}, !. % "\n }}. Elpi Typecheck.'
    assert texts(source) == [source[:-16], b"Elpi Typecheck."]


def test_a_string_or_comment_that_never_ends_is_one_unterminated_sentence() -> None:
    assert texts(b'A. "B. C.') == [b"A.", b'"B. C.']
    assert texts(b"A. (* B. (* *)") == [b"A.", b"(* B. (* *)"]
    assert kinds(b"A. B") == ["command", "unterminated"]


def test_a_dotted_token_ends_with_its_section_and_comes_back_by_import() -> None:
    notation = b'Notation "x +. y" := (x + y) (at level 50).'
    source = b"Module M. %s A +. B. End M. C +. D. Import M. E +. F." % notation
    assert texts(source)[2:] == [
        b"A +. B.", b"End M.", b"C +.", b"D.", b"Import M.", b"E +. F."
    ]  # fmt: skip


def test_strings_in_the_body_of_a_notation_make_no_token() -> None:
    source = b'Tactic Notation "x" ident(y) := fail "done.". done. done.'
    assert texts(source)[1:] == [b"done.", b"done."]


def test_lines_are_counted_as_coqc_counts_them() -> None:
    lines = Lines(BOM + b"A.\r\nB. C.\n")
    assert [lines.position(offset) for offset in (3, 7, 10, 13)] == [(1, 0), (2, 0), (2, 3), (3, 0)]
