"""The command proof-workmgr: starts, finds, shows and stops the work manager of this machine."""

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from checker.workers.manager.address import Address, find_address
from checker.workers.manager.client import ping
from checker.workers.manager.protocol import Pong
from checker.workers.manager.server import Report, listen, serve
from checker.workers.manager.sessions import Sessions
from makegen.base import completion
from makegen.base.cache import cache_folder, make_cache_folder, read_own
from makegen.base.commandline import Parser, Version
from makegen.base.errors import ExitCode, MachineError, UserError
from makegen.base.files import write_whole
from makegen.base.guard import guarded
from makegen.coq.toolchain import find_toolchain

USUAL = 2  # workers
STOP_PATIENCE = 5.0  # seconds that a work manager has to end


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Exit codes: 0 done; 2 the command line or a variable is wrong; 3 no work manager answers
    (--status, --stop), or none can be started.
    """
    return guarded("proof-workmgr", lambda: _act(arguments))


def _act(arguments: Sequence[str] | None) -> int:
    options = _parse(arguments)
    if options.status:
        return _status(os.environ)
    if options.stop:
        return _stop(os.environ)
    return _start(options.j or USUAL, options.foreground, os.environ)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = manual()
    if completion.is_asked():
        completion.answer(parser)
    options = parser.parse_args(arguments)
    if options.j and (options.status or options.stop):
        parser.error("-j is for the start: the limit of one that runs stays as it is")
    return options


def manual() -> Parser:
    """The parser of the command."""
    parser = Parser(
        prog="proof-workmgr",
        description="Limits the Coq workers of this machine: export $(proof-workmgr -j 4). Starts a"
        " work manager in the background, or finds the one that runs, and prints the assignment"
        " that tells Coq, CoqIDE and proof-checker of it.",
    )
    what = parser.add_mutually_exclusive_group()
    parser.add_argument(
        "-j", type=_positive, metavar="N", help=f"workers at once (default: {USUAL})"
    )
    what.add_argument(
        "-d", dest="foreground", action="store_true", help="stay in the foreground and tell"
    )
    what.add_argument("--status", action="store_true", help="show the one that runs")
    what.add_argument("--stop", action="store_true", help="stop the one that runs")
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and exit")
    completion.add_completion(parser)
    return parser


def _positive(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not 0 < int(word) < 10**6:
        raise argparse.ArgumentTypeError(f"{word} is not a number of workers")
    return int(word)


def _start(limit: int, foreground: bool, environ: Mapping[str, str]) -> int:
    variable = _variable(environ)
    if address := find_address(environ):
        if pong := asyncio.run(ping(address)):
            print(f"proof-workmgr: already running at {_describe(address, pong)}", file=sys.stderr)
            print(f"{variable}={address}", flush=True)
            return ExitCode.OK
        print(f"proof-workmgr: nobody answers at {address}; starting anew", file=sys.stderr)
    listener = listen()
    address = Address(*listener.getsockname())
    _remember(address)
    assignment = f"{variable}={address}"
    if foreground:
        print(assignment, flush=True)
        _run(listener, limit, _tell)
        return ExitCode.OK
    sys.stdout.flush()
    if os.fork():
        listener.close()
        print(assignment, flush=True)
        return ExitCode.OK
    _detach(listener)
    _run(listener, limit)
    os._exit(ExitCode.OK)


def _run(listener: socket.socket, limit: int, report: Report | None = None) -> None:
    asyncio.run(serve(listener, Sessions(limit, os.getpid()), report))


def _tell(clients: int, out: int, limit: int) -> None:
    with contextlib.suppress(OSError):  # who read it is gone: the clients are not
        print(f"proof-workmgr: {clients} clients, {out} of {limit} tokens out", file=sys.stderr)


def _detach(listener: socket.socket) -> None:
    """Leave the caller's terminal, folder and descriptors, so that nobody waits for our end.

    In particular $(...) waits until its pipe is closed.
    """
    os.setsid()
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    kept = listener.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def _variable(environ: Mapping[str, str]) -> str:
    """The variable that the coqc at hand reads; without one, that which all versions read."""
    try:
        version = find_toolchain(environ).version
    except MachineError:
        return "COQWORKMGR_SOCK"
    return "ROCQWORKMGR_SOCK" if version >= (9,) else "COQWORKMGR_SOCK"


def _status(environ: Mapping[str, str]) -> int:
    print(_describe(*_running(environ)))
    return ExitCode.OK


def _stop(environ: Mapping[str, str]) -> int:
    address, pong = _running(environ)
    if not _listens(pong.pid, address):
        raise MachineError(f"the work manager at {address} is not process {pong.pid} of this user")
    os.kill(pong.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE
    while _listens(pong.pid, address):
        if time.monotonic() > deadline:
            raise MachineError(f"the work manager (pid {pong.pid}) does not end")
        time.sleep(0.02)
    if pong.out:
        print(f"proof-workmgr: {pong.out} tokens were out; their workers go on", file=sys.stderr)
    return ExitCode.OK


def _running(environ: Mapping[str, str]) -> tuple[Address, Pong]:
    """The work manager that the environment names, else the last that this user has started.

    Raises UserError when there is none, MachineError when the one that is named does not answer.
    """
    if address := find_address(environ):
        if pong := asyncio.run(ping(address)):
            return address, pong
        raise MachineError(f"no work manager answers at {address}")
    if (address := _last_started()) and (pong := asyncio.run(ping(address))):
        return address, pong
    raise UserError("no variable names a work manager; start one with export $(proof-workmgr -j N)")


def _note() -> Path:
    """Where the address of the last one is kept, for those who did not export the variable."""
    return cache_folder() / "workmgr"


def _remember(address: Address) -> None:
    with contextlib.suppress(OSError):
        make_cache_folder()
        write_whole(_note(), str(address))


def _last_started() -> Address | None:
    try:
        return find_address({"COQWORKMGR_SOCK": read_own(_note())})
    except (OSError, ValueError, UserError):
        return None


def _describe(address: Address, pong: Pong) -> str:
    return f"{address}: {pong.out} of {pong.limit} tokens out, pid {pong.pid}"


def _listens(pid: int, address: Address) -> bool:
    """Whether the process still listens there: a PONG could name any process."""
    try:
        connections = psutil.Process(pid).net_connections("tcp4")
    except psutil.Error:
        return False
    return any(
        connection.status == psutil.CONN_LISTEN and connection.laddr == (address.host, address.port)
        for connection in connections
    )
