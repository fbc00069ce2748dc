"""kill -9 at random moments of a check, of quick, of vio2vo: nothing lost, false or left running.

    python -m tests.benchmarks.kills [--coq 8.16] [--command quick] [--count 100] [FOLDER]

A small project is worked on, or what is in FOLDER: _Project and its sources. Before each kill one
lemma of the small project is made wrong, or right again. At a random moment the command, one of the
processes that it has started, or all of them at once are killed. Then

- nothing may be left running in the folder;
- what was told until then may not be false;
- every compiled file, also of ours, must be whole: as long as it says, each part with its digest
  (those in the temporary folder of the killed one may be half; nobody reads them);
- the same command, run to its end over what one, or several killed in a row, have left, must give
  the right verdicts, and leave no temporary file of theirs or its own.

After 25 kills the folder must hold the same files as one where the same sources were never
disturbed, and a check there must say of each proof what it says here. Exits with 1 otherwise.
"""

import argparse
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from makegen.base.side import FOLDER
from makegen.base.temporary import PREFIX
from makegen.coq.interface import read_segment, read_segments
from tests.helpers import NUMBERS, Coq, every_coq, workers_of, write_project

PATIENCE = 20.0  # seconds, for processes to end
ROUNDS = 25  # kills in one folder
COMMANDS = {"check": "check", "quick": "interfaces", "vio2vo": "vio2vo"}
MADE = (".vo", ".vos", ".vok", ".vio")
LEFT = (".vos", ".vok", ".glob", ".aux")

SLOW = (
    "assert (Nat.even (4 * 4 * 4 * 4 * 4 * 4 * 4 * 4) = true) as _ by (vm_compute; reflexivity). "
)
LEMMA = "Lemma {name} : 1 + {number} = {value}.\nProof. {slow}reflexivity. Qed.\n"
SOURCES = ("Base.v", "Left.v", "Right.v")  # the others need the first
LEMMAS = 3  # in each


class Wrong(Exception):
    """What was promised does not hold; str() is what."""


@dataclass(frozen=True)
class Small:
    """The small project; which of its lemmas are wrong now."""

    wrong: frozenset[str] = frozenset()

    def edited(self, dice: random.Random) -> "Small":
        """One lemma more, or one less, is wrong; never more than two."""
        name = f"{dice.choice(SOURCES)[0]}{dice.randrange(LEMMAS)}"
        return Small(self.wrong ^ {name} if len(self.wrong) < 2 else self.wrong - {min(self.wrong)})

    def write(self, root: Path) -> None:
        """What has changed is written."""
        texts = {file: self._text(file) for file in SOURCES}
        if not root.exists():
            write_project(root, texts)
        for file, text in texts.items():
            if (root / file).read_text() != text:
                (root / file).write_text(text)

    def _text(self, file: str) -> str:
        lemmas = [
            LEMMA.format(name=f"{file[0]}{n}", number=n, value=self._value(file, n), slow=SLOW * n)
            for n in range(LEMMAS)
        ]
        head = NUMBERS if file == SOURCES[0] else "Require Import Top.Base.\n"
        return head + "".join(lemmas)

    def _value(self, file: str, number: int) -> int:
        return number + (2 if f"{file[0]}{number}" in self.wrong else 1)


@dataclass(frozen=True)
class Given:
    """A project whose proofs are all right."""

    folder: Path
    wrong: frozenset[str] = frozenset()

    def edited(self, _: random.Random) -> "Given":
        """Nothing is edited."""
        return self

    def write(self, root: Path) -> None:
        """A copy, the first time."""
        if not root.exists():
            shutil.copytree(self.folder, root, ignore=shutil.ignore_patterns(FOLDER))


Project = Small | Given


