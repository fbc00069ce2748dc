"""How a process ended, and what it took."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Exit:
    """As the kernel tells it of a process and of those children that it has waited for."""

    status: int  # exit code; -N: killed by signal N
    user_seconds: float
    system_seconds: float
    memory: int  # kilobytes, at the peak

    @property
    def is_good(self) -> bool:
        """Whether it succeeded."""
        return self.status == 0


def reap(pid: int) -> Exit:
    """Wait for a child of ours to end."""
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return Exit(code, usage.ru_utime, usage.ru_stime, usage.ru_maxrss)
