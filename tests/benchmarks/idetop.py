"""CoqIDE's coqidetop with -async-proofs on, on files that `interactive` measures the server on.

    python -m tests.benchmarks.idetop [--edits 50] coquelicot:RInt.v

All sentences are added, and all proofs are waited for. Then, in random proofs: the document goes
back to where the tactics begin, gets one more of them, and the proof anew; until all is checked.
Where coqidetop keeps what follows meanwhile, that is all; else what follows is added again and
waited for. Milliseconds; what all processes use in the end (PSS).
"""

import random
import tempfile
import time
from pathlib import Path

import psutil

from checker.document.reader import read_document
from checker.engines.snapshot.coqc.memory import used_bytes
from tests.benchmarks.first_check import project, source_called
from tests.benchmarks.interactive import Waits, report
from tests.helpers import Coq
from tests.idetop import IdeTop, idetop


def measure(coq: Coq, library: str, name: str, edits: int) -> list[str]:
    """The rows of one file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        environ = project(coq, library, root)
        file = source_called(root, name)
        make = ("proof-checker", "vio2vo", "-f", "_Project", "-j", "2", file)
        done = coq.run(*make, cwd=root, environ=environ)
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        option, bound, logical, *_ = (root / "_Project").read_text().split()
        paths = (option, str(root / bound), logical)
        with idetop(coq, 2, environ, paths) as top:
            rows = _measure(top, (root / file).read_bytes(), edits)
        return [f"**{library} {name}**, coqidetop", *rows]


def _measure(top: IdeTop, text: bytes, edits: int) -> list[str]:
    document = read_document(text)
    sentences = [document.source(sentence).decode() for sentence in document.sentences]
    whole = Waits("the whole of it, nothing known")
    verdict, rest = Waits("edit of a proof to its verdict"), Waits("until all is checked again")
    begun = time.perf_counter()
    states = top.add(sentences)
    top.check_all()
    whole.seconds.append(time.perf_counter() - begun)
    used = [used_bytes(_processes(top))]
    at = {sentence: index for index, sentence in enumerate(document.sentences)}
    rng, kept = random.Random(1), 0
    for number in range(edits):
        proof = rng.choice([p for p in document.proofs if p.body and p.is_delegable])
        first, last = at[proof.body[0]], at[proof.last]
        begun = time.perf_counter()
        stands = top.go_back(states[first - 1])
        kept += stands
        again = top.add([f"idtac {number}.", *sentences[first : last + 1]])
        top.check_all()
        verdict.seconds.append(time.perf_counter() - begun)
        states[first : last + 1] = again[1:]
        if not stands:
            states[last + 1 :] = top.add(sentences[last + 1 :])
            top.check_all()
        rest.seconds.append(time.perf_counter() - begun)
    used.append(used_bytes(_processes(top)))
    memory = ", ".join(f"{size >> 20} MB" for size in used)
    rows = [waits.line() for waits in (whole, verdict, rest)]
    return [*rows, f"what follows stood: {kept} of {edits}; {memory}"]


def _processes(top: IdeTop) -> list[int]:
    parent = psutil.Process(top.process.pid)
    return [parent.pid, *(child.pid for child in parent.children(recursive=True))]


if __name__ == "__main__":
    report(measure)
