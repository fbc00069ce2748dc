"""Options by which coqc divides its work have no place in a check, whichever engine it takes."""

from pathlib import Path

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
