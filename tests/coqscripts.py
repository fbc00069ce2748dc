"""The scripts of each Coq that make tables of times."""

import sys
from pathlib import Path

from tests.helpers import Coq

SCRIPTS = {
    "COQMAKE_ONE_TIME_FILE": "one-time-file",
    "COQMAKE_BOTH_TIME_FILES": "both-time-files",
    "COQMAKE_BOTH_SINGLE_TIMING_FILES": "both-single-timing-files",
}


def command(coq: Coq, script: str) -> list[str]:
    """The command that runs a script; its module is where the script itself seeks it in vain."""
    root = coq.folder.parent / "root"
    usr = root / "usr" if root.exists() else Path("/usr")
    names = (f"bin/coq-makefile-make-{script}", f"libexec/coq/make-{script}.py")
    (original,) = (usr / name for name in names if (usr / name).exists())
    modules = [*usr.glob("lib/**/coq-core/tools/TimeFileMaker.py"), *usr.glob("libexec/coq/Time*")]
    environ = (f"PYTHONPATH={modules[0].parent}", "PYTHONDONTWRITEBYTECODE=1")
    return ["env", *environ, sys.executable, str(original)]


def variables(coq: Coq) -> tuple[str, ...]:
    """For coq_makefile's Makefile, which names scripts that are not there, or not to be run."""
    return tuple(f"{name}={' '.join(command(coq, script))}" for name, script in SCRIPTS.items())
