"""Which coqc or rocq is at hand, its version, and what it can do."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Toolchain:
    """The Coq at hand: how each tool is called (words) and what coqc can do."""

    coqc: tuple[str, ...]
    coqdep: tuple[str, ...]
    coqchk: tuple[str, ...]
    coqdoc: tuple[str, ...]
    coqtop: tuple[str, ...]
    version: tuple[int, int, int]  # 8.20.1 is (8, 20, 1)
    has_vio: bool  # -vio, -vio2vo, -check-vio-tasks (Coq < 8.20)
    writes_vok: bool  # -vok leaves a .vok file (Rocq 9.2 does not)

    @property
    def name(self) -> str:
        """Such as `Coq 8.16.1` or `Rocq 9.2.0`."""
        brand = "Rocq" if self.version >= (9,) else "Coq"
        return f"{brand} {'.'.join(map(str, self.version))}"


def find_toolchain(environ: Mapping[str, str] = os.environ) -> Toolchain:
    """The toolchain that COQBIN, else PATH, names.

    Raises MachineError when there is none, it is broken, or it is older than 8.12.
    """
    raise NotImplementedError(environ)
