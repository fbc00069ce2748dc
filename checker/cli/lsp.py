"""proof-checker lsp: the language server, for an editor that starts it."""

import argparse
import gc
import os
import resource

from checker.cli import options
from makegen.base.errors import UserError


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "lsp",
        help="a language server for editors, on standard input and output",
        description="Checks documents as they are edited; see docs/lsp.md.",
    )
    parser.add_argument(
        "-j",
        "--async-proofs-j",
        dest="workers",
        type=options.positive,
        metavar="N",
        help="at most N workers (default: the CPUs that this process may use)",
    )
    parser.add_argument(
        "--async-proofs",
        choices=("on", "off", "lazy"),
        default="on",
        help="on: all proofs are run, by several workers (the default); off: by one, in order; "
        "lazy: a proof is run when one looks at it, and all are when the document is saved",
    )
    parser.add_argument("--memory", metavar="SIZE", help="that may be in use on the machine")
    options.add_words(parser)
    options.add_care(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the editor ends."""
    try:
        from checker.lsp.desk import Settings  # noqa: PLC0415
        from checker.lsp.features import build  # noqa: PLC0415
    except ImportError as error:
        raise UserError(
            f"lsp: {error}; install what it needs: pip install 'proof-makefile[lsp]'"
        ) from error
    workers = options.worker_count(arguments)
    settings = Settings(
        1 if arguments.async_proofs == "off" else workers,
        options.care_of(arguments),
        lazy=arguments.async_proofs == "lazy",
        arguments=tuple(arguments.arguments),
    )
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a process is four files
    gc.disable()  # 70 ms, now and then while somebody types; edits leave no cycles behind
    with open(os.dup(0), "rb") as said, open(os.dup(1), "wb") as told:  # noqa: PTH123
        build(settings).start_io(said, told)
    return 0
