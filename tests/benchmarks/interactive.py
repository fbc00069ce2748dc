"""The language server on files of real libraries: how long an editor waits for what.

    python -m tests.benchmarks.interactive [--coq 8.16] [--edits 50] coquelicot:RInt.v stdpp:list.v

Everything that the file loads is compiled before, and the file is checked, and compiled by coqc
alone: it is opened with all known.
Then, at random places: a tactic is put into a proof, until that proof has its verdict; goals are
asked for, there and once more; a definition is put in front of a proof, so that all that follows is
to be run anew, until the first verdict on that. At last the file is checked by a server that knows
nothing, while something is asked of it every 100 ms. Printed are medians and 90 %, in milliseconds,
and what all processes use in the end (PSS).
"""

import argparse
import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from checker.document.document import Document, Proof
from checker.document.reader import read_document
from checker.engines.snapshot.coqc.memory import used_bytes
from makegen.project.project import read_project
from tests.benchmarks.first_check import project, source_called
from tests.editor import Editor, coqcs, editor
from tests.helpers import Coq, every_coq

PAUSE = 0.3  # seconds, between two edits
PROBE = 0.1  # seconds, between two requests while a file is checked


@dataclass(frozen=True)
class Waits:
    """Seconds that something took, each time."""

    what: str
    seconds: list[float] = field(default_factory=list)

    def add(self, seconds: Iterable[float]) -> None:
        """Some more."""
        self.seconds.extend(seconds)

    def line(self) -> str:
        """A row of the table."""
        if not self.seconds:
            return f"| {self.what} | | | |"
        last = sorted(self.seconds)
        ninety = last[min(len(last) - 1, len(last) * 9 // 10)]
        number = len(last)
        return f"| {self.what} | {number} | {median(last) * 1000:.0f} | {ninety * 1000:.0f} |"


@dataclass
class Session:
    """One file in an editor."""

    user: Editor
    uri: str
    text: str
    rng: random.Random

    @property
    def document(self) -> Document:
        """As it is now."""
        return read_document(self.text.encode())

    def any_proof(self) -> Proof:
        """One that can be delegated."""
        return self.rng.choice([p for p in self.document.proofs if p.body and p.is_delegable])

    async def put_in(self, offset: int, words: str) -> None:
        """Edit the text, here in bytes, and tell the server."""
        source = self.text.encode()
        before = source[:offset].decode()
        self.text = before + words + source[offset:].decode()
        self.user.put_in(self.uri, before, words)

    async def until_decided(self, proof: Proof, grown: int) -> None:
        """Until the proof, whose text has grown, is not being processed."""
        line = self.user.line_of(self.uri, proof.statement.start)
        last = self.user.line_of(self.uri, proof.last.end + grown)
        await self.user.until(lambda: self.user.is_decided(self.uri, line, last))


async def measure(coq: Coq, library: str, name: str, edits: int) -> list[str]:
    """The rows of one file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        environ = project(coq, library, root)
        file = source_called(root, name)
        (root / "_CoqProject").write_text((root / "_Project").read_text())
        path = root / file
        made = f"{file}o"
        for words in (
            ("coq_makefile", "-f", "_Project", "-o", "Makefile"),
            ("make", "-j2", made),
            ("proof-checker", "check", "-f", "_CoqProject", "-j", "2", "--recheck", file),
        ):
            done = coq.run(*words, cwd=root, environ=environ)
            if done.returncode:
                raise SystemExit(done.stdout + done.stderr)
        (root / made).unlink()
        alone = Waits("coqc")
        begun = time.perf_counter()
        paths = [word for p in read_project(root / "_Project").load_paths for word in p.flags]
        coq.run("coqc", "-q", *paths, file, cwd=root, environ=environ)
        alone.add([time.perf_counter() - begun])
        (root / made).unlink()
        size, document = path.stat().st_size, read_document(path.read_bytes())
        sentences, proofs = len(document.sentences), len(document.proofs)
        rows = [f"**{library} {name}**: {size} bytes, {sentences} sentences, {proofs} proofs"]
        rows.append(alone.line())
        async with editor(coq, "-j", "2", environ=environ) as user:
            rows += await _known(user, path, edits)
        shutil.rmtree(root / ".proof-makefile")
        async with editor(coq, "-j", "2", environ=environ) as user:
            rows += await _unknown(user, path)
    return rows


async def _known(user: Editor, path: Path, edits: int) -> list[str]:
    opened = Waits("opening it, all known")
    begun = time.perf_counter()
    uri = user.open(path)
    await user.quiet(uri)
    opened.seconds.append(time.perf_counter() - begun)
    session = Session(user, uri, path.read_text(), random.Random(1))
    await _at_rest(user)
    rows = [opened, *await _proofs(session, edits)]
    rows += await _statements(session, max(5, edits // 5))
    processes = coqcs()
    used = used_bytes([process.pid for process in processes])
    return [*(row.line() for row in rows), f"{len(processes)} processes, {used >> 20} MB"]


async def _proofs(session: Session, edits: int) -> list[Waits]:
    verdict, goals = Waits("edit of a proof to its verdict"), Waits("goals")
    again = Waits("goals where the cursor just was")
    beyond = Waits("of that, beside the CPU time of the proof")
    for number in range(edits):
        proof = session.any_proof()
        words = f"idtac {number}. "
        begun = time.perf_counter()
        await session.put_in(proof.body[0].start, words)
        await session.until_decided(proof, len(words))
        verdict.seconds.append(time.perf_counter() - begun)
        beyond.add(await _beside(session, proof, len(words), verdict.seconds[-1]))
        place = session.rng.choice(proof.body).start + len(words)
        for waits in (goals, again):
            begun = time.perf_counter()
            await session.user.goals_at(session.uri, place)
            waits.seconds.append(time.perf_counter() - begun)
        await asyncio.sleep(PAUSE)
    return [verdict, beyond, goals, again]


async def _beside(session: Session, proof: Proof, grown: int, waited: float) -> list[float]:
    """The wait without what the server says that the proof took."""
    line = session.user.line_of(session.uri, proof.last.end + grown)
    found = await session.user.hints(session.uri, line)
    return [waited - float(words.split()[1]) for words in found if words.endswith(" s")]


async def _statements(session: Session, edits: int) -> list[Waits]:
    waits = Waits("new definition, to the first verdict after it")
    beyond = Waits("of that, beside the CPU time of the proof")
    for number in range(edits):
        proof = session.any_proof()
        words = f"Definition of_the_benchmark_{number} := True. "
        begun = time.perf_counter()
        await session.put_in(proof.statement.start, words)
        await session.until_decided(proof, len(words))
        waits.seconds.append(time.perf_counter() - begun)
        beyond.add(await _beside(session, proof, len(words), waits.seconds[-1]))
        await _at_rest(session.user)
    return [waits, beyond]


async def _unknown(user: Editor, path: Path) -> list[str]:
    whole, asked = Waits("the whole of it, nothing known"), Waits("an answer meanwhile")
    begun = time.perf_counter()
    uri = user.open(path)
    quiet = asyncio.create_task(user.quiet(uri))
    await user.until(lambda: uri in user.progress)
    while not quiet.done():
        sent = time.perf_counter()
        await user.command("errors")
        asked.seconds.append(time.perf_counter() - sent)
        await asyncio.wait([quiet], timeout=PROBE)
    whole.seconds.append(time.perf_counter() - begun)
    return [whole.line(), asked.line()]


async def _at_rest(user: Editor) -> None:
    """Until no worker is at work."""
    while await user.command("workers"):
        await asyncio.sleep(0.1)


def report(measured: Callable[[Coq, str, str, int], Iterable[str]]) -> None:
    """Print the rows of each file that the command line names: `measured` gives them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("files", nargs="+", metavar="LIBRARY:FILE")
    given = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == given.coq)
    print(f"Coq {coq.version}, -j 2, milliseconds\n")
    for named in given.files:
        library, _, name = named.partition(":")
        for row in measured(coq, library, name, given.edits):
            print(row, flush=True)


def main() -> None:
    """Measure what the command line names."""
    report(lambda *file: asyncio.run(measure(*file)))


if __name__ == "__main__":
    main()
