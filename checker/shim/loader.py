"""The compiled shim, where it was built, and the folder where coqc finds it and us."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from makegen.base.errors import MachineError
from makegen.base.temporary import place, temporary_folder

_NAME = "_shim.so"


def find_shim() -> Path:
    """The shared library. Raises MachineError when it was not built."""
    path = Path(__file__).with_name(_NAME)
    if not path.exists():
        raise MachineError(
            "the snapshot shim was not built: install proof-makefile where a C compiler is"
        )
    return path


@dataclass(frozen=True)
class Private:
    """A private folder of a run."""

    folder: Path  # for sockets: an address holds 107 bytes
    shim: Path  # a link to the shim: LD_PRELOAD cannot name a file with a blank or a colon


@contextlib.contextmanager
def private_folder() -> Iterator[Private]:
    """A folder with a short and simple name, and a link to the shim in it."""
    with temporary_folder(place(_is_simple)) as folder:
        link = folder / "shim.so"
        link.symlink_to(find_shim())
        yield Private(folder, link)


def _is_simple(base: str) -> bool:
    return len(base.encode(errors="surrogateescape")) < 60 and not set(base) & set(" :")