class Series:
    """One folder, in which a command is killed again and again."""

    def __init__(self, coq: Coq, command: str, workers: int, dice: random.Random) -> None:
        self.coq, self.command, self.workers, self.dice = coq, command, workers, dice

    def words(self, command: str, told: Path) -> tuple[str, ...]:
        """The command line; what it finds goes to `told` where it finds something."""
        more = () if command == "quick" else ("--json", str(told))
        return ("proof-checker", COMMANDS[command], "-f", "_Project", f"-j{self.workers}", *more)

    def undisturbed(self, root: Path, project: Project) -> float:
        """How long the command takes after an edit."""
        self.finish(self.command, root, project)
        project.edited(self.dice).write(root)
        began = time.perf_counter()
        self.coq.run(*self.words(self.command, root.with_suffix(".json")), cwd=root)
        return time.perf_counter() - began

    def kill(self, root: Path, project: Project, seconds: float) -> str:
        """Kill once; what was killed."""
        told = root.with_suffix(".killed")
        told.unlink(missing_ok=True)
        with subprocess.Popen(
            self.words(self.command, told),
            cwd=root,
            env=self.coq.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as run:
            time.sleep(self.dice.uniform(0.1, 0.9 * seconds))
            what = self._victims(root, run)
        wait_for_nothing(root)
        if told.exists():
            see_that_nothing_is_false(read(told), project, is_whole=False)
        if run.returncode == 1 and not project.wrong:
            raise Wrong("exit 1 without a wrong proof")
        see_that_all_is_whole(root)
        return what

    def _victims(self, root: Path, run: subprocess.Popen[bytes]) -> str:
        others = [worker for worker in workers_of(root) if worker.pid != run.pid]
        chance = self.dice.random()
        if run.poll() is not None:
            return "nothing: too late"
        if chance < 0.4 or not others:
            run.kill()
            return "the command"
        victims = [psutil.Process(run.pid), *others] if chance < 0.6 else [self.dice.choice(others)]
        for victim in victims:
            try:
                victim.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        return "all at once" if chance < 0.6 else "one process below it"

    def finish(self, command: str, root: Path, project: Project) -> dict[str, Any] | None:
        """Run a command to its end; what it finds, which is right."""
        told = root.with_suffix(".json")
        told.unlink(missing_ok=True)
        done = self.coq.run(*self.words(command, told), cwd=root)
        wait_for_nothing(root)
        said = f"{command}: {done.returncode}\n{done.stdout[-500:]}{done.stderr[-2000:]}"
        if "Traceback" in said or "defect" in said:
            raise Wrong(f"a defect of ours; {said}")
        if done.returncode != int(bool(project.wrong) and command != "quick"):
            raise Wrong(f"another exit code; {said}")
        see_that_all_is_whole(root)
        if left := list(root.rglob(f"{PREFIX}*")):
            raise Wrong(f"{left} are left")
        if command == "quick":
            return None
        found = read(told)
        see_that_nothing_is_false(found, project, is_whole=command == "check")
        return found

    def compare(self, root: Path, project: Project) -> None:
        """The folder is as one where nothing was ever killed."""
        fresh = root.with_name("fresh")
        project.write(fresh)
        for folder in (root, fresh):
            self.finish(self.command, folder, project)
        here, there = files(root), files(fresh)
        if here != there:
            raise Wrong(f"other files: {sorted(here - there)} here, {sorted(there - here)} there")
        last = "check" if self.command == "quick" else self.command
        one, other = (
            verdicts(self.finish(last, folder, project) or {}) for folder in (root, fresh)
        )
        if one != other:
            raise Wrong(f"other verdicts: {sorted(set(one.items()) ^ set(other.items()))}")
        shutil.rmtree(fresh)


def read(told: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def verdicts(found: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The verdict of each file, and of each proof."""
    rows = {(file["file"], ""): file["verdict"] for file in found.get("files", [])}
    for file in found.get("files", []):
        rows |= {(file["file"], proof["name"]): proof["verdict"] for proof in file["proofs"]}
    return rows


def see_that_nothing_is_false(found: dict[str, Any], project: Project, *, is_whole: bool) -> None:
    """No wrong proof is checked, no right one wrong; `is_whole`: and none is left out."""
    for (file, name), verdict in verdicts(found).items():
        is_wrong = name in project.wrong
        if name and ((verdict == "checked" and is_wrong) or (verdict == "wrong" and not is_wrong)):
            raise Wrong(f"{file}: {name} is told to be {verdict}")
        if name and is_whole and verdict != ("wrong" if is_wrong else "checked"):
            raise Wrong(f"{file}: {name} is told to be {verdict} in the end")


def wait_for_nothing(root: Path) -> None:
    """Nothing works in the folder any more."""
    deadline = time.monotonic() + PATIENCE
    while left := workers_of(root):
        if time.monotonic() > deadline:
            raise Wrong(f"left running: {[process.cmdline() for process in left]}")
        time.sleep(0.02)


def see_that_all_is_whole(root: Path) -> None:
    """No compiled file is broken, and none of a check is beside the sources."""
    for path in root.rglob("*"):
        if any(part.startswith(PREFIX) for part in path.parts):
            continue
        if path.suffix in MADE and path.is_file() and path.stat().st_size and not is_whole(path):
            raise Wrong(f"{path.relative_to(root)} is broken")


def is_whole(path: Path) -> bool:
    """Whether each segment is there and has the digest that the file says."""
    with path.open("rb") as stream:
        found = read_segments(stream)
        return found is not None and all(
            hashlib.md5(read_segment(stream, segment)).digest() == segment.md5 for segment in found
        )


def files(root: Path) -> set[str]:
    """All that is beside the sources, but what coqc leaves of a file that became wrong since."""
    found = (path.relative_to(root) for path in root.rglob("*"))
    return {str(p) for p in found if p.parts[0] != FOLDER and p.suffix not in LEFT}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--command", choices=COMMANDS, default="check")
    parser.add_argument("-j", dest="workers", type=int, default=2)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    dice = random.Random(options.seed)
    series = Series(coq, options.command, options.workers, dice)
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        for number in range(0, options.count, ROUNDS):
            project: Project = Given(options.folder) if options.folder else Small()
            root = Path(folder, str(number), "worked")
            project.write(root)
            try:
                seconds = series.undisturbed(root, project)
                for left in range(min(ROUNDS, options.count - number), 0, -1):
                    project = project.edited(dice)
                    project.write(root)
                    outcomes[series.kill(root, project, seconds)] += 1
                    if dice.random() < 0.5 or left == 1:
                        series.finish(options.command, root, project)
                series.compare(root, project)
            except Wrong as wrong:
                outcomes["WRONG"] += 1
                print(f"series {number}, wrong are {sorted(project.wrong)}: {wrong}", flush=True)
                kept = tempfile.mkdtemp(prefix="kills-wrong-")
                shutil.copytree(root.parent, kept, dirs_exist_ok=True)
                print(f"kept in {kept}", flush=True)
            shutil.rmtree(root.parent)
            print(f"{sum(outcomes.values())}: {dict(outcomes)}", flush=True)
    return 1 if outcomes["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
