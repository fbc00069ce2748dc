"""What a fuzzer tries: damaged bytes, and project files that nobody would write."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Place = float  # from 0, the beginning, to 1, the end


@dataclass(frozen=True)
class Damage:
    """One thing that goes wrong with a file."""

    kind: str  # flip, cut, put, drop, zero, repeat
    at: Place
    more: bytes = b""

    def done(self, content: bytes) -> bytes:
        """The file after it."""
        at = int(self.at * len(content))
        head, tail, long = content[:at], content[at:], 1 + len(self.more)
        match self.kind:
            case "flip":
                return head + bytes(byte ^ 1 << long % 8 for byte in tail[:1]) + tail[1:]
            case "cut":
                return head
            case "put":
                return head + self.more + tail
            case "drop":
                return head + tail[long:]
            case "zero":
                return head + bytes(len(tail[: 64 * long])) + tail[64 * long :]
            case _:
                return head + tail[: 8 * long] + tail


KINDS = ("flip", "cut", "put", "drop", "zero", "repeat")
DAMAGE = st.builds(Damage, st.sampled_from(KINDS), st.floats(0, 1), st.binary(max_size=12))
DAMAGES = st.lists(DAMAGE, min_size=1, max_size=6)


def damaged(content: bytes, damages: list[Damage]) -> bytes:
    """The file after all of these."""
    for damage in damages:
        content = damage.done(content)
    return content


# ---- project files ----

ODD = st.text(
    st.sampled_from("ab-'\"#$%\\=.:;,/ \t\r\n\0{}[]()&|*?~é\x1b\u2028\ud800"), max_size=12
)
FOLDER = st.sampled_from([".", "sub", "./sub/../sub", "..", "", "/nowhere", "a b", "$(X)", "é"])
LOGICAL = st.sampled_from(["Top", "Top.Sub", "", ".", "Top.", "1", "é", "a b"])
FILE = st.sampled_from(
    ["a.v", "sub/b.v", "./a.v", "no.v", "c.ml", "d.mlg", "e.mlpack", "META.x", "sub"]
)
WORD = st.one_of(ODD, FOLDER, LOGICAL, FILE)
OPTION = st.sampled_from(
    [
        "-Q",
        "-R",
        "-I",
        "-arg",
        "-f",
        "-o",
        "-install",
        "-docroot",
        "-native-compiler",
        "-generate-meta-for-package",
        "-extra",
        "-phony",
        "-custom",
        "-no-opt",
        "-byte",
        "-opt",
        "-impredicative-set",
        "-h",
        "-v",
        "--",
        "-",
        "=",
        "X",
        "COQC",
    ]
)


@st.composite
def classic(draw: st.DrawFn) -> bytes:
    """A text of options and words, some of them in quotes."""
    words = draw(st.lists(st.one_of(OPTION, WORD), max_size=14))
    quoted = (f'"{word}"' if draw(st.integers(0, 3)) == 0 else word for word in words)
    separator = draw(st.sampled_from([" ", "\n", "\r\n", "\t", " # "]))
    return separator.join(quoted).encode("utf-8", "surrogatepass")


KEY = st.sampled_from(
    [
        "sources",
        "arguments",
        "generated",
        "docroot",
        "native-compiler",
        "meta-package",
        "Q",
        "R",
        "I",
        "X",
        "é",
        "source",
    ]
)
TABLE = st.sampled_from(["project", "load-path", "variables", "projekt", "project.sources", ""])
VALUE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(WORD, st.integers(), st.booleans(), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(KEY, WORD), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def toml(draw: st.DrawFn) -> bytes:
    """Tables with keys that are known, or not, and values of all types."""
    text = ""
    for table in draw(st.lists(TABLE, max_size=4)):
        text += f"[{table}]\n"
        for key in draw(st.lists(KEY, max_size=4)):
            text += f"{key} = {_toml_value(draw(VALUE))}\n"
    return text.encode("utf-8", "surrogatepass")


def _toml_value(value: Any) -> str:
    match value:
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_toml_value, value))}]"
        case dict():
            pairs = (f"{_toml_value(key)} = {_toml_value(one)}" for key, one in value.items())
            return f"{{ {', '.join(pairs)} }}"
        case _:
            return str(value)


CLASSIC = b'# mine\n-Q . Top\n-R sub Top.Sub -arg "-w all"\nX = "a b"\na.v\nsub/b.v # last\n'
TOML = b"""\
[project]
sources = ["a.v", "sub/b.v"]  # two
arguments = ["-w", "all"]
native-compiler = "no"
[load-path]
Q = { "." = "Top" }
R = { sub = "Top.Sub" }
[variables]
X = 'a b'
"""
PROJECT_FILE = st.one_of(
    classic(),
    toml(),
    *(st.builds(damaged, st.just(text), DAMAGES) for text in (CLASSIC, TOML)),
    st.binary(max_size=60),
)
