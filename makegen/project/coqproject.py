"""The syntax of _CoqProject files, and of coq_makefile's command line, which is the same.

It is Coq's own (lib/coqProject_file.ml, 8.16 to Rocq 9): words separated by blanks, `#` starts a
comment that ends with the line, also inside a word, and a word that *begins* with `"` ends at the
next `"`, whatever is between. There is no escape character.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Never

from makegen.base.near import near
from makegen.project.declarations import COMMAND_LINE, Declaration, Key, Where, refuse

_TOKEN = re.compile(
    r"""(?P<blanks>[ \t\r\n]+) | (?P<comment>\#[^\n]*)
      | (?P<quoted>"[^"]*") | (?P<open>") | (?P<plain>[^ \t\r\n#]+)""",
    re.VERBOSE,
)

# Options and what follows each, for the message when it is missing.
ARITY = {
    Key.Q: ("FOLDER", "LOGICAL-PATH"),
    Key.R: ("FOLDER", "LOGICAL-PATH"),
    Key.I: ("FOLDER",),
    Key.ARG: ("ARGUMENT",),
    Key.DOCROOT: ("FOLDER",),
    Key.NATIVE_COMPILER: ("yes|no|ondemand",),
    Key.META_PACKAGE: ("PACKAGE",),
    Key.COQLIB: ("FOLDER",),
    Key.PACKAGE: ("PACKAGE",),
    Key.ROCQ_PACKAGE: ("PACKAGE",),
    Key.PACKAGE_VERSION: ("VERSION",),
    Key.DESCRIPTION: ("TEXT",),
    Key.LEGACY_SUPPORT: (),
    Key.NO_PACKAGE_WARNING: (),
}
OPTIONS = {key.value: key for key in ARITY}
FREE = (Key.ARG, Key.DESCRIPTION)  # what follows them may begin with a dash

# What coq_makefile had once and removed, with what does the same.
REMOVED = {
    "-extra": "write the rule in Makefile.local, with its target as prerequisite of `post-all::`",
    "-extra-phony": "write the rule and its .PHONY line in Makefile.local",
    "-phony": "write `.PHONY: TARGET` in Makefile.local",
    "-custom": "write the rule in Makefile.local, with its target as prerequisite of `post-all::`",
    "-include": "write `include FILE` in Makefile.local",
    "-install": "drop it, and choose the place with `make install DSTROOT=...` or COQLIBINSTALL",
    "-no-install": "drop it, and do not call `make install`",
    "-opt": "drop it; `make opt` builds native code",
    "-full": "drop it; `make opt` builds native code",
    "-byte": "drop it; `make byte` builds bytecode",
    "-no-opt": "drop it; `make byte` builds bytecode",
    "-impredicative-set": "write `-arg -impredicative-set`",
}
NOT_IN_A_FILE = (
    *("-f", "-o", "-C", "-sources-of", "-destination-of"),
    *("-h", "--help", "--version", "--init", "--drop-in", "--print-completion"),
)


@dataclass(frozen=True)
class Word:
    """One word of a project file, without its quotes, and where it begins."""

    text: str
    where: Where


def split_words(text: str, file: str) -> list[Word]:
    """The words of a project file, as Coq's reader splits them.

    Raises UserError at a quote that is not closed.

    >>> [w.text for w in split_words('-arg "-w all" a.v#comment', "_CoqProject")]
    ['-arg', '-w all', 'a.v']
    """
    words = []
    line = 1
    for token in _TOKEN.finditer(text):
        kind, content = token.lastgroup, token.group()
        if kind == "plain":
            words.append(Word(content, Where(file, line)))
        elif kind == "quoted":
            words.append(Word(content[1:-1], Where(file, line)))
        elif kind == "open":
            refuse(Where(file, line), 'quote " is not closed', 'add the closing "')
        line += content.count("\n")
    return words


def split_argument(word: Word) -> tuple[str, ...]:
    """The arguments in one word after -arg: split at spaces, '...' keeps spaces.

    An unpaired quote is closed at the end, as Coq 8.16 to Rocq 9.2 do.

    >>> split_argument(Word("-set 'Default Goal Selector=!'", Where("f")))
    ('-set', 'Default Goal Selector=!')
    """
    pieces = word.text.split("'")
    arguments: list[str] = []
    current: str | None = None
    for number, piece in enumerate(pieces):
        if number % 2:
            current = (current or "") + piece
            continue
        first, *rest = piece.split(" ")
        current = (current or "") + first if first else current
        for part in rest:
            arguments += [] if current is None else [current]
            current = part or None
    return tuple(arguments + ([] if current is None else [current]))


def read_coqproject(text: str, file: str) -> list[Declaration]:
    """What a _CoqProject file declares. Raises UserError with file, line and mend."""
    return list(declarations(split_words(text, file)))


def option_length(words: Sequence[str]) -> int:
    """How many of the words belong to the first: an option's operands, or `NAME = VALUE`."""
    if _is_variable(words):
        return 3
    return 1 + len(ARITY[OPTIONS[words[0]]]) if words[0] in OPTIONS else 1


def _is_variable(words: Sequence[str]) -> bool:
    # Coq looks for NAME = VALUE before -arg, but after the other options.
    is_option = words[0] in OPTIONS and not (words[0] == "-arg" and len(words) > 2)
    return list(words[1:2]) == ["="] and not is_option


def declarations(words: Sequence[Word]) -> Iterator[Declaration]:
    """What the words of a project file or of a command line (without -f, -o) declare."""
    position = 0
    while position < len(words):
        group = words[position : position + 3]  # no option has more than two operands
        length = option_length([word.text for word in group])
        yield _declaration(group[:length])
        position += length


def _declaration(group: Sequence[Word]) -> Declaration:
    if _is_variable([word.text for word in group]):
        return _variable(group)
    if group[0].text in OPTIONS:
        return _option(OPTIONS[group[0].text], group)
    return _file(group[0])


def _variable(words: Sequence[Word]) -> Declaration:
    name = words[0]
    if len(words) < 3:
        refuse(name.where, f"variable {name.text} has no value", f'write `{name.text} = "VALUE"`')
    return Declaration(name.where, Key.VARIABLE, (name.text, words[2].text))


def _option(key: Key, group: Sequence[Word]) -> Declaration:
    option, *operands = group
    names = ARITY[key]
    # An argument may begin with a dash; a folder or a name that does is the next option.
    dashed = key not in FREE and any(word.text.startswith("-") for word in operands)
    if len(operands) < len(names) or dashed:
        refuse(
            option.where,
            f"missing argument of {key.value}",
            f"write `{key.value} {' '.join(names)}`",
        )
    if key is Key.ARG:
        words = split_argument(operands[0])
        return Declaration(option.where, key, words, operands[0].text.count("'") % 2 == 1)
    return Declaration(option.where, key, tuple(word.text for word in operands))


def _file(word: Word) -> Declaration:
    text = word.text
    if text in REMOVED:
        refuse(word.where, f"option {text} was removed from coq_makefile", REMOVED[text])
    if text in NOT_IN_A_FILE and word.where != COMMAND_LINE:
        refuse(word.where, f"option {text} in a project file", "give it on the command line")
    if text.startswith("-"):
        _refuse_option(word.where, text)
    return Declaration(word.where, Key.FILE, (text,))


def _refuse_option(where: Where, option: str) -> Never:
    known = [*OPTIONS, *REMOVED, *(NOT_IN_A_FILE if where == COMMAND_LINE else ())]
    meant = near(option, known)
    mend = f"did you mean {meant}?" if meant else "for an option of coqc write `-arg OPTION`"
    refuse(where, f"unknown option {option}", mend)
