"""The two families of errors that a command tells its user in one line.

makegen.base.guard says what happens to the rest: an error of the system, or a defect of ours.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command of this project."""

    OK = 0
    WRONG = 1  # some proof or file is wrong
    USAGE = 2  # the command line or the project file is wrong
    MACHINE = 3  # the machine failed: no coqc, no memory


class UserError(Exception):
    """What the user wrote is wrong; str() is `FILE:LINE: what; what to do`."""

    exit_code = ExitCode.USAGE


class SourceError(UserError):
    """A source of the project cannot be read as Coq; str() is as for UserError."""

    exit_code = ExitCode.WRONG


class MachineError(Exception):
    """The machine cannot do it (no coqc, too old, no memory); str() is one line."""

    exit_code = ExitCode.MACHINE
