"""Options that have no place in a check, whichever engine it takes: how coqc divides its work."""

from pathlib import Path

import pytest

from checker.check.engines import TO_CHECK
from tests.helpers import Coq, check, write_files

PROJECT = """-Q . Top
-arg "-async-proofs on -async-proofs-j 3" -arg -async-proofs-always-delegate
Base.v Good.v Bad.v
"""
NEEDS = "From Top Require Import Base.\n"


def test_they_are_left_out_of_every_engine_and_that_is_said_once(coq: Coq, tmp_path: Path) -> None:
    files = {
        "_Project": PROJECT,
        "Base.v": "Lemma base : 1 = 1.\nProof. reflexivity. Qed.\n",
        "Good.v": NEEDS + "Lemma good : 1 = 1.\nProof. exact base. Qed.\n",
        "Bad.v": NEEDS + "Lemma bad : 1 = 2.\nProof. exact base. Qed.\n",
    }
    for engine in TO_CHECK:
        if engine.why_not(coq.toolchain):
            continue
        root = write_files(tmp_path / engine.name, files)
        done = check(coq, root, "--arg=-worker-id", "--arg=x", engine=engine.name)
        said = done.stdout + done.stderr
        assert done.returncode == 1, said
        assert "3 proofs in 3 files: 1 wrong, 1 file not good" in said
        left_out = "-async-proofs on -async-proofs-j 3 -async-proofs-always-delegate -worker-id x"
        assert said.count(f"{left_out}: left out") == 1


@pytest.mark.ends
def test_what_is_said_of_colours_and_glob_files_changes_no_verdict(
    coq: Coq, tmp_path: Path
) -> None:
    source = "Section S. Variable n : nat.\nLemma a : n = n. Proof. reflexivity. Qed.\nEnd S.\n"
    for engine in TO_CHECK:
        if engine.why_not(coq.toolchain):
            continue
        for words in ("-color on", "-no-glob", "-dump-glob all.glob"):
            arguments = "".join(f"-arg {word}\n" for word in words.split())
            files = {"_Project": f"-Q . Top\n{arguments}A.v\n", "A.v": source}
            root = write_files(tmp_path / engine.name / words, files)
            done = check(coq, root, engine=engine.name)
            assert (done.returncode, done.stderr) == (0, "")
            write_files(root, {"A.v": source.replace("reflexivity", "exact missing")})
            said = check(coq, root, engine=engine.name).stdout
            assert "wrong A.v:2:31 a: The " in said
