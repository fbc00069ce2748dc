"""Real libraries are checked as their users would: coqc's verdicts, all proofs counted.

All libraries, with times, are visited by hand: python -m tests.field.
"""

from pathlib import Path

import pytest

from tests.field.visit import Depth, visit
from tests.helpers import Coq

# Small ones, each with something of its own: aborted proofs and a plugin, sections without
# Proof using, obligations, records proved with ssreflect.
LIBRARIES = ("aac-tactics", "ott", "coqprime", "menhirlib")


@pytest.mark.full
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_checked_as_coqc_does(coq: Coq, tmp_path: Path, library: str) -> None:
    found = visit(coq, library, tmp_path, 2, Depth.ALL)
    assert found.unusable == ""
    assert found.defects == []
