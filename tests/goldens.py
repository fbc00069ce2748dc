"""Golden outputs: the texts that a writer must produce, kept in tests/goldens/.

`UPDATE_GOLDENS=1 pytest` writes them again; read the difference before you commit it.
"""

import os

from tests.helpers import TESTS

FOLDER = TESTS / "goldens"


def check_golden(name: str, text: str) -> None:
    """The text is the golden one of this name."""
    golden = FOLDER / f"{name}.golden"  # so that no tool takes it for a source of ours
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)
    assert text == golden.read_text()
