"""The TOML form of a project file: it says by name what _CoqProject says by option.

[project]
sources = ["theories", "src/plugin.mlg"]
arguments = ["-w", "all"]

[load-path]
Q = { theories = "Foo" }
I = ["src"]

[variables]
COQDOCFLAGS = "--toc"
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Never

import tomli

from makegen.base.near import near
from makegen.project.declarations import Declaration, Key, Where, refuse

TEXTS = {
    "docroot": Key.DOCROOT,
    "native-compiler": Key.NATIVE_COMPILER,
    "meta-package": Key.META_PACKAGE,
    "rocq-package": Key.ROCQ_PACKAGE,
    "package-version": Key.PACKAGE_VERSION,
    "description": Key.DESCRIPTION,
}
LISTS = {
    "sources": Key.FILE,
    "arguments": Key.ARG,
    "generated": Key.GENERATED,
    "packages": Key.PACKAGE,
}
SWITCHES = {
    "legacy-support": Key.LEGACY_SUPPORT,
    "no-rocq-package-warning": Key.NO_PACKAGE_WARNING,
}
TABLES = {
    "project": [*LISTS, *TEXTS, *SWITCHES],
    "load-path": ["Q", "R", "I"],
    "variables": None,  # any key
}

# A _CoqProject may begin with `NAME = VALUE`, too, but not with a table or with these.
_TOML_START = re.compile(
    r"""(?:\s|\#[^\n]*\n)*
    (?: \[
      | (?:project|load-path|variables) [ \t]* (?: \. | =[ \t]*\{ )
      | (?:sources|arguments|generated) [ \t]* =[ \t]*\[ )""",
    re.VERBOSE,
)
_TOKEN = re.compile(
    r"""#[^\n]*|\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+""", re.DOTALL
)


def looks_like_toml(text: str) -> bool:
    """Whether the text is in the TOML form: it begins with one of its tables.

    >>> looks_like_toml("# mine\\n[project]"), looks_like_toml('X = "a"\\n-Q . Foo')
    (True, False)
    """
    return _TOML_START.match(text) is not None


def read_tomlproject(text: str, file: str) -> list[Declaration]:
    """What a TOML project file declares. Raises UserError with file, line and mend."""
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        _refuse_syntax(error, text, file)
    return list(_Reader(text, file).read(document))


def _refuse_syntax(error: tomli.TOMLDecodeError, text: str, file: str) -> Never:
    message = re.sub(r" \(at .*\)$", "", str(error))
    place = re.search(r"\(at line (\d+), column \d+\)$", str(error))
    line = int(place.group(1)) if place else len(text.splitlines()) or 1
    refuse(Where(file, line), f"broken TOML: {message[:1].lower()}{message[1:]}", "mend this line")


def _kind(value: object) -> str:
    kinds = {str: "text", bool: "true or false", list: "an array", dict: "a table"}
    return kinds.get(type(value), f"{value}")


@dataclass(frozen=True)
class _Reader:
    """Turns the tables into declarations; the text is kept to find the lines again."""

    text: str
    file: str

    def read(self, document: Mapping[str, object]) -> Iterator[Declaration]:
        for name, table in document.items():
            if name not in TABLES:
                self.refuse_key("", name, list(TABLES))
            if not isinstance(table, dict):
                self.refuse_type((name,), "a table", table)
            known = TABLES[name]
            for key in table:
                if known is not None and key not in known:
                    self.refuse_key(name, key, known)
        yield from self.project(document.get("project", {}))
        yield from self.load_paths(document.get("load-path", {}))
        yield from self.variables(document.get("variables", {}))

    def project(self, table: object) -> Iterator[Declaration]:
        assert isinstance(table, dict)
        for key, value in table.items():
            path = ("project", key)
            if key in TEXTS:
                yield Declaration(self.where(*path), TEXTS[key], (self.word(value, *path),))
            elif key in SWITCHES:
                if not isinstance(value, bool):
                    self.refuse_type(path, "true or false", value)
                if value:
                    yield Declaration(self.where(*path), SWITCHES[key], ())
            elif key == "arguments":
                yield Declaration(self.where(*path), Key.ARG, tuple(self.words(value, *path)))
            else:
                seen: dict[str, int] = {}
                for word in self.words(value, *path):
                    nth = seen[word] = seen.get(word, -1) + 1
                    yield Declaration(self.where(*path, word, nth=nth), LISTS[key], (word,))

    def load_paths(self, table: object) -> Iterator[Declaration]:
        assert isinstance(table, dict)
        for key, value in table.items():
            path = ("load-path", key)
            if key == "I":
                for word in self.words(value, *path):
                    yield Declaration(self.where(*path, word), Key.I, (word,))
                continue
            if not isinstance(value, dict):
                self.refuse_type(path, 'a table { "FOLDER" = "LOGICAL.PATH" }', value)
            for folder, logical in value.items():
                where = self.where(*path, folder)
                yield Declaration(where, Key[key], (folder, self.word(logical, *path, folder)))

    def variables(self, table: object) -> Iterator[Declaration]:
        assert isinstance(table, dict)
        for name, value in table.items():
            path = ("variables", name)
            yield Declaration(self.where(*path), Key.VARIABLE, (name, self.word(value, *path)))

    def word(self, value: object, *path: str) -> str:
        if not isinstance(value, str):
            self.refuse_type(path, "text in quotes", value)
        return value

    def words(self, value: object, *path: str) -> list[str]:
        if not isinstance(value, list):
            self.refuse_type(path, "an array of texts", value)
        return [self.word(item, *path) for item in value]

    def refuse_type(self, path: tuple[str, ...], wanted: str, value: object) -> Never:
        what = f"{'.'.join(path)} is {_kind(value)}"
        refuse(self.where(*path), what, f"write {wanted}")

    def refuse_key(self, table: str, key: str, known: list[str]) -> Never:
        meant = near(key, known)
        home = [name for name, keys in TABLES.items() if keys and key in keys]
        mend = f"known are {', '.join(known)}"
        if meant:
            mend = f"did you mean {meant}?"
        elif home:
            mend = f"put it under [{home[0]}]"
        name = f"{table}.{key}" if table else key
        refuse(self.where(*filter(None, (table, key))), f"unknown key {name}", mend)

    def where(self, *path: str, nth: int = 0) -> Where:
        """The line of the nth token `path[-1]` after the tokens before it in the path."""
        start, line = 0, 1
        for depth, name in enumerate(path):
            places = self.places.get(name, [])
            first = bisect_left(places, start) + (nth if depth == len(path) - 1 else 0)
            if first >= len(places):
                break
            start = places[first] + 1
            line = bisect_left(self.line_ends, places[first]) + 1
        return Where(self.file, line)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each name or quoted text begins; tomli tells values, but not their places."""
        places: dict[str, list[int]] = {}
        for match in _TOKEN.finditer(self.text):
            if not match.group().startswith("#"):
                places.setdefault(match.group().strip("\"'"), []).append(match.start())
        return places

    @cached_property
    def line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]
