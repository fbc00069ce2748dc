"""Processes that are fed by hand: texts sent ahead are answered for, and plugins are noticed."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from checker.engines.snapshot.coqc.launch import Launch
from checker.engines.snapshot.coqc.plugins import PLUGINS_UNKNOWN, Plugins
from checker.engines.snapshot.coqc.probe import opening_of
from checker.engines.snapshot.coqc.process import CoqProcess, _accept
from checker.shim.loader import private_folder
from checker.shim.protocol import Listener
from tests.helpers import Coq

STATEMENT = b"Lemma l%d : True.\n"
RIGHT = b"Proof. exact I. Qed.\n"
WRONG = b"Proof. exact 0. Qed.\n"
LOADS_A_PLUGIN = b"From Coq Require Import Lia.\n"

Use = Callable[[CoqProcess], Awaitable[None]]


def fed(coq: Coq, folder: Path, use: Use, opened: Path | None = None) -> None:
    """Does something with a process that waits for its first text."""

    async def run() -> None:
        source = folder / "F.v"
        source.write_bytes(b" " * 200)
        with private_folder() as private:
            launch = Launch(
                command=(*coq.toolchain.coqc, "-q", "-vok", source.name),
                root=folder,
                source=source,
                environ=coq.environ,
                shim=private.shim,
                opening=await opening_of(coq.toolchain),
                folder=private.folder,
                opened=opened,
            )
            process = await CoqProcess.start(launch)
            assert isinstance(process, CoqProcess)
            try:
                await use(process)
            finally:
                process.kill()
                await process.ended()

    asyncio.run(run())


def texts(tactics: list[bytes]) -> list[bytes]:
    return [text for n, said in enumerate(tactics) for text in (STATEMENT % n, said)]


async def executed(process: CoqProcess, sent: list[bytes]) -> list[bool]:
    """Of each of the texts, sent at once."""
    for text in sent:
        process.send(text)
    return [await process.executed() for _ in sent]


def test_every_text_that_was_sent_ahead_is_answered_for(coq: Coq, tmp_path: Path) -> None:
    async def use(process: CoqProcess) -> None:
        assert await executed(process, texts([RIGHT] * 50)) == [True] * 100

    fed(coq, tmp_path, use)


def test_what_was_executed_before_an_error_is_known(coq: Coq, tmp_path: Path) -> None:
    async def use(process: CoqProcess) -> None:
        found = await executed(process, texts([RIGHT] * 7 + [WRONG] + [RIGHT] * 3))
        assert found == [True] * 15 + [False] * 7
        assert b"line 16, characters 13-14" in (await process.ended()).errors

    fed(coq, tmp_path, use)


def resident(process: CoqProcess) -> int:
    """Bytes of memory."""
    return int(psutil.Process(process.pid).memory_info().rss)


def test_a_copied_process_keeps_nothing_of_its_minor_heap(coq: Coq, tmp_path: Path) -> None:
    """coqc's own is 256 MB; both go on as before."""
    allocates = b"Goal True. do 2000000 idtac. Abort.\n"

    async def use(process: CoqProcess) -> None:
        small = resident(process)
        assert await process.execute(allocates)
        large = resident(process)
        copy = await process.fork()
        for one in (process, copy):
            assert resident(one) - small < (large - small) / 4
            assert await executed(one, texts([RIGHT] * 3)) == [True] * 6
            assert await one.execute(allocates)
        copy.kill()
        await copy.ended()

    fed(coq, tmp_path, use)


def plugins_in(opened: Path) -> set[str]:
    """The names in the list of opened files that are of plugins, or stand for unknown ones."""
    lines = opened.read_text().splitlines()
    return {line for line in lines if "micromega_plugin.cmxs" in line or line == PLUGINS_UNKNOWN}


def test_a_plugin_is_noticed_whichever_process_of_a_file_loads_it(coq: Coq, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    plugins = Plugins(opened)

    async def use(process: CoqProcess) -> None:
        copy = await process.fork()
        assert await copy.execute(LOADS_A_PLUGIN)
        plugins.note(process)
        assert not plugins_in(opened)
        plugins.note(copy)
        assert len(plugins_in(opened)) == 1
        copy.kill()
        await copy.ended()

    fed(coq, tmp_path, use, opened)


def test_nothing_is_kept_where_nobody_saw_which_plugins_were_loaded(
    coq: Coq, tmp_path: Path
) -> None:
    opened = tmp_path / "opened"
    plugins = Plugins(opened)

    async def use(process: CoqProcess) -> None:
        assert await process.execute(LOADS_A_PLUGIN)
        process.kill()
        await process.ended()
        plugins.note(process)
        assert plugins_in(opened) == {PLUGINS_UNKNOWN}

    fed(coq, tmp_path, use, opened)


def test_once_a_process_has_come_nothing_is_done_about_the_number_of_its_pidfd(
    tmp_path: Path,
) -> None:
    """It is closed, and the next file has its number: to be looked at for good."""

    async def meet(pidfd: int) -> None:
        with (
            Listener(tmp_path / "home") as listener,
            socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as coqc,
        ):
            coqc.connect(str(listener.path))
            channel = await _accept(listener, pidfd)
            assert channel
            loop = asyncio.get_running_loop()
            loop.add_reader(pidfd, lambda: None)
            for _ in range(3):
                await asyncio.sleep(0)
            assert loop.remove_reader(pidfd)
            channel.close()

    with subprocess.Popen(["sleep", "100"]) as process:
        pidfd = os.pidfd_open(process.pid)
        asyncio.run(meet(pidfd))
        os.close(pidfd)
        process.kill()
