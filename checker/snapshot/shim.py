"""The compiled shim, where it was built."""

import sysconfig
from pathlib import Path

from makegen.errors import MachineError

_NAME = f"_shim{sysconfig.get_config_var('EXT_SUFFIX')}"


def find_shim() -> Path:
    """The shared library. Raises MachineError when it was not built."""
    path = Path(__file__).with_name(_NAME)
    if not path.exists():
        raise MachineError(
            "the snapshot shim was not built: install proof-makefile where a C compiler is"
        )
    return path
