"""What proof-makefile's options are, in words: for --help, its manual page, and completion.

They are read by makegen.project.request, as coq_makefile reads its own.
"""

import argparse

from makegen.base.commandline import Parser
from makegen.base.completion import add_completion

DESCRIPTION = """\
Writes a Makefile and Makefile.conf for GNU make, or a task file for doit (-o dodo.py), for a Coq or
Rocq project, as coq_makefile does and with its options.
"""
EPILOG = """\
Paths are relative to the folder where proof-makefile runs.
Exit codes: 0 done, 2 the command line or the project file is wrong, 3 the machine failed.
"""


def manual() -> Parser:
    """The parser that has all options, and reads none of a real command line but completion's."""
    parser = Parser(
        prog="proof-makefile",
        usage="%(prog)s [OPTION ...] -o Makefile | -o dodo.py | --init",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-f",
        metavar="FILE",
        help="read the project from FILE: the _CoqProject syntax or TOML; without it, and where no "
        "source and no load path is named, from the _CoqProject, _RocqProject, _Project or "
        "project.toml that is here or in the nearest folder above, and work there",
    )
    parser.add_argument(
        "-o",
        metavar="NAME",
        help="write NAME in this folder (NAME.py: for doit), without it print it",
    )
    _add_project(parser)
    parser.add_argument(
        "-sources-of",
        nargs="?",
        metavar="SUFFIX",
        help="only print the sources, or those with a suffix such as .v",
    )
    parser.add_argument(
        "-destination-of",
        metavar="FILE",
        help="only print where FILE is installed, below user-contrib",
    )
    parser.add_argument(
        "--init", action="store_true", help="look at this folder and write a _CoqProject for it"
    )
    parser.add_argument(
        "--drop-in",
        action="store_true",
        help="print the folder of a coq_makefile that is proof-makefile, for a project that calls "
        "that: PATH=$(proof-makefile --drop-in):$PATH make",
    )
    add_completion(parser)
    parser.add_argument("-v", "--version", action="store_true", help="print the version")
    return parser


def _add_project(parser: Parser) -> None:
    """What the command line, too, may say of a project."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="sources (.v .ml .mli .mlg .mllib .mlpack), folders of them, a META file",
    )
    parser.add_argument(
        "variables", nargs="*", metavar="VARIABLE = VALUE", help="a variable of the Makefile"
    )
    pair = ("DIR", "PATH")
    parser.add_argument("-Q", nargs=2, metavar=pair, help="bind DIR to the logical path PATH")
    parser.add_argument(
        "-R", nargs=2, metavar=pair, help="likewise, and names need not be fully qualified"
    )
    parser.add_argument("-I", metavar="DIR", help="look for OCaml files in DIR")
    parser.add_argument("-arg", metavar="ARGUMENT", help="give ARGUMENT to coqc")
    parser.add_argument(
        "-docroot", metavar="DIR", help="install the documentation in DIR, below user-contrib"
    )
    parser.add_argument("-native-compiler", choices=("yes", "no", "ondemand"), help="as for coqc")
    parser.add_argument(
        "-generate-meta-for-package",
        metavar="PACKAGE",
        help="write META.PACKAGE beside the project's .mllib or .mlpack",
    )
    _add_packages(parser)
    parser.add_argument(
        "-coqlib",
        metavar="DIR",
        help="passed over: set COQLIB (ROCQLIB) in the environment",
    )


def _add_packages(parser: Parser) -> None:
    """What Rocq has from 9.3 on; with an older Coq all is installed in user-contrib."""
    parser.add_argument("-package", metavar="PACKAGE", help="have the package in the load path")
    parser.add_argument(
        "--rocq-package",
        metavar="PACKAGE",
        help="install as this package; the project has one -Q or -R, the package's logical path",
    )
    parser.add_argument("--package-version", metavar="VERSION", help="for a META file that is made")
    parser.add_argument("--description", metavar="TEXT", help="likewise")
    parser.add_argument(
        "--legacy-support", action="store_true", help="install into user-contrib, too"
    )
    parser.add_argument(
        "--no-rocq-package-warning",
        action="store_true",
        help="say nothing of a project without --rocq-package",
    )
