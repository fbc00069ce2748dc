"""A user of CoqIDE: talks to a real coqidetop, which checks proofs in workers of its own."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from tests.helpers import Coq

OPTIONS = ("-q", "-main-channel", "stdfds", "-async-proofs", "on", "-async-proofs-j")


class IdeTop:
    """A coqidetop with -async-proofs on, in a process group of its own."""

    def __init__(self, coq: Coq, workers: int, environ: Mapping[str, str]) -> None:
        path = str(coq.folder)
        name = shutil.which("coqidetop.opt", path=path) or shutil.which("coqidetop", path=path)
        assert name, f"Coq {coq.name} has no coqidetop"
        self.process = subprocess.Popen(
            [name, *OPTIONS, str(workers)],
            env={**coq.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        self._heard = b""
        self._state = self._call('<call val="Init"><option val="none"/></call>')

    def add(self, sentences: Sequence[str]) -> None:
        """Adds the sentences to the document; a proof is handed to a worker at its Qed."""
        for sentence in sentences:
            where = f'<pair><state_id val="{self._state}"/><bool val="false"/></pair>'
            text = f"<pair><string>{escape(sentence)}</string><int>-1</int></pair>"
            offset = "<pair><int>0</int><int>0</int></pair>"
            self._state = self._call(
                f'<call val="Add"><pair><pair><pair>{text}{where}</pair><int>0</int></pair>'
                f"{offset}</pair></call>"
            )

    def check_all(self) -> None:
        """Waits until all proofs are checked; fails when one is wrong."""
        self._call('<call val="Status"><bool val="true"/></call>')

    def _call(self, call: str) -> str:
        """The state that the answer names, if any."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(call.encode())
        self.process.stdin.flush()
        while not (answer := re.search(rb'<value val="(\w+)".*?</value>', self._heard, re.DOTALL)):
            read = os.read(self.process.stdout.fileno(), 65536)
            assert read, "coqidetop is gone"
            self._heard += read
        self._heard = self._heard[answer.end() :]
        assert answer[1] == b"good", answer[0].decode()
        state = re.search(rb'<state_id val="(\d+)"', answer[0])
        return state[1].decode() if state else ""


@contextlib.contextmanager
def idetop(coq: Coq, workers: int, environ: Mapping[str, str]) -> Iterator[IdeTop]:
    """A coqidetop, ended with all its workers."""
    running = IdeTop(coq, workers, environ)
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()
