"""Options that several sub-commands share, and the run that they describe."""

import argparse
import os
import re
from pathlib import Path

from checker.check.settings import Settings
from checker.cli.asked_files import files_of
from checker.cli.times import seconds
from checker.document.blocks import parse_kinds
from checker.engines.engine import AUTO, NAMES
from checker.report.terminal import Progress
from checker.run.run import Care
from checker.workers.manager.gate import parse_memory
from makegen.base.errors import UserError
from makegen.coq.packages import with_packages
from makegen.coq.toolchain import find_toolchain
from makegen.project.project import Project, read_project


def add_project_file(parser: argparse.ArgumentParser) -> None:
    """-f _Project."""
    parser.add_argument(
        "-f",
        dest="project",
        metavar="FILE",
        help="the project file, in either form (default: the one that is here or above)",
    )


def add_project(parser: argparse.ArgumentParser) -> None:
    """-f _Project and the files."""
    add_project_file(parser)
    parser.add_argument(
        "files", nargs="*", metavar="FILE.v", help="only these files of it; folders of them"
    )


def add_run(parser: argparse.ArgumentParser) -> None:
    """All that says how proofs are run: workers, their limits, --engine, --arg WORD, --quiet."""
    add_workers(parser)
    add_limits(parser)
    add_engine(parser)
    add_words(parser)
    parser.add_argument("--quiet", action="store_true", help="only errors and the summary")
    parser.add_argument(
        "--progress",
        choices=[way.value for way in Progress],
        default=Progress.AUTO.value,
        help="auto (the default): what each worker is at, on a terminal, else a line for each "
        "file; plain: always a line for each file; none: neither",
    )


def add_workers(parser: argparse.ArgumentParser) -> None:
    """-j N."""
    parser.add_argument(
        "-j",
        dest="workers",
        type=positive,
        metavar="N",
        help="at most N workers (default: the CPUs that this process may use)",
    )


def add_limits(parser: argparse.ArgumentParser) -> None:
    """--load L, --memory SIZE."""
    parser.add_argument(
        "--load",
        type=_load,
        metavar="L",
        help="start no further worker while the machine's load average is past L",
    )
    parser.add_argument(
        "--memory",
        metavar="SIZE",
        help="start no further worker while so much of the machine's memory is in use: 80%%, 6G",
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """--engine NAME."""
    parser.add_argument(
        "--engine",
        choices=(AUTO, *NAMES),
        default=AUTO,
        help="how to check (default: auto, the best that works with the coqc at hand)",
    )


def add_words(parser: argparse.ArgumentParser) -> None:
    """--arg WORD."""
    parser.add_argument(
        "--arg",
        dest="arguments",
        action="append",
        default=[],
        metavar="WORD",
        help="one more word for coqc's command line (repeat it; --arg=-w for a word with a dash)",
    )


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """--cluster ADDRESS, --cluster-plain, --trust."""
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="run the proofs on the hosts of this dask scheduler (tls://HOST:PORT; local:N begins "
        "one here): see docs/cluster.md",
    )
    parser.add_argument(
        "--cluster-plain",
        action="store_true",
        help="also where it talks without TLS over a network: whoever is in that network can then "
        "run any code on all hosts",
    )
    parser.add_argument(
        "--trust",
        choices=("all", "local"),
        default="all",
        help="local: verdicts that another machine found, on a cluster or in an imported ledger, "
        "do not count (default: all)",
    )


def add_care(parser: argparse.ArgumentParser) -> None:
    """What is done for proofs and commands that are wrong or slow (the snapshot engine)."""
    parser.add_argument(
        "--proof-timeout",
        type=seconds,
        metavar="S",
        help="stop a proof that takes longer than S seconds, and report it (the snapshot engine "
        "alone can; others refuse)",
    )
    parser.add_argument(
        "--error-resilience",
        default="all",
        metavar="KINDS",
        help="in a wrong proof, give up the failing block and go on: off, all (the default), or "
        "some of curly,par,indent,bullet",
    )
    parser.add_argument(
        "--command-error-resilience",
        choices=("on", "off"),
        default="on",
        help="leave out a wrong command and check the rest of its file (default: on)",
    )
    add_threshold(parser)


def add_threshold(parser: argparse.ArgumentParser) -> None:
    """--delegation-threshold S."""
    parser.add_argument(
        "--delegation-threshold",
        type=seconds,
        default=Care.threshold,
        metavar="S",
        help="a proof that takes less is not given to another process; half of that will do while "
        "workers are about to have nothing to do (default: %(default)s)",
    )


def care_of(options: argparse.Namespace) -> Care:
    """What the options that add_care declared say; UserError for an unknown kind of block."""
    return Care(
        proof_timeout=options.proof_timeout,
        blocks=parse_kinds(options.error_resilience),
        commands=options.command_error_resilience == "on",
        memory=None if options.memory is None else parse_memory(options.memory),
        threshold=options.delegation_threshold,
    )


def positive(text: str) -> int:
    """A whole number from 1, as argparse wants its types."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of workers; give 1 or more")
    return number


def _load(text: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text) or not float(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a load; give a number such as 3.5")
    return float(text)


def project_of(options: argparse.Namespace) -> Project:
    """The project that -f names."""
    return read_project(Path(options.project))


def _refuse_absent(options: argparse.Namespace, project: Project) -> None:
    """coqdep needs all sources."""
    absent = [file for file in project.v_files if not (project.root / file).exists()]
    if absent:
        others = f" (and {len(absent) - 1} others)" if absent[1:] else ""
        mend = f"make it, restore it or take it out of {options.project}"
        raise UserError(f"{absent[0]}{others}: no such file; {mend}")
    for file in project.v_files:
        if (project.root / file).is_fifo():
            raise UserError(f"{file}: a pipe, for whose writer we would wait; write a file")


def worker_count(options: argparse.Namespace) -> int:
    """-j, else the CPUs that this process may use."""
    if (workers := vars(options).get("workers")) is not None:
        return int(workers)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def settings_of(options: argparse.Namespace) -> Settings:
    """What the options say of a run; those that the command does not have say nothing.

    Raises UserError, also when a source is absent, and MachineError where there is no
    coqc.
    """
    given = vars(options)
    memory = given.get("memory")
    project = project_of(options)
    _refuse_absent(options, project)
    toolchain = find_toolchain()
    return Settings(
        project=with_packages(project, toolchain, os.environ),
        toolchain=toolchain,
        files=files_of(options, project),
        workers=worker_count(options),
        load=given.get("load"),
        memory=None if memory is None else parse_memory(memory),
        extra_arguments=tuple(options.arguments),
        quiet=given.get("quiet", False),
        progress=Progress(given.get("progress", Progress.AUTO.value)),
    )
