"""Where the work manager is: the variables that name it, and their value HOST:PORT."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from makegen.base.errors import UserError
from makegen.coq.toolchain import MANAGER_VARIABLES


@dataclass(frozen=True)
class Address:
    """Where a work manager listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def find_address(environ: Mapping[str, str]) -> Address | None:
    """The address that the environment gives; an empty variable is as good as none.

    `localhost`, which the manual writes and which Coq itself stumbles over, is read as 127.0.0.1.
    Raises UserError when the value is not HOST:PORT.
    """
    for variable in MANAGER_VARIABLES:
        if value := environ.get(variable, ""):
            match = re.fullmatch(r"([^:\s]+):(\d{1,5})", value)
            if not match or not 0 < int(match[2]) < 65536:
                raise UserError(
                    f"{variable}={value}: not HOST:PORT; "
                    f"unset {variable}, or export $(proof-workmgr -j N)"
                )
            host = "127.0.0.1" if match[1] == "localhost" else match[1]
            return Address(host, int(match[2]))
    return None
