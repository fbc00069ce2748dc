"""What is wrong as annotations of GitHub's workflows, which show them beside the source.

The commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

import secrets
from collections.abc import Iterator
from functools import cache

from checker.report.formats.overview import FileRow, Overview, every_message
from checker.report.results import Message


def stop() -> str:
    """The line from which on GitHub obeys nothing in what is printed, until `annotations` come.

    A line of coqc's words may look like a command.
    """
    return f"::stop-commands::{_token()}"


@cache
def _token() -> str:
    return secrets.token_hex(16)


def annotations(overview: Overview) -> Iterator[str]:
    """A line for each message, to be written on standard output after what `stop` says."""
    yield f"::{_token()}::"
    for file in overview.files:
        for row, message in every_message(file):
            title = row.name if row else file.result.verdict.value
            yield _annotation(overview.place, file, title, message)


def _annotation(folder: str, file: FileRow, title: str, message: Message) -> str:
    where = {"file": folder + file.result.file}
    if message.position:
        where = {
            "file": folder + message.position.file,
            "line": str(message.position.line),
            "col": str(message.position.start + 1),
        }
    where["title"] = title
    properties = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in where.items())
    return f"::error {properties}::{_escaped(message.text)}"


def _escaped(text: str, more: str = "") -> str:
    """As the commands want it.

    >>> _escaped("a: 100%, or" + chr(10) + "b", ":")
    'a%3A 100%25, or%0Ab'
    """
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" + more else c for c in text)
