"""What find_toolchain says of each Coq of the matrix."""

from tests.helpers import Coq


def test_it_names_the_version(coq: Coq) -> None:
    found = ".".join(map(str, coq.toolchain.version))
    assert found.startswith(coq.version)
