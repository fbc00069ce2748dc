"""How every command begins and ends: whatever fails, its user reads one line, never a traceback."""

import codecs
import contextlib
import io
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from makegen.base.errors import ExitCode, MachineError, UserError
from makegen.base.side import FOLDER
from makegen.base.visible import shown


def guarded(name: str, command: Callable[[], int]) -> int:
    """Run a command; the exit code, also where it fails or what it prints cannot be written."""
    _open_streams()
    try:
        try:
            return int(command())
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 128 + 2
    except Exception as several:
        error = first(several)
        line, code = explain(name, error)
        if not isinstance(error, BrokenPipeError):  # who read us has gone, and needs no more
            with contextlib.suppress(OSError):
                print(f"{name}: error: {line}", file=sys.stderr, flush=True)
        _discard_unwritten()
        return code


def first(error: Exception) -> Exception:
    """Of the errors of a task group the one that says most; any other error itself."""
    while isinstance(error, ExceptionGroup):
        told = error.subgroup((UserError, MachineError)) or error.subgroup(OSError) or error
        error = told.exceptions[0]
    return error


def exit_code(error: Exception) -> ExitCode:
    """With which the command ends because of it."""
    told = first(error)
    return told.exit_code if isinstance(told, UserError | MachineError) else ExitCode.MACHINE


def explain(name: str, error: Exception) -> tuple[str, ExitCode]:
    """What to tell of an error in one line, and the exit code."""
    match error:
        case UserError() | MachineError():
            return str(error), error.exit_code
        case OSError(filename=file, strerror=str(reason)):
            return f"{os.fsdecode(file)}: {reason}" if file else reason, ExitCode.MACHINE
        case MemoryError():
            return "no memory is left", ExitCode.MACHINE
    if type(error).__module__ == "sqlite3":
        return f"the ledger {FOLDER}/proofs.db: {error}; remove it to begin anew", ExitCode.MACHINE
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{what}; this is a defect of {name}: {_report(name, error)}", ExitCode.MACHINE


def _report(name: str, error: Exception) -> str:
    """What to send; where no file can be written, at least the place."""
    import tempfile  # noqa: PLC0415 - it takes long to load, and make calls us often

    try:
        handle, file = tempfile.mkstemp(prefix=f"{name}-", suffix=".traceback")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            traceback.print_exception(error, file=stream)
    except OSError:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"please report it, and its place {Path(frame.filename).name}:{frame.lineno}"
    return f"please report it with {file}"


def _open_streams() -> None:
    """Make sure that all of 0, 1 and 2 are open, and that any text can be printed.

    Else the next file that is opened would be one of them. Names of files may hold bytes of any
    encoding, which go out as they came; what the terminal's encoding lacks is written as `\\u...`.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest that is free
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    codecs.register_error("proof-makefile", _encoded)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="proof-makefile")
            setattr(sys, name, shown(stream))


def _encoded(error: UnicodeError) -> tuple[str | bytes, int]:
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)


def _discard_unwritten() -> None:
    """What is left cannot be written now, nor when Python ends: no second complaint."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
