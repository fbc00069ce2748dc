"""Which OCaml plugins the processes of a file have loaded: verdicts depend on them."""

from dataclasses import dataclass, field
from pathlib import Path

from checker.engines.snapshot.coqc.process import CoqProcess
from checker.knowledge.inputs import opened_since
from makegen.base.temporary import PREFIX

PLUGINS_UNKNOWN = "plugins that nobody has seen"


@dataclass(eq=False)
class Plugins:
    """The plugins of a file, added to the list of the files that its processes read.

    The shim does not see them: they are looked for in the memory of a process.
    """

    opened: Path | None  # that list; None: nobody wants to know
    _found: set[str] = field(default_factory=set)
    # Bytes of that list, when the plugins of a process were last looked for.
    _looked: dict[CoqProcess, int] = field(default_factory=dict)

    def note(self, process: CoqProcess) -> None:
        """List what this process has loaded.

        Looked at anew only when files were read since, as loading one takes. Where the process has
        ended meanwhile, nobody can tell: then something is listed that is nowhere, so that no
        verdict on this file is kept.
        """
        if self.opened is None:
            return
        lines, self._looked[process] = opened_since(self.opened, self._looked.get(process, 0))
        if not lines:
            return
        found = process.plugins()
        fresh = {PLUGINS_UNKNOWN} if found is None else found - self._found
        fresh = {name for name in fresh if PREFIX not in name}  # native_compute made it there
        self._found |= fresh
        if fresh:
            with self.opened.open("a") as opened:
                opened.writelines(f"{name}\n" for name in sorted(fresh))
