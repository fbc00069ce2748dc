"""Three hosts in network namespaces of their own: the verdicts of a local check, whatever happens.

The runs of docs/cluster.md are by hand: python -m tests.benchmarks.cluster.
"""

import sys

import pytest

from tests.cluster import can_have_namespaces
from tests.helpers import REPOSITORY, Coq


@pytest.mark.full
@pytest.mark.once
@pytest.mark.skipif(not can_have_namespaces(), reason="that takes root, and ip")
def test_hosts_apart_say_what_a_local_check_says(coq: Coq) -> None:
    words = ("--coq", coq.name, "--runs", "4", "--seed", "3", "menhirlib")
    done = coq.run(sys.executable, "-m", "tests.benchmarks.cluster", *words, cwd=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("same, nothing left") == 4
