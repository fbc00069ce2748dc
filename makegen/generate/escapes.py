"""Escapes: how a word is written in a Makefile, in its recipes, and in Python.

Make has no way to write a name with a blank in it where it splits words; the readers of project
files refuse such names, so these functions never meet one outside a shell word.
"""

import json
import re
import shlex


def variable(value: str) -> str:
    """The value of a make variable: what `VAR = ...` expands to again.

    >>> variable("cost $5 # cheap")
    'cost $$5 \\\\# cheap'
    """
    if "#" in value:  # before it make reads backslashes in pairs
        value = re.sub(r"(\\*)#", r"\1\1\\#", value)
    return value.replace("$", "$$")


def target(name: str) -> str:
    """A file name at the left of a rule's colon, where `%` is a pattern.

    >>> target("50%.v")
    '50\\\\%.v'
    """
    return prerequisite(name).replace("%", "\\%")


def prerequisite(name: str) -> str:
    """A file name at the right of a rule's colon.

    >>> prerequisite("a:b.v")
    'a\\\\:b.v'
    """
    return variable(name).replace(":", "\\:")


def shell(word: str) -> str:
    """One word for the shell, quoted only where it must be.

    >>> shell("Default Goal Selector=!")
    "'Default Goal Selector=!'"
    """
    return shlex.quote(word)


def recipe(word: str) -> str:
    """One word of a recipe: quoted for the shell, then kept from make's expansion.

    >>> recipe("$x")
    "'$$x'"
    """
    return shell(word).replace("$", "$$")


def words(items: tuple[str, ...]) -> str:
    """A make variable that a recipe expands into exactly these words.

    >>> words(("-Q", ".", ""))
    "-Q . ''"
    """
    return " ".join(variable(shell(item)) for item in items)


def comment(text: str) -> str:
    """Text that stays inside one comment line of a Makefile or of Python.

    A newline would end the comment, and a last backslash would carry it on to the next line.

    >>> comment("a\\nb\\\\")
    'a b'
    """
    return " ".join(text.split()).rstrip("\\")


def python(value: str | tuple[str, ...]) -> str:
    """A literal that Python reads back as the value.

    >>> python(("it's",))
    '("it\\'s",)'
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # Python reads JSON strings as they are
    items = ", ".join(map(python, value))
    return f"({items},)" if len(value) == 1 else f"({items})"
