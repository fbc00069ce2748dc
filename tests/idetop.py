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

    def __init__(
        self, coq: Coq, workers: int, environ: Mapping[str, str], options: Sequence[str] = ()
    ) -> None:
        path = str(coq.folder)
        name = shutil.which("coqidetop.opt", path=path) or shutil.which("coqidetop", path=path)
        assert name, f"Coq {coq.name} has no coqidetop"
        self.process = subprocess.Popen(
            [name, *OPTIONS, str(workers), *options],
            env={**coq.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        self._heard = b""
        self._state = self._call('<call val="Init"><option val="none"/></call>')

    def add(self, sentences: Sequence[str]) -> list[str]:
        """Adds the sentences to the document; a proof is handed to a worker at its Qed.

        The states after each of them.
        """
        states = []
        for sentence in sentences:
            where = f'<pair><state_id val="{self._state}"/><bool val="false"/></pair>'
            text = f"<pair><string>{escape(sentence, quote=False)}</string><int>-1</int></pair>"
            offset = "<pair><int>0</int><int>0</int></pair>"
            self._state = self._call(
                f'<call val="Add"><pair><pair><pair>{text}{where}</pair><int>0</int></pair>'
                f"{offset}</pair></call>"
            )
            states.append(self._state)
        return states

    def go_back(self, state: str) -> bool:
        """To after a sentence; whether what comes after its proof stands meanwhile."""
        answer = self._answer(f'<call val="Edit_at"><state_id val="{state}"/></call>')
        self._state = state
        return 'val="in_r"' in answer

    def check_all(self) -> None:
        """Waits until all proofs are checked; fails when one is wrong."""
        self._call('<call val="Status"><bool val="true"/></call>')

    def _call(self, call: str) -> str:
        """The state that the answer names, if any."""
        state = re.search(r'<state_id val="(\d+)"', self._answer(call))
        return state[1] if state else ""

    def _answer(self, call: str) -> str:
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
        return answer[0].decode()


@contextlib.contextmanager
def idetop(
    coq: Coq, workers: int, environ: Mapping[str, str], options: Sequence[str] = ()
) -> Iterator[IdeTop]:
    """A coqidetop, ended with all its workers."""
    running = IdeTop(coq, workers, environ, options)
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()
