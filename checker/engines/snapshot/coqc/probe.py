"""Whether, and how, a coqc can be driven: tried on a tiny file, and remembered until it changes."""

import asyncio
import dataclasses
import os
import sys

from checker.document.proof_using import SUGGEST
from checker.document.section_variables import QUESTION, stand_in
from checker.engines.snapshot.coqc.launch import Launch
from checker.engines.snapshot.coqc.process import CoqProcess, DriverError, Ending
from checker.engines.snapshot.steps.script import SENTINEL
from checker.report.messages import read_error
from checker.shim.loader import find_shim, private_folder
from makegen.base.errors import MachineError
from makegen.base.temporary import temporary_folder
from makegen.coq import toolcache
from makegen.coq.toolchain import Toolchain, without_manager

STATEMENT = b"Lemma probe : False -> True.\n"
RIGHT = b"Proof. exact (fun _ => I). Qed.\n"
WRONG = b"Proof. exact (fun x => x). Qed.\n"
STAND_IN = b"Admitted.".ljust(len(RIGHT) - 1) + b"\n"
IN_SECTION = b"Section S. Variable v : False. Lemma probe2 : v = v.\n"
ASKED = b"Proof. " + QUESTION + b"reflexivity. Qed. End S.\n"
VERSION = 4  # of this test: an older answer does not count
MOST_OPENINGS = 4
PATIENCE = 30.0  # seconds


async def opening_of(toolchain: Toolchain) -> int:
    """Which opening of its source this coqc reads the text from, counted from 1.

    Raises MachineError, in one line, where it cannot be driven.
    """
    if not sys.platform.startswith("linux"):
        raise MachineError("it needs Linux")
    shim = find_shim()
    built = shim.stat()
    topic = f"snapshot {VERSION} {built.st_size} {built.st_mtime_ns}"
    kept = toolcache.recall(toolchain.coqc[0], topic)
    if kept is None:
        kept = await _try_out(toolchain)
        if "opening" in kept:  # what failed may have failed for want of time or memory
            toolcache.remember(toolchain.coqc[0], topic, kept)
    match kept:
        case {"opening": int(opening)}:
            return opening
        case {"why_not": str(why_not)}:
            raise MachineError(why_not)
    raise MachineError("its answer in the cache folder cannot be read")


async def _try_out(toolchain: Toolchain) -> dict[str, object]:
    with private_folder() as private, temporary_folder() as folder:
        source = folder / "probe.v"
        source.write_bytes(b"(* The text is fed; this is never read. *)\n".ljust(200))
        launch = Launch(
            command=(*toolchain.coqc, "-q", *SUGGEST, "-o", "probe.vo", source.name),
            root=folder,
            source=source,
            environ=without_manager(os.environ),
            shim=private.shim,
            opening=0,
            folder=private.folder,
        )
        why_not = "its coqc does not read its source in a way that is known"
        for opening in range(1, MOST_OPENINGS + 1):
            try:
                async with asyncio.timeout(PATIENCE):
                    process = await CoqProcess.start(dataclasses.replace(launch, opening=opening))
                    if isinstance(process, Ending):
                        break  # it was not opened so often
                    if await _is_driven(process):
                        left = sorted(path.name for path in folder.iterdir())
                        if left != [source.name]:
                            return {"why_not": f"its coqc writes {', '.join(left)} all the same"}
                        return {"opening": opening}
            except (DriverError, ValueError) as error:
                why_not = str(error)
            except TimeoutError:
                why_not = "its coqc does not answer when it is driven"
        return {"why_not": why_not}


async def _is_driven(process: CoqProcess) -> bool:
    """Whether statement, fork, proof, error and end all come out as they must."""
    copies: list[CoqProcess] = [process]
    try:
        if not await process.execute(STATEMENT):
            return False
        copies.append(await process.fork())
        copies.append(await process.fork())
        _, right, wrong = copies
        return (
            await right.execute(RIGHT)
            and await _fails(right, SENTINEL, 3, 0)
            and await _fails(wrong, WRONG, 2, WRONG.index(b"x)"))
            and await _execute_ahead(process, STAND_IN, IN_SECTION)
            and await process.execute(ASKED)
            and stand_in(process.output().decode()) == b"Proof using . Admitted."
            and await _accepts_end(process)
        )
    finally:
        for copy in copies:
            await copy.end()


async def _execute_ahead(process: CoqProcess, *texts: bytes) -> bool:
    for text in texts:
        process.send(text)
    return all([await process.executed() for _ in texts])


async def _fails(process: CoqProcess, text: bytes, line: int, start: int) -> bool:
    if await process.execute(text):
        return False
    ending = await process.ended()
    message = read_error(ending.errors.decode(errors="replace"))
    place = message and message.position
    return bool(ending.code == 1 and place and (place.line, place.start) == (line, start))


async def _accepts_end(process: CoqProcess) -> bool:
    return await process.execute(b"") or (await process.ended()).code == 0
