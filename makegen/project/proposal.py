"""A project file for a folder that has none, as its sources seem to want it.

Which folder has which logical name is read off the names that sources require: `Foo.sub.A` and the
file theories/sub/A.v together say that theories is Foo. It is a guess, for the user to mend.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath

from makegen.base.errors import UserError
from makegen.project.sources import expand, is_identifier

# Folders of other tools, and logical names of Coq's own libraries
_SKIPPED = ("_build", "_opam")
_OF_COQ = ("Coq", "Stdlib", "Corelib", "Ltac2")
_USUAL = ("theories", "src", "coq", "rocq")  # whose files are known by the name of the project

_COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)
_NAME = r"[\w']+(?:\.[\w']+)*"
_REQUIRE = re.compile(
    rf"(?:\bFrom\s+({_NAME})\s+)?\bRequire(?:\s+(?:Import|Export))?((?:\s+{_NAME})+)\s*\.(?:\s|$)"
)

Parts = tuple[str, ...]
Bindings = dict[Parts, Parts]  # a folder, and its logical name


@dataclass(frozen=True)
class Proposal:
    """The text of a project file, and what to tell of it."""

    text: str
    told: tuple[str, ...]


def propose(root: Path) -> Proposal:
    """What a project file of this folder may say. Raises UserError where there is no .v file."""
    found = [name for name in expand(root, ".") if name.partition("/")[0] not in _SKIPPED]
    sources = [PurePosixPath(name).with_suffix("").parts for name in found if name.endswith(".v")]
    if not sources:
        raise UserError(f"{root}: no .v file is here or below; write one first")
    required = [name for source in sources for name in _required(root.joinpath(*source))]
    bindings, bare = _voted(sources, required)
    _bind_others(bindings, sources, _name(root.name))
    option = "-R" if bare else "-Q"
    paths = [f"{option} {'/'.join(f) or '.'} {'.'.join(n)}" for f, n in sorted(bindings.items())]
    ocaml = {name for name in found if not name.endswith(".v")}
    listed = list(dict.fromkeys(_listed(source, bindings, ocaml) for source in sources))
    head = "# Written by proof-makefile --init: load paths, then sources and folders of them."
    told = [f"{len(sources)} .v files, {', '.join(paths)}"]
    if ocaml:
        told.append(f"left out: {len(ocaml)} sources in OCaml, such as {min(ocaml)}")
    return Proposal("\n".join([head, *paths, "", *listed, ""]), tuple(told))


def _required(stem: Path) -> Iterator[Parts]:
    """The names that a source requires, as it writes them after what `From` says."""
    text = stem.with_name(f"{stem.name}.v").read_text(encoding="utf-8", errors="replace")
    for match in _REQUIRE.finditer(_COMMENT.sub(" ", text)):
        prefix = match[1].split(".") if match[1] else []
        for name in match[2].split():
            yield (*prefix, *name.split("."))


def _voted(sources: Sequence[Parts], required: Sequence[Parts]) -> tuple[Bindings, bool]:
    """The bindings for which most names speak; whether some names have no prefix at all."""
    by_base: dict[str, list[Parts]] = {}
    for source in sources:
        by_base.setdefault(source[-1], []).append(source)
    votes: Counter[tuple[Parts, Parts]] = Counter()
    bare = False
    for name in required:
        for source in by_base.get(name[-1], ()):
            pairs = zip(reversed(name), reversed(source), strict=False)
            common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            if common == len(name) == 1:
                bare = True
            elif name[0] not in _OF_COQ:
                common -= common == len(name)
                votes[source[: len(source) - common], name[: len(name) - common]] += 1
    bindings: Bindings = {}
    for (folder, logical), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        above = [folder[:n] for n in range(len(folder))]
        if not any(other in bindings or (other, logical) in votes for other in above):
            bindings.setdefault(folder, logical)
    return bindings, bare


def _bind_others(bindings: Bindings, sources: Sequence[Parts], name: str) -> None:
    """Bind the folders that no name speaks of, below the logical name of the project."""
    guessed = not bindings
    if bindings:
        name = Counter(logical[0] for logical in bindings.values()).most_common(1)[0][0]
    others = [source for source in sources if _bound(source, bindings) is None]
    tops = sorted({source[:1] for source in others if source[1:]})
    if not bindings and len(tops) < len({source[:1] for source in others}):
        bindings[()] = (name,)  # there are files in the root folder
        return
    for top in tops:
        folder = _common([source[:-1] for source in others if source[:1] == top])
        is_project = guessed and (len(tops) == 1 or top[0] in _USUAL)
        bindings[folder] = (name,) if is_project else (name, folder[-1])


def _bound(source: Parts, bindings: Bindings) -> Parts | None:
    """The innermost folder with a name that holds the source."""
    above = (source[:n] for n in range(len(source) - 1, -1, -1))
    return next((folder for folder in above if folder in bindings), None)


def _common(folders: Sequence[Parts]) -> Parts:
    """The innermost folder that holds all of these."""
    return PurePosixPath(os.path.commonpath(["/".join(folder) for folder in folders])).parts


def _listed(source: Parts, bindings: Bindings, ocaml: set[str]) -> str:
    """What a project file lists for a source: its folder, if that is all bound alike, or itself."""
    file = f"{'/'.join(source)}.v"
    bound = _bound(source, bindings)
    folder = source[:-1][:1] if bound == () else bound
    if not folder or any(other != folder and other[: len(folder)] == folder for other in bindings):
        return file
    path = "/".join(folder)
    return file if any(name.startswith(f"{path}/") for name in ocaml) else path


def _name(folder: str) -> str:
    """The logical name for a folder.

    >>> _name("coq-my_sets"), _name("2024"), _name("coq")
    ('MySets', 'Top', 'Top')
    """
    words = re.split(r"[\W_]+", re.sub(r"^(coq|rocq)-", "", folder))
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name if is_identifier(name) and name not in _OF_COQ else "Top"
