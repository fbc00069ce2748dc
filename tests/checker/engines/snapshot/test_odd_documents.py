"""The engine's verdict on documents with something odd in them is coqc's, and so is the place.

Each document of odd_documents.v, cut wherever that is possible: each proof is run by a process that
was led past all others. Twice: the second time section variables are known, and one worker runs
proofs only when the pass has ended. Those of SAMPLE in CI, all of them with --full.
"""

import re
from pathlib import Path

import pytest

from checker.report.results import Verdict
from tests.checker.engines.snapshot.test_engine import Found, coqc_error, lemmas, project
from tests.helpers import TESTS, Coq

TEXT = (TESTS / "odd_documents.v").read_text()
DOCUMENTS = dict(re.findall(r"\(\* ==== (.*?) \*\)\n(.*?)(?=\n\(\* ====|\Z)", TEXT, re.DOTALL))
SAMPLE = {
    "a name that a tactic makes",
    "the lemma that abstract makes",
    "an inconsistent universe",
    "an instance that lacks a field",
    "a section variable used in passing",
    "End of another section",
    "a nested proof",
    "a wrong obligation",
    "an open comment",
    "Reset",
    "Transparent by another name",
    "variables that Admitted would forget, with a mistake",
    "a variable named All, with a mistake",
    "a deprecated lemma",
    "tactics in parallel",
    "SProp",
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in SAMPLE else pytest.mark.full, id=name)
        for name in DOCUMENTS
    ],
)
def test_the_verdict_is_coqcs(coq: Coq, tmp_path: Path, name: str) -> None:
    root = project(tmp_path, A=lemmas(2) + DOCUMENTS[name])
    done = coq.run(*coq.toolchain.coqc, "-q", "-Q", ".", "Top", "A.v", cwd=root)
    for made in root.glob("A.vo*"):
        made.unlink()
    for workers in (3, 1):
        found = Found(coq, root, workers)
        proofs = {result.verdict for result in found.proofs}
        is_good = proofs | {result.verdict for result in found.files} == {Verdict.CHECKED}
        assert is_good == (done.returncode == 0), done.stderr
        if "Error" in last_place(done.stderr) and not is_good:
            assert found.errors()[0] == coqc_error(coq, root, "A.v")


def last_place(said: str) -> str:
    """What coqc said from the last place on that it named; nothing if it named none."""
    found = re.search(r"File [^\n]*, line (?!.*, line ).*", said, re.DOTALL)
    return found[0] if found and not re.search(r"\nError: Unsolved", found[0]) else ""


def test_the_sample_is_of_them() -> None:
    assert set(DOCUMENTS) > SAMPLE
