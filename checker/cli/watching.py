"""A command is run again whenever a source of its project changes."""

import sys
from collections.abc import Callable
from pathlib import Path

from makegen.base.errors import UserError

LOOK_EVERY = 200  # milliseconds


def again_and_again(project: Path, run: Callable[[], int]) -> int:
    """Run it, wait until a source or the project file changes, and so on until ^C.

    What is wrong with the project is told, and may be mended. Raises UserError where nothing can
    watch files.
    """
    try:
        import watchfiles  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise UserError(
            f"--watch: {error}; install what it needs: pip install 'proof-makefile[watch]'"
        ) from error
    changes = watchfiles.watch(
        project.resolve().parent,
        watch_filter=_Sources(project),
        rust_timeout=LOOK_EVERY,
        yield_on_timeout=True,
        raise_interrupt=True,
    )
    next(changes)  # from now on it sees what changes, also while the command runs
    while True:
        try:
            code = run()
        except UserError as error:
            print(f"proof-checker: error: {error}", file=sys.stderr)
            code = 0
        if code > 128:  # a signal
            return code
        sys.stdout.flush()
        next(filter(None, changes))


class _Sources:
    """What counts: sources, and the project file."""

    def __init__(self, project: Path) -> None:
        self._project = str(project.resolve())

    def __call__(self, _: object, path: str) -> bool:
        """Whether a change of this file does."""
        return path == self._project or (path.endswith(".v") and "/." not in path)
