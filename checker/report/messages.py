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

# coqc says this of the time or the machine, not of the proof (Coq 8.16 to Rocq 9.2): of memory and
# stack, of the time that `timeout`, `Timeout` and `Set Default Timeout` give, of a signal, of files
# and processes that the system refuses, of the C compiler that native_compute runs.
_MACHINE_FAILURE = re.compile(
    r"""(?:Anomaly\s+")?
      (?:Out\ of\ memory|Stack\ overflow|Timeout!|User\ interrupt|Native\ compiler)
    | (?:Tactic\ failure:\s+)?(?:\[Proofview\.tclTIMEOUT\]\s+)?Tactic\s+timeout!
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
    position = None
    if found["file"]:
        file = str(PurePath(found["file"]))  # coqc puts ./ before it
        position = Position(file, int(found["line"]), int(found["from"]), int(found["to"]))
    in_worker = _WORKER_FAILURE.search(output)
    text = in_worker[1] if in_worker else found["text"].strip()
    return Message(position, text, _advice(text) if _MACHINE_FAILURE.match(text) else "")


def is_machine_failure(message: Message) -> bool:
    """Whether coqc gave up for lack of memory, stack or time, which another machine may have."""
    return _MACHINE_FAILURE.match(message.text) is not None


def _advice(words: str) -> str:
    """What a user can do about such a failure."""
    if "timeout!" in words.lower():
        return "(no verdict: it depends on how quick the machine is just now)"
    if re.search("Stack.overflow", words):
        return (
            "(no verdict: it depends on the stack that coqc gets; "
            "more of it: `ulimit -s unlimited`, or OCAMLRUNPARAM=l=1G since Coq 8.20)"
        )
    return "(no verdict: the machine failed coqc)"
