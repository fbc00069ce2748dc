"""What the doit tasks of a project do when their turn comes."""

import functools
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from doit import get_var
from doit.exceptions import TaskError, TaskFailed
from doit.tools import Interactive

from makegen.base.errors import ExitCode
from makegen.base.files import write_outputs
from makegen.base.guard import explain
from makegen.coq import coqfiles
from makegen.coq.toolchain import Toolchain
from makegen.generate import completed
from makegen.generate.install import Item, plan
from makegen.generate.timing import Cost
from makegen.generate.timing_table import Style, one_table
from makegen.project.project import Project

Installer = Callable[[Sequence[Item], Path], None]
Values = dict[str, object]  # what doit keeps of an action


def action(function: Callable[..., object], *words: object) -> tuple[object, list[object]]:
    """An action of doit's, of which the user never reads a traceback.

    doit ends with 1 where a file is wrong, and with 2 for other reasons.
    """
    return functools.partial(_told, function), list(words)


def _told(function: Callable[..., object], *words: object) -> object:
    try:
        return function(*words)
    except Exception as error:
        line, code = explain("proof-makefile", error)
        return TaskFailed(line) if code is ExitCode.WRONG else TaskError(line)


class Checker(Interactive):  # type: ignore[misc]
    """proof-checker or coqchk, on the terminal itself; exit 1 is a failure, all else an error.

    It has said itself what is wrong: doit adds nothing to that, unless it was killed.
    """

    def execute(self, *streams: object) -> object:
        """Run it; None when all is good."""
        ended = super().execute(*streams)
        if not isinstance(ended, TaskFailed):
            return ended
        code = int(ended.message.rpartition(" returned ")[2])
        words = f"it was killed by signal {-code}" if code < 0 else ""
        failure = TaskFailed if code == ExitCode.WRONG else TaskError
        return failure(words, report=bool(words))


def compile_vo(
    required: Sequence[str], config: str, coqc: list[str], source: str, sources: Sequence[str]
) -> Values | TaskFailed:
    """Makes F.vo, unless vio2vo made the same one from the same files; doit keeps what it took."""
    if completed.is_completed(required, config):
        return {"cost": None}
    ended = coqfiles.make_vo(coqc, source, sources)
    if not ended.is_good:
        return TaskFailed(f"coqc refuses {source}")
    return {"cost": [ended.user_seconds, ended.memory]}


def print_times(costs: dict[str, list[float] | None]) -> None:
    """The table of what each file took when it was last compiled, the longest first."""
    known = {
        name: Cost(Decimal(f"{cost[0]:.2f}"), int(cost[1])) for name, cost in costs.items() if cost
    }
    print(one_table(known, Style()), end="")


def run_coqdoc(command: Sequence[str], sources: Sequence[str]) -> bool:
    """Runs coqdoc on the sources; a list of names in a file is never too long."""
    Path("html").mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=".", prefix=".coqdoc") as names:
        names.write("".join(f"{source}\n" for source in sources))
        names.flush()
        done = subprocess.run([*command, "--files-from", Path(names.name).name], check=False)
    return done.returncode == 0


def write(file: str, text: str) -> None:
    """Writes a file whole."""
    write_outputs({Path(file): text})


def refuse(refusal: Exception) -> None:
    """Fails so."""
    raise refusal


def install_all(installer: Installer, project: Project, toolchain: Toolchain) -> None:
    """Installs or uninstalls."""
    names = [coqfiles.made(v, suffix) for suffix in (".vo", ".v", ".glob") for v in project.v_files]
    installer(plan(project.root, project.load_paths, names), _user_contrib(toolchain))


def _user_contrib(toolchain: Toolchain) -> Path:
    """Where libraries go: below DESTDIR (or DSTROOT), from the command line or the environment."""
    command = [*toolchain.coqc, "-where"]
    where = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return Path(f"{destdir()}/{where}/user-contrib")


def destdir() -> str:
    """Below which folder is installed, from the command line or the environment; or ""."""
    given = (get_var(name, os.environ.get(name)) for name in ("DSTROOT", "DESTDIR"))
    return next(filter(None, given), "")
