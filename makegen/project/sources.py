"""Source files by name: kinds, folders of them, and the names that make and Coq can take."""

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

SUFFIXES = (".v", ".ml", ".mli", ".mlg", ".mllib", ".mlpack")
_SKIPPED_FOLDERS = ("CVS", "_darcs")
# Characters with a meaning of their own in a make target or an unquoted word of sh, and bytes
# that are not UTF-8 (Python reads them as surrogates).
_UNSAFE = re.compile(r"""[\s\ud800-\udfff\x00-\x1f\x7f#$:%;="'\\*?\[\]()&|<>`~]""")


# A path that pathlib writes in another way: with `//`, `/./`, a leading `./`, a trailing `/`
_UNTIDY = re.compile(r"(?:^|/)\.?(?:/|$)")


def tidy(path: str) -> str:
    """The path as pathlib writes it; quick for the many that are tidy already.

    >>> tidy("./a//b/"), tidy("../a.v"), tidy("a/b.v")
    ('a/b', '../a.v', 'a/b.v')
    """
    return str(PurePosixPath(path)) if _UNTIDY.search(path) else path


def base_name(path: str) -> str:
    """The last part of a tidy path."""
    return path.rpartition("/")[2]


def suffix(path: str) -> str:
    """The suffix of the last part, with its dot, or nothing.

    >>> suffix("a.b/c.v"), suffix("a.b/c"), suffix(".v")
    ('.v', '', '')
    """
    stem, dot, ending = base_name(path).rpartition(".")
    return dot + ending if stem and ending else ""


@dataclass
class Tree:
    """What stands at paths relative to a root; each is looked at once."""

    root: Path
    _modes: dict[str, int] = field(default_factory=dict)  # 0: nothing there

    def exists(self, path: str) -> bool:
        """Whether there is a file or a folder."""
        return self._mode(path) != 0

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return stat.S_ISDIR(self._mode(path))

    def _mode(self, path: str) -> int:
        known = self._modes.get(path)
        if known is None:
            try:
                known = os.stat(f"{self.root}/{path}" if path[:1] != "/" else path).st_mode  # noqa: PTH116
            except (OSError, ValueError):  # also for a name that is too long
                known = 0
            self._modes[path] = known
        return known


def is_identifier(name: str) -> bool:
    """Whether Coq takes the name as an identifier (letters, digits, _ and ').

    >>> [is_identifier(name) for name in ("Nat", "x'", "8_16", "foo-bar", "été")]
    [True, True, False, False, True]
    """
    return not name.startswith("'") and name.replace("'", "_").isidentifier()


def unsafe_character(path: str, allowed: str = "") -> str | None:
    """The first character that make cannot take in a path, or None.

    >>> unsafe_character("a b.v"), unsafe_character("a.v")
    (' ', None)
    """
    if not _UNSAFE.search(path):
        return None
    found = (match.group() for match in _UNSAFE.finditer(path))
    return next((char for char in found if char not in allowed), None)


def expand(root: Path, folder: str) -> list[str]:
    """The sources below a folder, relative to root, sorted by name.

    As Coq's expand_paths and Minisys.process_directory do it: names that are no identifiers
    (hidden files, editors' files, folders like .git or test-suite) are passed over. But no folder
    is read twice, where links lead to it: its files have one logical name, and a link may lead up.
    """
    found: list[str] = []
    seen: set[str] = set()
    folders = [(root / folder, "" if folder == "." else folder.rstrip("/") + "/")]
    links: list[tuple[Path, str]] = []  # to folders; these keep their own names where they have one
    while folders or links:
        place, prefix = folders.pop() if folders else links.pop(0)
        if (real := os.path.realpath(place)) in seen:
            continue
        seen.add(real)
        for entry in sorted(place.iterdir()):
            name = PurePosixPath(entry.name)
            if name.stem in _SKIPPED_FOLDERS or not is_identifier(name.stem):
                continue
            if name.suffix in SUFFIXES and entry.is_file():
                found.append(prefix + entry.name)
            elif not name.suffix and entry.is_dir():
                into = links if entry.is_symlink() else folders
                into.append((entry, f"{prefix}{entry.name}/"))
    return sorted(found)


def mentions(makefile: str, source: str) -> bool:
    """Whether a makefile names a source, as a word of its own or by the pattern of a rule.

    >>> mentions("gen/A.v: A.in\\n\\tcp $< $@", "gen/A.v"), mentions("%.v: %.in", "B.v")
    (True, True)
    >>> mentions("DOCS = A.vo AA.v", "A.v")
    False
    """
    if re.search(rf"(?<![\w./-])(?:\./)?{re.escape(source)}(?![\w./-])", makefile):
        return True
    rules = re.findall(r"^([^\t#:=\n][^#:=\n]*)::?(?!=)", makefile, re.MULTILINE)
    targets = (target for rule in rules for target in rule.split() if target.count("%") == 1)
    return any(_matches(target, source) for target in targets)


def _matches(pattern: str, source: str) -> bool:
    start, _, end = pattern.removeprefix("./").partition("%")
    long_enough = len(source) > len(start) + len(end)
    return long_enough and source.startswith(start) and source.endswith(end)
