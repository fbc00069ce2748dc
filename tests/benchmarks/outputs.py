"""What it costs to write all files that a check can leave: report, trace, JUnit, JSON, SARIF.

    python -m tests.benchmarks.outputs FOLDER...

Each folder holds _Project and sources that are right. A copy of it is checked from scratch with two
workers, by this process, and the CPU time of what is done for these files alone (loading their
code, looking around, simulating, writing) is set against that of the whole check.
"""

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KINDS = ("report", "trace", "junit", "json", "sarif")
CHECK = ("check", "-f", "_Project", "-j", "2", "--quiet")


def one(out: Path) -> str:
    """Checks what is in this folder; a line of the table."""
    from checker.cli.check import run as _  # noqa: F401, PLC0415 - loaded by every check

    began = time.process_time()
    from checker.check import outlook, outputs  # noqa: PLC0415

    spent = [time.process_time() - began]
    leave, end = outputs.leave, outlook.Observer.end

    def timed_leave(*given: object) -> None:
        since = time.process_time()
        leave(*given)  # type: ignore[arg-type]
        spent.append(time.process_time() - since)

    async def timed_end(*given: object) -> None:
        since = time.process_time()
        await end(*given)  # type: ignore[arg-type]
        spent.append(time.process_time() - since)

    outputs.leave, outlook.Observer.end = timed_leave, timed_end  # type: ignore[assignment]
    from checker.cli.main import main  # noqa: PLC0415

    words = [word for kind in KINDS for word in (f"--{kind}", str(out / kind))]
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        code = main([*CHECK, *words])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = used.ru_utime + used.ru_stime + time.process_time()
    share = sum(spent) / whole
    return f"{whole:.1f} s | {sum(spent):.2f} s | {share:.1%} | {code}"


def main() -> int:
    """Print the table; the exit code."""
    if sys.argv[1:2] == ["--here"]:
        print(one(Path(sys.argv[2])), file=sys.stderr)
        return 0
    print("| project | CPU | for the files | share | exit code |\n|---|---:|---:|---:|---:|")
    for folder in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as made:
            copy = Path(made, "copy")
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".proof-makefile", "*.vo*"))
            words = (sys.executable, "-m", "tests.benchmarks.outputs", "--here", made)
            environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
            done = subprocess.run(
                words, cwd=copy, env=environ, stderr=subprocess.PIPE, text=True, check=True
            )
            print(f"| {folder.name} | {done.stderr.splitlines()[-1]} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
