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

_WARNING = re.compile(
    r'^File "(?P<file>[^"\n]*)", line (?P<line>\d+), characters (?P<from>-?\d+)-(?P<to>-?\d+):\n'
    r'Warning:(?P<text>(?:(?!^(?:File "|Error:|Warning:)).)*)',
    re.MULTILINE | re.DOTALL,
)
# coqc says this of what it has loaded, which is an interface, not of the source.
NO_PROOF_THERE = "Cannot access opaque"

# We say this where coqc makes nothing of a file, such as an interface, that it accepts.
ACCEPTED = "plain coqc accepts this file"

# coqc says this of a file that a command of the source names, and with no place of its own files.
_SYSTEM_ERROR = "System error"
_NO_ROOM = re.compile(
    r"No space left|Disk quota|Read-only file|Input/output error|Too many open|Cannot allocate"
)
# coqc says this of the time or the machine, not of the proof (Coq 8.16 to Rocq 9.2): of memory and
# stack, of the time that `timeout`, `Timeout` and `Set Default Timeout` give, of a signal, of files
# and processes that the system refuses, of the C compiler that native_compute runs, of a library
# that was compiled over other files than are found now.
_MACHINE_FAILURE = re.compile(
    r"""(?:Anomaly\s+")?
      (?:Out\ of\ memory|Stack\ overflow|Timeout!|User\ interrupt|Native\ compiler)
    | (?:Tactic\ failure:\s+)?(?:\[Proofview\.tclTIMEOUT\]\s+)?Tactic\s+timeout!
    | Compiled\s+library\s.*\smakes\s+inconsistent\s+assumptions
    | Dynlink\ error: .* (?:Stack\ overflow|Out\ of\ memory)
    | (?:System\ error:|Anomaly\s+"Uncaught\ exception) .*
      (?:Out_of_memory|Stack_overflow|E(?:AGAIN|NOMEM|NOSPC|MFILE|NFILE)\b
      |No\ space\ left|Cannot\ allocate|temporarily\ unavailable|Too\ many\ open\ files)""",
    re.DOTALL | re.VERBOSE,
)

# A worker of `par:` that ends so leaves its goals open: Coq 8.16 then complains of `Qed`.
_WORKER_FAILURE = re.compile(r"Slave: critical exception: (Stack overflow\.|Out of memory\.)")


def read_error(output: str) -> Message | None:
    """The error that ended a coqc which printed this; None when it named none.

    >>> read_error('File "./A.v", line 1, characters 2-9:\\nError: No.\\n')
    Message(position=Position(file='A.v', line=1, start=2, end=9), text='No.', note='')
    """
    output = output.replace("\r\n", "\n")
    found = _ERROR.search(output)
    if not found:
        return None
    message = _message(found)
    in_worker = _WORKER_FAILURE.search(output)
    text = in_worker[1] if in_worker else message.text
    note = _advice(text) if _MACHINE_FAILURE.match(text) else ""
    return Message(message.position, text, note)


def read_warnings(output: str) -> list[Message]:
    """The warnings that have a place.

    >>> [warning] = read_warnings('File "./A.v", line 1, characters 2-9:\\nWarning: Old. [x]\\n')
    >>> str(warning.position), warning.text
    ('File "./A.v", line 1, characters 2-9:', 'Old. [x]')
    """
    return [_message(found) for found in _WARNING.finditer(output.replace("\r\n", "\n"))]


def _message(found: re.Match[str]) -> Message:
    position = None
    if found["file"]:
        file = str(PurePath(found["file"]))  # coqc puts ./ before it
        position = Position(file, int(found["line"]), int(found["from"]), int(found["to"]))
    return Message(position, found["text"].strip())


def is_machine_failure(message: Message) -> bool:
    """Whether coqc gave up for lack of memory, stack, time or room, or for another file's sake.

    On another machine, or where that file is made anew, it may say something else.
    """
    return is_system_failure(message) or _MACHINE_FAILURE.match(message.text) is not None


def is_system_failure(message: Message) -> bool:
    """Whether coqc could not read or write a file, and the source did not ask for that file.

    >>> is_system_failure(Message(None, 'System error: "No space left on device"'))
    True
    """
    if not message.text.startswith(_SYSTEM_ERROR):
        return False
    return message.position is None or _NO_ROOM.search(message.text) is not None


def is_about_interfaces(message: Message) -> bool:
    """Whether coqc complains of what it works with when it compiles no .vo."""
    return NO_PROOF_THERE in message.text or message.note == ACCEPTED


def _advice(words: str) -> str:
    """What a user can do about such a failure."""
    if "timeout!" in words.lower():
        return "(no verdict: it depends on how quick the machine is just now)"
    if re.search("Stack.overflow", words):
        return (
            "(no verdict: it depends on the stack that coqc gets; "
            "more of it: `ulimit -s unlimited`, or OCAMLRUNPARAM=l=1G since Coq 8.20)"
        )
    if "inconsistent" in words:
        return (
            "(no verdict: it was compiled over another file; compile it again, or, "
            "where that is a file of this project, check after `make`)"
        )
    return "(no verdict: the machine failed coqc)"
