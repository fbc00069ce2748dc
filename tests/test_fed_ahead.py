"""A process that is fed several texts at once: each is answered for, also when one is wrong."""

import asyncio
from pathlib import Path

from checker.snapshot.probe import opening_of
from checker.snapshot.process import CoqProcess, Launch
from checker.snapshot.shim import private_folder
from tests.helpers import Coq

STATEMENT = b"Lemma l%d : True.\n"
RIGHT = b"Proof. exact I. Qed.\n"
WRONG = b"Proof. exact 0. Qed.\n"


async def _executed(coq: Coq, folder: Path, texts: list[bytes]) -> tuple[list[bool], bytes]:
    """Of each of the texts, fed at once; and what coqc wrote on standard error."""
    source = folder / "F.v"
    source.write_bytes(b"".join(texts))
    with private_folder() as private:
        launch = Launch(
            command=(*coq.toolchain.coqc, "-q", "-vok", source.name),
            root=folder,
            source=source,
            environ=coq.environ,
            shim=private.shim,
            opening=await opening_of(coq.toolchain),
            folder=private.folder,
        )
        process = await CoqProcess.start(launch)
        assert isinstance(process, CoqProcess)
        for text in texts:
            process.send(text)
        found = [await process.executed() for _ in texts]
        process.kill()
        return found, (await process.ended()).errors


def _texts(tactics: list[bytes]) -> list[bytes]:
    return [text for n, said in enumerate(tactics) for text in (STATEMENT % n, said)]


def test_every_text_that_was_sent_ahead_is_answered_for(coq: Coq, tmp_path: Path) -> None:
    found, errors = asyncio.run(_executed(coq, tmp_path, _texts([RIGHT] * 50)))
    assert found == [True] * 100
    assert errors == b""


def test_what_was_executed_before_an_error_is_known(coq: Coq, tmp_path: Path) -> None:
    texts = _texts([RIGHT] * 7 + [WRONG] + [RIGHT] * 3)
    found, errors = asyncio.run(_executed(coq, tmp_path, texts))
    assert found == [True] * 15 + [False] * 7
    assert b"line 16, characters 13-14" in errors
