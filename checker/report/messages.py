"""What coqc prints when it gives up: the position line, `Error:`, and its words."""

import re
from pathlib import PurePath

from checker.report.results import Message, Position

# Of an open comment coqc says where it begins from the last line on, such as -12. The last error
# ends the output; anomalies are printed the same way.
_ERROR = re.compile(
    r'(?:^File "(?P<file>[^"\n]*)", line (?P<line>\d+), '
    r"characters (?P<from>-?\d+)-(?P<to>-?\d+):\n)?"
    r"^(?:Error|Fatal error):(?P<text>(?:(?!^(?:Error|Fatal error):).)*)\Z",
    re.MULTILINE | re.DOTALL,
)

# coqc says this of what it has loaded, which is an interface, not of the source.
NO_PROOF_THERE = "Cannot access opaque"

# We say this where coqc makes nothing of a file, such as an interface, that it accepts.
ACCEPTED = "plain coqc accepts this file"

# coqc says this of itself, not of the proof.
MACHINE_FAILURES = ("Out of memory", "Stack overflow")


def read_error(output: str) -> Message | None:
    """The error that ended a coqc which printed this; None when it named none.

    >>> read_error('File "./A.v", line 1, characters 2-9:\\nError: No.\\n')
    Message(position=Position(file='A.v', line=1, start=2, end=9), text='No.', note='')
    """
    found = _ERROR.search(output.replace("\r\n", "\n"))
    if not found:
        return None
    position = None
    if found["file"]:
        file = str(PurePath(found["file"]))  # coqc puts ./ before it
        position = Position(file, int(found["line"]), int(found["from"]), int(found["to"]))
    return Message(position, found["text"].strip())


def is_machine_failure(message: Message) -> bool:
    """Whether coqc gave up for lack of memory or stack, which another machine may have."""
    return message.text.startswith(MACHINE_FAILURES)


def is_about_interfaces(message: Message) -> bool:
    """Whether coqc complains of what it works with when it compiles no .vo."""
    return NO_PROOF_THERE in message.text or message.note == ACCEPTED
