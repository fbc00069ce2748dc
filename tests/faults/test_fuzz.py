"""Whatever a file or a message holds: a right answer, or one clear message.

A few examples of each kind, others than yesterday's with another seed only; for hours:
`python -m tests.benchmarks.faults`.
"""

from pathlib import Path

import pytest

from tests.faults.fuzzing import FUZZERS, Place
from tests.helpers import every_coq


@pytest.mark.parametrize("name", FUZZERS)
def test_what_nobody_would_write_is_met(name: str, tmp_path: Path) -> None:
    FUZZERS[name].run(Place(every_coq()[0], tmp_path), FUZZERS[name].few, 1)
